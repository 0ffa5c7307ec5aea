import { InputError, quote } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";

/** Largest grid that is taken: more points than a sweep could answer. */
const MAX_POINTS = 1_000_000;

/**
 * Values of one hardware parameter: `16`, a list `64,128`, a range `8..512:8` or one of powers `4..128:x2`.
 *
 * @throws InputError
 */
export function parseValues(text: string, where: string): readonly number[] {
  const values = new Set<number>();
  for (const part of String(text).split(",")) {
    const range = /^(\d{1,7})\.\.(\d{1,7})(?::(x?)(\d{1,7}))?$/.exec(part.trim());
    if (range) {
      const [, first, last, times, by] = range;
      addRange(values, Number(first), Number(last), times === "x", Number(by ?? 1), where, part);
    } else if (/^\d{1,7}$/.test(part.trim())) {
      values.add(Number(part));
    } else {
      throw malformed(where, part);
    }
  }
  return [...values];
}

function addRange(
  values: Set<number>,
  first: number,
  last: number,
  times: boolean,
  by: number,
  where: string,
  part: string,
): void {
  if (first > last || first < 1 || by < (times ? 2 : 1)) throw malformed(where, part);
  for (let value = first; value <= last; value = times ? value * by : value + by) {
    values.add(value);
    if (values.size > MAX_POINTS)
      throw new InputError({ where, expected: `at most ${MAX_POINTS} values`, found: quote(part) });
  }
}

function malformed(where: string, part: string): InputError {
  return new InputError({
    where,
    expected: "a value, a list 64,128, a range 8..512:8 or 4..128:x2",
    found: quote(part),
  });
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
