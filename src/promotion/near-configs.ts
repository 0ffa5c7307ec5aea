import type { Platform } from "../codesign/platform.ts";
import type { HardwareSpace } from "../codesign/space.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { bestOn } from "../mapper/network-archive.ts";
import { cost, type Objective } from "../mapper/objective.ts";

/** A hardware config with its least cost by the analytical model. */
export interface CostedConfig {
  readonly platform: Platform;
  readonly hardware: HardwareParameters;
  readonly cost: number;
}

/** Ratio of neighbouring memory sizes that are looked at. */
const STEP = Math.SQRT2;

/**
 * Configs that are good by the analytical model: memory sizes a factor of the square root of two apart, and for each scratchpad and
 * array the largest accumulator within the area; half of them the best overall, half the best of each array.
 */
export function nearConfigs(
  {
    space,
    objective,
    platforms,
  }: {
    readonly space: HardwareSpace;
    readonly objective: Objective;
    readonly platforms: readonly Platform[];
  },
  count: number,
): readonly CostedConfig[] {
  const scratchpads = spaced(space.scratchpadKib);
  const accumulators = spaced(space.accumulatorKib);
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const byArray = platforms.map((platform) => {
    const { networks, areas } = platform;
    const found: CostedConfig[] = [];
    for (const scratchpad of scratchpads) {
      const within = (accumulator: number): boolean => areas.of(scratchpad, accumulator) <= cap;
      const largest = space.accumulatorKib.findLastIndex((_, accumulator) => within(accumulator));
      for (const accumulator of new Set([...accumulators.filter(within), largest])) {
        if (accumulator < 0) continue;
        const scratchpadKib = space.scratchpadKib[scratchpad] as number;
        const accumulatorKib = space.accumulatorKib[accumulator] as number;
        const points = networks.map((network) => bestOn(network, scratchpadKib, accumulatorKib, objective));
        const product = points.reduce(
          (value, point) =>
            value *
            (point
              ? cost(objective, point.totals.latencyCycles, point.totals.energyUj) ** (1 / points.length)
              : Number.POSITIVE_INFINITY),
          1,
        );
        const array = space.arrays[platform.array] as HardwareSpace["arrays"][number];
        if (Number.isFinite(product))
          found.push({ platform, hardware: { ...array, scratchpadKib, accumulatorKib }, cost: product });
      }
    }
    return found.sort((a, b) => a.cost - b.cost);
  });
  const each = Math.max(1, Math.floor(count / 2 / Math.max(1, byArray.length)));
  const chosen = new Set(byArray.flatMap((configs) => configs.slice(0, each)));
  for (const config of byArray.flat().sort((a, b) => a.cost - b.cost)) {
    if (chosen.size >= count) break;
    chosen.add(config);
  }
  return [...chosen].sort((a, b) => a.cost - b.cost);
}

/** Places of values a factor of STEP or more apart, the first and the last among them. */
function spaced(values: readonly number[]): readonly number[] {
  const places: number[] = [];
  for (const [place, value] of values.entries()) {
    const last = values[places.at(-1) ?? -1];
    if (last === undefined || value >= last * STEP || place === values.length - 1) places.push(place);
  }
  return places;
}
