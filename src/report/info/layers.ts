import type { Engine } from "../../fidelity/engine.ts";
import type { Interval } from "../../fidelity/evaluator.ts";
import type { Explanation } from "../../fidelity/explanation.ts";
import type { Hardware } from "../../hardware/hardware.ts";
import type { BoundBy } from "../../kernels/batch.ts";
import { macs } from "../../workload/layer.ts";
import type { LayerRecord } from "../result.ts";

/** Components of energy, from the MACs outwards, and what another model has beyond the analytical one. */
export const COMPONENTS = ["mac", "register", "accumulator", "scratchpad", "dram", "unmodelled"] as const;
export type Component = (typeof COMPONENTS)[number];

/** Parts of a latency: the cycles that the MACs need, and the cycles that they wait for what binds the layer. */
export const LATENCY_PARTS = ["compute", "accumulator", "scratchpad", "dram", "unmodelled"] as const;
export type LatencyPart = (typeof LATENCY_PARTS)[number];

/** One layer with where its cycles and its energy go. Metrics are of all its runs. */
export interface LayerInfo {
  readonly name: string;
  readonly runs: number;
  readonly latencyCycles: number;
  readonly latencyInterval?: Interval;
  /** That the RTL took. */
  readonly verifiedCycles?: number;
  readonly latencyParts: Readonly<Record<LatencyPart, number>>;
  readonly energyUj: number;
  readonly energyPartsUj: Readonly<Record<Component, number>>;
  readonly boundBy: BoundBy;
  /** Of one run. */
  readonly macs: number;
  /** Bytes to and from DRAM, of one run. */
  readonly dramBytes: number;
  readonly macsPerCycle: number;
  /** The record that this is the summary of. */
  readonly record: LayerRecord;
  readonly explanation: Explanation;
}

/**
 * Every layer of a design, explained by the analytical model. What another model gave the layer is kept: the excess over the
 * analytical one is `unmodelled`, the walk of the tiles that only the slower models see; where it is less, the parts shrink.
 */
export function layersInfo(
  engine: Pick<Engine, "explain">,
  layers: readonly LayerRecord[],
  hardware: Hardware,
): readonly LayerInfo[] {
  return layers.map((record) => {
    const explanation = engine.explain(record.mapping, record.shape, hardware);
    const { boundBy, energyByComponentPj: pj } = explanation;
    const runs = record.count;
    const latency = record.latencyCycles ?? explanation.latencyCycles;
    const work = macs(record.shape);
    const analyticalUj = explanation.energyPj * 1e-6;
    const energyUj = record.energyUj ?? analyticalUj;
    const scale = runs * 1e-6 * Math.min(1, energyUj / analyticalUj);
    return {
      name: record.name,
      runs,
      latencyCycles: runs * latency,
      ...(record.latencyInterval
        ? {
            latencyInterval: {
              low: runs * record.latencyInterval.low,
              high: runs * record.latencyInterval.high,
            },
          }
        : {}),
      ...(record.verifiedCycles === undefined ? {} : { verifiedCycles: runs * record.verifiedCycles }),
      latencyParts: latencyParts(explanation, latency, runs),
      energyUj: runs * energyUj,
      energyPartsUj: {
        mac: scale * pj.mac,
        register: scale * pj.register,
        accumulator: scale * pj.accumulator,
        scratchpad: scale * pj.scratchpad,
        dram: scale * pj.dram,
        unmodelled: runs * Math.max(0, energyUj - analyticalUj),
      },
      boundBy,
      macs: work,
      dramBytes: dramBytes(explanation),
      macsPerCycle: work / latency,
      record,
      explanation,
    };
  });
}

function latencyParts(
  { rooflineCycles, boundBy, latencyCycles }: Explanation,
  latency: number,
  runs: number,
): Readonly<Record<LatencyPart, number>> {
  const parts = { compute: 0, accumulator: 0, scratchpad: 0, dram: 0, unmodelled: 0 };
  // The analytical model may count more cycles than a truer one; the parts then shrink to what there is.
  const known = Math.min(latency, latencyCycles);
  parts.compute = runs * Math.min(known, boundBy === "compute" ? latencyCycles : rooflineCycles.compute);
  if (boundBy !== "compute") parts[boundBy] = runs * known - parts.compute;
  parts.unmodelled = runs * (latency - known);
  return parts;
}

/** Words of DRAM traffic are bytes at 8 bits. */
function dramBytes({ accesses: { dram } }: Explanation): number {
  return [dram.weights, dram.inputs, dram.outputs].reduce(
    (sum, { reads, writes }) => sum + reads + writes,
    0,
  );
}
