import { readFileSync } from "node:fs";
import { csvParse } from "d3-dsv";
import type { Candidate } from "../../src/fidelity/evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { DIMS, STEPS, toLayerShape } from "../../src/workload/layer.ts";

/** Layers, hardware and mappings of DOSA's searched designs, from the published table `firesim-gemmini-optimised.csv`. */
export function searchedDesigns(file: string): readonly Candidate[] {
  return csvParse(readFileSync(file, "utf8")).map((row) => {
    const number = (column: string): number => Number(row[column]);
    return {
      shape: toLayerShape(Object.fromEntries([...DIMS, ...STEPS].map((key) => [key, number(`prob.${key}`)]))),
      hardware: {
        ...createHardware({ peDim: number("arch.meshX"), scratchpadKib: 1, accumulatorKib: 1 }),
        scratchpadWords: number("arch.mem2_entries"),
        scratchpadRows: number("arch.mem2_depth"),
        accumulatorWords: number("arch.mem1_entries"),
        accumulatorRows: number("arch.mem1_depth"),
      },
      mapping: parseMapping(row["mapping.mapping"] ?? ""),
    };
  });
}
