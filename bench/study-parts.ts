// What npm run study is made of.
import { fileURLToPath } from "node:url";
import { EDP } from "../src/mapper/objective.ts";
import type { WalkProblem } from "../src/walk/request.ts";
import { builtinWorkload } from "../src/workload/builtin.ts";

/** Ignored by git. */
export const RESULTS = fileURLToPath(new URL("results/study", import.meta.url));
export const NETWORKS = ["resnet50", "bert", "retinanet", "unet"] as const;
export const SEEDS = [0, 1, 2, 3, 4] as const;

/** Area of DOSA's published designs for the analytical model, mm2 (Hong et al., MICRO 2023). */
const DOSA_AREA_MM2: Readonly<Record<string, number>> = {
  resnet50: 0.75454,
  bert: 0.499939,
  retinanet: 1.238952,
  unet: 1.862173,
};
/** EDP of the same designs, J x cycles of the network with DOSA's layer counts. */
export const DOSA_EDP: Readonly<Record<string, number>> = {
  resnet50: 243_141.9,
  bert: 5_861.01,
  retinanet: 124_473.8,
  unet: 297_212_671,
};

const SIZES = Array.from({ length: 2048 }, (_, i) => i + 1);
const ARRAYS = [2, 4, 8, 16, 32, 64, 128];

/** Hardware to choose from: any array, any integer KiB of both memories. */
export const SPACES = {
  /** No more area than DOSA's published design has. */
  free: { arrays: ARRAYS, capped: true },
  /** Gemmini's array; the same cap. */
  fixed16: { arrays: [16], capped: true },
  /** DOSA's own comparison: no cap. */
  uncapped: { arrays: ARRAYS, capped: false },
} as const;
export type SpaceName = keyof typeof SPACES;

export function problemOf(name: SpaceName, network: string): WalkProblem {
  const { arrays, capped } = SPACES[name];
  const maxAreaMm2 = DOSA_AREA_MM2[network];
  return {
    workloads: [builtinWorkload(network)],
    space: {
      arrays: arrays.map((peDim) => ({ peDim })),
      scratchpadKib: SIZES,
      accumulatorKib: SIZES,
      ...(capped && maxAreaMm2 !== undefined ? { maxAreaMm2 } : {}),
    },
    objective: EDP,
  };
}

export function partName(space: SpaceName, network: string, sampler: string, seed: number): string {
  return `${space}/${network}/${sampler}/${seed}`;
}
