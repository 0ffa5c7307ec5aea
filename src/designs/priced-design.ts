import type { Evaluator, Fidelity, Interval, Outcome, Profile } from "../fidelity/evaluator.ts";
import { evaluateInOrder } from "../fidelity/in-order.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { NetworkDesign } from "./design.ts";

/** A design as an evaluator prices it, layer by layer; layer metrics are of one run, totals are weighted by count. */
export interface PricedDesign {
  readonly version: 1;
  readonly workload: string;
  readonly fidelity: Fidelity;
  readonly profile?: Profile;
  readonly hardware: HardwareParameters;
  /** Absent if a layer has no metrics. */
  readonly totals?: Totals;
  /** The total latency if all layers err alike, the ends of their intervals added up; of models that predict them. */
  readonly latencyInterval?: Interval;
  readonly layers: readonly PricedLayer[];
}

interface DesignedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
}

/** A layer with its metrics, or with the reason why it has none. */
export type PricedLayer = DesignedLayer &
  (
    | {
        readonly latencyCycles: number;
        readonly energyUj: number;
        readonly edpJCycles: number;
        readonly latencyInterval?: Interval;
        readonly boundBy?: string;
        readonly counters?: Readonly<Record<string, number>>;
      }
    | { readonly failed: string }
  );

/**
 * Prices a design, layer by layer, with any evaluator.
 *
 * @param onLayer told of each layer as soon as it and those before it are priced
 * @throws the signal's reason if it is aborted
 */
export async function priceDesign(
  evaluator: Evaluator,
  design: NetworkDesign,
  options: { readonly signal?: AbortSignal; readonly onLayer?: (layer: PricedLayer) => void } = {},
): Promise<PricedDesign> {
  const hardware = createHardware(design.hardware);
  const candidates = design.layers.map(({ shape, mapping }) => ({ shape, hardware, mapping }));
  const layers: PricedLayer[] = [];
  for await (const outcome of evaluateInOrder(evaluator, candidates, options.signal)) {
    const { name, count, shape, mappingText } = design.layers[
      layers.length
    ] as NetworkDesign["layers"][number];
    const layer = { name, count, shape, mapping: mappingText, ...metricsOf(outcome) };
    layers.push(layer);
    options.onLayer?.(layer);
  }
  const priced = layers.filter((layer) => "latencyCycles" in layer);
  const latencyInterval = sumOfIntervals(layers);
  const { fidelity, profile } = evaluator;
  return {
    version: 1,
    workload: design.workload,
    fidelity,
    ...(profile === undefined ? {} : { profile }),
    hardware: design.hardware,
    ...(priced.length < layers.length ? {} : { totals: totals(priced, area(hardware)) }),
    ...(latencyInterval ? { latencyInterval } : {}),
    layers,
  };
}

/** Weighted by count; undefined if a layer has no interval. */
function sumOfIntervals(layers: readonly PricedLayer[]): Interval | undefined {
  let [low, high] = [0, 0];
  for (const layer of layers) {
    if (!("latencyInterval" in layer)) return undefined;
    low += layer.count * layer.latencyInterval.low;
    high += layer.count * layer.latencyInterval.high;
  }
  return { low, high };
}

/** An outcome in the units of results: energy in uJ, EDP in J x cycles. */
function metricsOf(outcome: Outcome) {
  if (outcome.status !== "priced") return { failed: outcome.reason };
  const { latencyCycles, energyPj, latencyInterval, boundBy, counters } = outcome;
  const energyUj = energyPj * 1e-6;
  return {
    latencyCycles,
    energyUj,
    edpJCycles: energyUj * 1e-6 * latencyCycles,
    ...(latencyInterval === undefined ? {} : { latencyInterval }),
    ...(boundBy === undefined ? {} : { boundBy }),
    ...(counters === undefined ? {} : { counters }),
  };
}
