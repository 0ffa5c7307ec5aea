import type { Level } from "../../space/mapping.ts";
import { DIMS, type Dim } from "../../workload/layer.ts";

/** Versions of Timeloop's input format that are written and read. */
export const TIMELOOP_VERSIONS = ["0.3", "0.4"] as const;
export type TimeloopVersion = (typeof TIMELOOP_VERSIONS)[number];

/** Timeloop's names of the memory levels, as in DOSA's description of Gemmini, and what each keeps. */
export const TARGETS: Readonly<
  Record<
    Level,
    { readonly name: string; readonly keep: readonly string[]; readonly bypass: readonly string[] }
  >
> = {
  dram: { name: "DRAM", keep: ["Weights", "Inputs", "Outputs"], bypass: [] },
  scratchpad: { name: "Scratchpad", keep: ["Weights", "Inputs"], bypass: ["Outputs"] },
  accumulator: { name: "Accumulator", keep: ["Outputs"], bypass: ["Weights", "Inputs"] },
  register: { name: "Registers", keep: ["Weights"], bypass: ["Inputs", "Outputs"] },
};

/** The groups of PEs that spatial loops spread over: K over the columns, C over the rows. */
export const COLUMNS = "PECols";
export const ROWS = "PERows";

/** Timeloop's name of a dim: its convolution has M output channels. P and R run along the width there as here. */
export function timeloopDim(dim: Dim): string {
  return dim === "K" ? "M" : dim;
}

/** The dim of a name in a Timeloop file; DOSA's files have K where others have M. */
export function dimOf(name: string): Dim | undefined {
  if (name === "M") return "K";
  return (DIMS as readonly string[]).includes(name) ? (name as Dim) : undefined;
}
