import { DRAM_BANDWIDTH_WORDS, type Hardware } from "../../hardware/hardware.ts";
import type { BoundBy } from "../../kernels/batch.ts";
import type { LayerInfo } from "./layers.ts";

export interface RooflinePoint {
  readonly name: string;
  /** MACs for each byte of DRAM traffic. */
  readonly intensity: number;
  readonly macsPerCycle: number;
  readonly boundBy: BoundBy;
  /** Of the network's cycles. */
  readonly share: number;
}

/** The roofline of Williams, Waterman and Patterson (CACM 2009): attainable MACs per cycle over operational intensity. */
export interface RooflineInfo {
  readonly peakMacsPerCycle: number;
  readonly dramBytesPerCycle: number;
  /** The intensity at which both roofs meet. */
  readonly ridge: number;
  readonly points: readonly RooflinePoint[];
}

export function rooflineInfo(layers: readonly LayerInfo[], hardware: Hardware): RooflineInfo {
  const peak = hardware.peDim ** 2;
  const total = layers.reduce((sum, { latencyCycles }) => sum + latencyCycles, 0);
  return {
    peakMacsPerCycle: peak,
    dramBytesPerCycle: DRAM_BANDWIDTH_WORDS,
    ridge: peak / DRAM_BANDWIDTH_WORDS,
    points: layers.map(({ name, macs, dramBytes, macsPerCycle, boundBy, latencyCycles }) => ({
      name,
      intensity: macs / dramBytes,
      macsPerCycle,
      boundBy,
      share: latencyCycles / total,
    })),
  };
}
