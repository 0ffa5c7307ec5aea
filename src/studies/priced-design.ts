import type { LocalEngine } from "../fidelity/engine.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware } from "../hardware/hardware.ts";
import type { Design } from "../search/trial.ts";
import { parseMapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";

/** A layer of a design with what one run of it costs. */
export interface PricedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  /** The layer's own loop nest, where it runs padded. */
  readonly paddedFrom?: LayerShape;
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyUj: number;
}

export interface PricedNetwork {
  readonly workload: string;
  readonly totals: Totals;
  readonly layers: readonly PricedLayer[];
}

/** Every layer of a design by the analytical model, and the totals of each network. */
export function priceDesign(
  engine: LocalEngine,
  workloads: readonly Workload[],
  { hardware: parameters, mappings }: Design,
): readonly PricedNetwork[] {
  const hardware = createHardware(parameters);
  return workloads.map(({ name: workload, layers }, network) => {
    const priced = layers.map(({ name, count, shape }, i): PricedLayer => {
      const mapping = mappings[network]?.[i] ?? "";
      const { latencyCycles, energyPj } = engine.explain(parseMapping(mapping), shape, hardware);
      return { name, count, shape, mapping, latencyCycles, energyUj: energyPj * 1e-6 };
    });
    return { workload, totals: totals(priced, area(hardware)), layers: priced };
  });
}
