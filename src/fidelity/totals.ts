import type { Area, AreaSource } from "../hardware/area.ts";

/** Sums over all layers, weighted by count. */
export interface Totals {
  readonly latencyCycles: number;
  readonly energyUj: number;
  /** Energy in J times latency in cycles. */
  readonly edpJCycles: number;
  readonly areaMm2: number;
  readonly areaSource: AreaSource;
}

/** Network totals: latency and energy add up over layers and repeats, EDP is their product. */
export function totals(
  layers: readonly { readonly count: number; readonly latencyCycles: number; readonly energyUj: number }[],
  silicon: Area,
): Totals {
  let latencyCycles = 0;
  let energyUj = 0;
  for (const layer of layers) {
    latencyCycles += layer.count * layer.latencyCycles;
    energyUj += layer.count * layer.energyUj;
  }
  return {
    latencyCycles,
    energyUj,
    edpJCycles: energyUj * 1e-6 * latencyCycles,
    areaMm2: silicon.mm2,
    areaSource: silicon.source,
  };
}
