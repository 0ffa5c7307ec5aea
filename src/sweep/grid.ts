import { InputError, quote } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";

/** Largest grid that is taken: more points than a sweep could answer. */
const MAX_POINTS = 1_000_000;

/** What each value of a list may be. */
export interface ValueLimits {
  readonly least: number;
  readonly most: number;
}

/**
 * Values of one hardware parameter: `16`, a list `64,128`, a range `8..512:8` or one of powers `4..128:x2`.
 *
 * @param limits by default from 1 to seven digits
 * @throws InputError
 */
export function parseValues(
  text: string,
  where: string,
  limits: ValueLimits = { least: 1, most: 9_999_999 },
): readonly number[] {
  const values = new Set<number>();
  const refuse = (part: string, hint?: string): never => {
    throw new InputError({
      where,
      expected: `integers from ${limits.least} to ${limits.most}, as 16 or 64,128 or 8..64:8 or 4..128:x2`,
      found: quote(part),
      ...(hint === undefined ? {} : { hint }),
    });
  };
  for (const part of String(text).split(",")) {
    const [, first, last, times, step] =
      /^(\d+)(?:\.\.(\d+)(?::(x?)(\d+))?)?$/.exec(part.trim()) ?? refuse(part);
    const range = {
      first: Number(first),
      last: Number(last ?? first),
      times: times === "x",
      by: Number(step ?? 1),
    };
    if (range.first > range.last) refuse(part, `a range rises: ${last}..${first}`);
    if (range.by < (range.times ? 2 : 1)) refuse(part, `steps are of at least ${range.times ? "x2" : 1}`);
    if (range.first < limits.least || range.last > limits.most) refuse(part);
    addRange(values, range, where, part);
  }
  return [...values];
}

function addRange(
  values: Set<number>,
  {
    first,
    last,
    times,
    by,
  }: { readonly first: number; readonly last: number; readonly times: boolean; readonly by: number },
  where: string,
  part: string,
): void {
  for (let value = first; value <= last; value = times ? value * by : value + by) {
    values.add(value);
    if (values.size > MAX_POINTS)
      throw new InputError({ where, expected: `at most ${MAX_POINTS} values`, found: quote(part) });
  }
}

/** Every combination of the values, in the order peDim, scratchpad, accumulator. */
export function hardwareGrid(values: {
  readonly peDim: readonly number[];
  readonly scratchpadKib: readonly number[];
  readonly accumulatorKib: readonly number[];
}): readonly HardwareParameters[] {
  const points = values.peDim.length * values.scratchpadKib.length * values.accumulatorKib.length;
  if (points > MAX_POINTS) {
    throw new InputError({
      where: "hardware grid",
      expected: `at most ${MAX_POINTS} points`,
      found: String(points),
    });
  }
  return values.peDim.flatMap((peDim) =>
    values.scratchpadKib.flatMap((scratchpadKib) =>
      values.accumulatorKib.map((accumulatorKib) => ({ peDim, scratchpadKib, accumulatorKib })),
    ),
  );
}
