import { area } from "../../hardware/area.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../../hardware/hardware.ts";
import type { Rng } from "../../rng.ts";
import { divisors, primeFactors } from "../../space/divisors.ts";
import type { LayerShape } from "../../workload/layer.ts";
import type { DosaProblem } from "./pricing.ts";
import { type Factors, needs, ONES, tileOf } from "./tiling.ts";

/** Draws of hardware before the smallest is taken. */
const DRAWS = 1000;

/** Random hardware as DOSA draws it: each of the three sizes uniform among the powers of two, here those of the space. */
export function randomHardware({ space }: Pick<DosaProblem, "space">, rng: Rng): HardwareParameters {
  const powers = (values: readonly number[]): readonly number[] => {
    const found = values.filter((value) => Number.isInteger(Math.log2(value)));
    return found.length > 0 ? found : values;
  };
  const pick = <T>(values: readonly T[]): T => values[Math.floor(rng() * values.length)] as T;
  const [scratchpads, accumulators] = [powers(space.scratchpadKib), powers(space.accumulatorKib)];
  for (let i = 0; i < DRAWS; i++) {
    const drawn = {
      ...pick(space.arrays),
      scratchpadKib: pick(scratchpads),
      accumulatorKib: pick(accumulators),
    };
    if (area(createHardware(drawn)).mm2 <= (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY)) return drawn;
  }
  return {
    ...(space.arrays[0] as DosaProblem["space"]["arrays"][number]),
    scratchpadKib: space.scratchpadKib[0] as number,
    accumulatorKib: space.accumulatorKib[0] as number,
  };
}

/**
 * A mapping that fills given hardware in one shot, in the place of CoSA's integer program (Huang et al., ISCA 2021), from which
 * DOSA starts: the widest array, then prime factors inward while they fit, filters first, then the outputs, then the channels.
 */
export function fillHardware(shape: LayerShape, hardware: Hardware): Factors {
  const widest = (bound: number): number =>
    divisors(bound).findLast((divisor) => divisor <= hardware.peDim) ?? 1;
  let factors: Factors = { ...ONES, spatialC: widest(shape.C), spatialK: widest(shape.K) };
  const fits = (tried: Factors): boolean => {
    const need = needs(shape, tried);
    return need.scratchpadWords <= hardware.scratchpadWords && need.bankWords <= hardware.accumulatorWords;
  };
  while (!fits(factors)) {
    const wider = factors.spatialC >= factors.spatialK ? "spatialC" : "spatialK";
    factors = { ...factors, [wider]: factors[wider] / (primeFactors(factors[wider])[0] ?? 1) };
  }
  for (const dim of ["R", "S", "P", "Q", "C", "K", "N"] as const) {
    for (const prime of primeFactors(shape[dim] / tileOf(factors, dim)).reverse()) {
      const tried = { ...factors, [dim]: factors[dim] * prime };
      if (fits(tried)) factors = tried;
    }
  }
  return factors;
}
