import type { Hardware } from "../hardware/hardware.ts";
import { formatMapping, type Mapping } from "../space/mapping.ts";
import { DIMS, type LayerShape, STEPS } from "../workload/layer.ts";

/** Columns of a table in the DOSA format, for accelerators with shared (as DOSA's Timeloop data) or split bandwidth. */
export function dosaHeader(kind: "shared" | "split"): readonly string[] {
  const bandwidth = (memory: string): readonly string[] =>
    kind === "shared"
      ? [`arch.${memory}_shared_bandwidth`]
      : [`arch.${memory}_read_bandwidth`, `arch.${memory}_write_bandwidth`];
  return [
    "mapping.mapping",
    ...["pe", "meshX", "mem1_entries", "mem1_depth", "mem1_width", "mem1_instances"].map(
      (name) => `arch.${name}`,
    ),
    ...bandwidth("mem1"),
    ...["mem2_entries", "mem2_depth", "mem2_width", "mem2_instances"].map((name) => `arch.${name}`),
    ...bandwidth("mem2"),
    ...DIMS.map((dim) => `prob.${dim}`),
    ...STEPS.map((step) => `prob.${step}`),
  ];
}

/** The cells of one design under `dosaHeader`; reading them back gives the same design. */
export function dosaCells(
  mapping: Mapping,
  shape: LayerShape,
  hardware: Hardware,
): readonly (string | number)[] {
  const { peDim, scratchpadBandwidth, accumulatorBandwidth } = hardware;
  const words = (bandwidth: Hardware["scratchpadBandwidth"]): readonly number[] =>
    bandwidth.kind === "shared" ? [bandwidth.words] : [bandwidth.readWords, bandwidth.writeWords];
  return [
    formatMapping(mapping),
    peDim * peDim,
    peDim,
    hardware.accumulatorWords,
    hardware.accumulatorRows,
    32,
    peDim,
    ...words(accumulatorBandwidth),
    hardware.scratchpadWords,
    hardware.scratchpadRows,
    8 * peDim,
    1,
    ...words(scratchpadBandwidth),
    ...DIMS.map((dim) => shape[dim]),
    ...STEPS.map((step) => shape[step]),
  ];
}
