import { type AccessEnergies, accessEnergyPj, DRAM_BURST_WORDS } from "../hardware/energy.ts";
import type { Bandwidth, Hardware } from "../hardware/hardware.ts";
import { type LayerShape, macs, outputWords, weightWords } from "../workload/layer.ts";
import type { Point } from "./hull.ts";

/** Takes from a number more than the roundings on both sides of a comparison can have made of it. */
const BELOW = 1 - 1e-13;

/**
 * A pair that no mapping of a layer lies below, whatever the sizes of the memories: the array as full as the layer's channels
 * can make it, weights and outputs through DRAM once, no inputs from there (Timeloop's reuse may save all but the first tile).
 *
 * @param hardware of which the memories' sizes do not matter
 * @param energies of memories at most as large as those in question
 * @param growth by which padding may multiply the layer's bounds: then of all shapes that it may be padded to
 */
export function leastPoint(
  shape: LayerShape,
  hardware: Hardware,
  energies: AccessEnergies,
  growth = 1,
): Point {
  const { peDim, scratchpadBandwidth, accumulatorBandwidth, dramBandwidthWords } = hardware;
  const spatialK = Math.min(growth * shape.K, peDim);
  const spatialC = Math.min(growth * shape.C, peDim);
  const work = macs(shape);
  const [weights, outputs] = [weightWords(shape), outputWords(shape)];
  const compute = work / (spatialK * spatialC);
  const updates = work / spatialC;
  const inputReads = work / spatialK;
  const latency = Math.max(
    compute,
    (weights + outputs) / dramBandwidthWords,
    cyclesOf(scratchpadBandwidth, weights + inputReads, weights),
    cyclesOf(accumulatorBandwidth, updates - outputs, updates + outputs) / spatialK,
  );
  const energy = accessEnergyPj(
    energies,
    work,
    weights,
    2 * updates,
    (weights + inputReads + weights) / peDim,
    (weights + outputs) / DRAM_BURST_WORDS,
  );
  return { latencyCycles: BELOW * latency, energyPj: BELOW * energy };
}

function cyclesOf(bandwidth: Bandwidth, reads: number, writes: number): number {
  return bandwidth.kind === "shared"
    ? (reads + writes) / bandwidth.words
    : Math.max(reads / bandwidth.readWords, writes / bandwidth.writeWords);
}
