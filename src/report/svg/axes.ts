import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { element, label, round } from "./element.ts";
import { formatShort } from "./format.ts";

export type Scale = ScaleContinuousNumeric<number, number>;

/** The rectangle that data is drawn in. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An axis from 0 to just above the largest value. */
export function linearScale(most: number, range: readonly [number, number]): Scale {
  return scaleLinear([0, most > 0 ? most : 1], range).nice(5);
}

/** A logarithmic axis over positive values, with a little room at both ends. */
export function logScale(least: number, most: number, range: readonly [number, number]): Scale {
  const room = Math.max((most / least) ** 0.05, 1.02);
  return scaleLog([least / room, most * room], range);
}

/** Places to mark, at most about `count`: on a logarithmic axis 1, 2 and 5 of each decade or, over many, its powers of ten. */
export function ticksOf(scale: Scale, count: number): readonly number[] {
  const [low = 1, high = 10] = scale.domain();
  if (!("base" in scale)) return scale.ticks(count);
  const decades = Math.log10(high / low);
  if (decades < 0.7) return scaleLinear([low, high], [0, 1]).ticks(count);
  const every = Math.max(1, Math.ceil(decades / count));
  const steps = decades * 3 <= count ? [1, 2, 5] : decades * 2 <= count ? [1, 3] : [1];
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    if (every > 1 && decade % every !== 0) continue;
    for (const step of steps) {
      const tick = step * 10 ** decade;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** The horizontal axis under a frame: grid lines, numbers, and a title that names the unit. */
export function bottomAxis(scale: Scale, frame: Frame, title: string, format = formatShort): string {
  const { left, right, top, bottom } = frame;
  const ticks = ticksOf(scale, Math.max(2, Math.floor((right - left) / 70)));
  const marks = ticks.map((tick) =>
    label(scale(tick), bottom + 14, format(tick), { "text-anchor": "middle" }),
  );
  const lines = ticks.map((tick) => `M${round(scale(tick))} ${top}V${bottom}`).join("");
  return [
    element("path", { class: "grid", d: lines }),
    element("path", { class: "axis", d: `M${left} ${bottom}H${right}` }),
    ...marks,
    label((left + right) / 2, bottom + 31, title, { class: "title", "text-anchor": "middle" }),
  ].join("");
}

/** The vertical axis left of a frame; its title stands above, so that it is read without turning the head. */
export function leftAxis(scale: Scale, frame: Frame, title: string, format = formatShort): string {
  const { left, right, top, bottom } = frame;
  const ticks = ticksOf(scale, Math.max(2, Math.floor((bottom - top) / 40)));
  const marks = ticks.map((tick) => label(left - 6, scale(tick) + 4, format(tick), { "text-anchor": "end" }));
  const lines = ticks.map((tick) => `M${left} ${round(scale(tick))}H${right}`).join("");
  return [
    element("path", { class: "grid", d: lines }),
    element("path", { class: "axis", d: `M${left} ${top}V${bottom}` }),
    ...marks,
    label(4, top - 10, title, { class: "title" }),
  ].join("");
}
