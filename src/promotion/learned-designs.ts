import { codesignLearned } from "../learned/codesign.ts";
import { mapLearnedNetwork } from "../learned/map-network.ts";
import type { Limits } from "../mapper/limits.ts";
import type { Design } from "../search/trial.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import { nearConfigs } from "./near-configs.ts";
import type { ProposalRequest } from "./propose.ts";

/**
 * Designs that Starlight holds for good, the best first: the optimum of the space by Starlight, and the best mappings by Starlight on each
 * of the configs that are best by the analytical model. What re-ranking (`createProposer`) looks for near the analytical optimum is
 * here found wherever it lies.
 *
 * @param module the compiled kernels (`loadFastModule`)
 * @returns none for several networks, for which there is no such search
 */
export async function learnedDesigns(
  module: WebAssembly.Module,
  model: StarlightModel,
  request: ProposalRequest,
  limits: Limits & { readonly onDesign?: (done: number, of: number) => void } = {},
): Promise<readonly Design[]> {
  const { workloads, space, objective } = request;
  const [workload, ...others] = workloads;
  if (!workload || others.length > 0) return [];
  const configs = nearConfigs(request, request.configs ?? 48);
  const { onDesign, ...within } = limits;
  const { mapping } = await codesignLearned(module, model, { workload, space, objective, ...within });
  const found = [mapping];
  for (const { hardware } of configs) {
    if (limits.signal?.aborted) break;
    onDesign?.(found.length, configs.length + 1);
    const { layers } = workload;
    found.push(await mapLearnedNetwork(module, model, { layers, hardware, objective, ...within }));
  }
  return found.map(({ hardware, layers }) => ({
    hardware,
    mappings: [layers.map(({ mapping }) => mapping)],
  }));
}
