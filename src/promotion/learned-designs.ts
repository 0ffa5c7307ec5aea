import { codesignLearned, type LearnedCodesignProgress } from "../learned/codesign.ts";
import { type LearnedMapping, mapLearnedNetwork } from "../learned/map-network.ts";
import type { Limits } from "../mapper/limits.ts";
import type { Design } from "../search/trial.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import { nearConfigs } from "./near-configs.ts";
import type { ProposalRequest } from "./propose.ts";

/** Designs, the best first, and whether a limit ended the search for them. */
export interface LearnedDesigns {
  readonly designs: readonly Design[];
  readonly complete: boolean;
}

export interface LearnedDesignsOptions extends Limits {
  /** While the optimum of the space is sought. */
  readonly onOptimum?: (progress: LearnedCodesignProgress) => void;
  /** While single configs are mapped. */
  readonly onDesign?: (done: number, of: number) => void;
}

/** Of the time that is left, what the optimum of the space gets before single configs are mapped. */
const OPTIMUM_SHARE = 0.7;

/**
 * Designs that Starlight holds for good, the best first: the optimum of the space by Starlight, and the best mappings by Starlight on each
 * of the configs that are best by the analytical model. What re-ranking (`createProposer`) looks for near the analytical optimum is
 * here found wherever it lies.
 *
 * @param module the compiled kernels (`loadFastModule`)
 * @param limits there is one design, whatever they are
 */
export async function learnedDesigns(
  module: WebAssembly.Module,
  model: StarlightModel,
  request: ProposalRequest,
  { budgetMs = Number.POSITIVE_INFINITY, signal, onOptimum, onDesign }: LearnedDesignsOptions = {},
): Promise<LearnedDesigns> {
  const { workloads, space, objective } = request;
  const end = performance.now() + budgetMs;
  const limits = (share: number): Limits => ({
    budgetMs: Math.max(0, share * (end - performance.now())),
    ...(signal ? { signal } : {}),
  });
  const configs = nearConfigs(request, request.configs ?? 48);
  const best = await codesignLearned(module, model, {
    workloads,
    space,
    objective,
    ...limits(OPTIMUM_SHARE),
    ...(onOptimum ? { onProgress: onOptimum } : {}),
  });
  const found = [best.mappings];
  let complete = best.optimal;
  for (const { hardware } of configs) {
    if (signal?.aborted || performance.now() >= end) break;
    onDesign?.(found.length, configs.length + 1);
    const mappings: LearnedMapping[] = [];
    for (const { layers } of workloads)
      mappings.push(await mapLearnedNetwork(module, model, { layers, hardware, objective, ...limits(1) }));
    complete &&= mappings.every(({ optimal }) => optimal);
    found.push(mappings);
  }
  return {
    designs: found.map((mappings) => ({
      hardware: (mappings[0] as LearnedMapping).hardware,
      mappings: mappings.map(({ layers }) => layers.map(({ mapping }) => mapping)),
    })),
    complete: complete && found.length === configs.length + 1,
  };
}
