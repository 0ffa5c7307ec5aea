import type { LegendEntry } from "../../src/report/draw/legend.ts";
import { element } from "../../src/report/svg/element.ts";

/** A mark of each kind of layer, relative to its place and short: there are thousands. */
const MARKS = [
  { class: "s-mac", "stroke-width": 2.6, "stroke-linecap": "round", mark: "h0" },
  { class: "s-scratchpad", "stroke-width": 2.6, "stroke-linecap": "square", mark: "h0" },
  { class: "s-dram", "stroke-width": 1, mark: "m-1.5-1.5l3 3m0-3l-3 3" },
] as const;

/** Points of a kind of layer (LAYER_KINDS), in pixels, as one path. */
export function marks(kind: number, places: readonly (readonly [number, number])[]): string {
  const { mark, ...style } = MARKS[kind] as (typeof MARKS)[number];
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return element("path", { ...style, d: places.map(([x, y]) => `M${tenth(x)} ${tenth(y)}${mark}`).join("") });
}

/** The same mark in a legend. */
export function markEntry(text: string, kind: number): LegendEntry {
  return { text, sample: (x, y) => marks(kind, [[x + 6, y + 5]]) };
}
