import type { Point } from "../mapper/hull.ts";
import { cost, type Objective } from "../mapper/objective.ts";

/** Takes a threshold from equals to what rounding could make of equals. */
const ABOVE = 1 + 1e-12;

/**
 * The energy of one run of a layer up to which it may be part of a choice whose objective is at most `most`, its latency being what
 * it is; -Infinity if none may.
 *
 * The objective is quasi-concave (docs/mapper.md), so the other layers are at one of the vertices of what they cannot go below.
 *
 * @param others vertices of the hull that no sum of the other layers lies below
 * @param count how often the layer runs
 */
export function energyWithin(
  objective: Objective,
  most: number,
  others: readonly Point[],
  count: number,
  latencyCycles: number,
): number {
  const { latencyPower, energyPower } = objective;
  let energy = Number.NEGATIVE_INFINITY;
  for (const other of others) {
    const cycles = other.latencyCycles + count * latencyCycles;
    if (energyPower === 0) {
      if (cost(objective, cycles, 1) <= most * ABOVE) return Number.POSITIVE_INFINITY;
      continue;
    }
    const total = (most / cost({ name: "", latencyPower, energyPower: 0 }, cycles, 1)) ** (1 / energyPower);
    energy = Math.max(energy, (total * ABOVE - other.energyPj) / count);
  }
  return energy;
}
