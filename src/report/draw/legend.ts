import { element, label, textWidth } from "../svg/element.ts";

/** An entry of a legend: a sample, drawn in a box of 12 x 10 pixels at its place, and what it stands for. */
export interface LegendEntry {
  readonly text: string;
  sample(x: number, y: number): string;
}

/** Entries side by side, in as many lines as a width needs. */
export function legend(entries: readonly LegendEntry[], x: number, y: number, width: number): Legend {
  const parts: string[] = [];
  let [left, top] = [x, y];
  for (const { text, sample } of entries) {
    const needed = 16 + textWidth(text) + 14;
    if (left > x && left + needed > x + width) [left, top] = [x, top + 17];
    parts.push(sample(left, top), label(left + 16, top + 9, text));
    left += needed;
  }
  return { content: element("g", {}, ...parts), height: top - y + 17 };
}

export interface Legend {
  readonly content: string;
  readonly height: number;
}
