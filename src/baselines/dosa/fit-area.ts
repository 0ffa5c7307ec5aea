import type { LocalEngine } from "../../fidelity/engine.ts";
import { createHardware, type HardwareParameters } from "../../hardware/hardware.ts";
import { primeFactors } from "../../space/divisors.ts";
import type { DistinctLayer } from "../../walk/request.ts";
import { type DosaProblem, type PricedTilings, priceTilings } from "./pricing.ts";
import { FACTORS, type Factor } from "./relaxed-model.ts";
import { type Factors, needs } from "./tiling.ts";

/** Part of a memory that a step takes away. */
const STEP = 0.95;

/**
 * Rounded tilings under the area cap: rounding may leave a few percent too much, for which DOSA, which has no cap, has no rule.
 * Whichever of array and memories costs least to make smaller is made smaller, with the tilings that no longer fit, until the area
 * is within the cap; undefined if it never is.
 */
export function fitArea(
  engine: LocalEngine,
  problem: DosaProblem,
  factors: readonly Factors[],
): PricedTilings | undefined {
  const cap = problem.space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  let now = priceTilings(engine, problem, factors);
  while (now && now.areaMm2 > cap) {
    const { hardware, areaMm2, cost } = now;
    const smaller: (PricedTilings | undefined)[] = smallerHardware(problem, hardware).map((limit) =>
      priceTilings(
        engine,
        problem,
        problem.layers.map((layer, i) => clip(layer, (now as PricedTilings).factors[i] as Factors, limit)),
      ),
    );
    // What a step costs in ln(objective) for each ln(area) it saves.
    const price = (tried: PricedTilings): number =>
      Math.log(tried.cost / cost) / Math.max(1e-9, Math.log(areaMm2 / tried.areaMm2));
    now = smaller
      .filter((tried): tried is PricedTilings => tried !== undefined && tried.areaMm2 < areaMm2)
      .reduce<PricedTilings | undefined>(
        (best, tried) => (!best || price(tried) < price(best) ? tried : best),
        undefined,
      );
  }
  return now;
}

/** Hardware with a smaller array, scratchpad or accumulator. */
function smallerHardware(
  { space }: DosaProblem,
  hardware: HardwareParameters,
): readonly HardwareParameters[] {
  const array = [...space.arrays]
    .sort((a, b) => b.peDim - a.peDim)
    .find(({ peDim }) => peDim < hardware.peDim);
  const below = (values: readonly number[], kib: number): number | undefined =>
    values.findLast((value) => value <= kib * STEP);
  const scratchpadKib = below(space.scratchpadKib, hardware.scratchpadKib);
  const accumulatorKib = below(space.accumulatorKib, hardware.accumulatorKib);
  return [
    ...(array ? [{ ...hardware, ...array }] : []),
    ...(scratchpadKib === undefined ? [] : [{ ...hardware, scratchpadKib }]),
    ...(accumulatorKib === undefined ? [] : [{ ...hardware, accumulatorKib }]),
  ];
}

/** Makes the largest factor that helps smaller until a tiling fits. */
function clip({ shape }: DistinctLayer, factors: Factors, limit: HardwareParameters): Factors {
  const hardware = createHardware(limit);
  let clipped = factors;
  const lessen = (names: readonly Factor[]): void => {
    const largest = names.reduce((best, name) => (clipped[name] > clipped[best] ? name : best));
    clipped = { ...clipped, [largest]: clipped[largest] / (primeFactors(clipped[largest])[0] ?? 1) };
  };
  for (;;) {
    const need = needs(shape, clipped);
    if (clipped.spatialC > hardware.peDim) lessen(["spatialC"]);
    else if (clipped.spatialK > hardware.peDim) lessen(["spatialK"]);
    else if (need.bankWords > hardware.accumulatorWords) lessen(["P", "Q", "N", "K"]);
    else if (need.scratchpadWords > hardware.scratchpadWords) {
      const inTime = FACTORS.filter(
        (name) => name !== "spatialC" && name !== "spatialK" && clipped[name] > 1,
      );
      lessen(inTime.length > 0 ? inTime : ["spatialC", "spatialK"]);
    } else return clipped;
  }
}
