import { InputError } from "../errors.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";

/**
 * The parameters that give a memory of so many rows. A part of a KiB that holds no row was left out when the rows were counted, so
 * the size is the next whole KiB.
 *
 * @throws InputError for sizes that no parameters give
 */
export function parametersOf(
  rows: Pick<Hardware, "peDim" | "scratchpadRows" | "accumulatorRows">,
  bandwidth: "shared" | "split",
): HardwareParameters {
  const { peDim, scratchpadRows, accumulatorRows } = rows;
  const parameters: HardwareParameters = {
    peDim,
    scratchpadKib: Math.ceil((scratchpadRows * peDim) / 1024),
    accumulatorKib: Math.ceil((accumulatorRows * 4 * peDim) / 1024),
    ...(bandwidth === "split" ? { bandwidth } : {}),
  };
  const hardware = createHardware(parameters);
  for (const [where, found, expected] of [
    ["scratchpad", scratchpadRows, hardware.scratchpadRows],
    ["accumulator", accumulatorRows, hardware.accumulatorRows],
  ] as const) {
    if (found === expected) continue;
    throw new InputError({
      where,
      expected: `the rows of a whole number of KiB, such as ${expected}`,
      found: String(found),
    });
  }
  return parameters;
}
