import type { Platform } from "../codesign/platform.ts";
import type { HardwareSpace } from "../codesign/space.ts";
import { candidateText } from "../fidelity/candidate-key.ts";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { lowerLeftHull, type Point } from "../mapper/hull.ts";
import {
  type ArchivePoint,
  archiveMapping,
  archivePoints,
  type LayerArchive,
  memoryView,
} from "../mapper/layer-archive.ts";
import { minimiseNetwork } from "../mapper/network.ts";
import { bestOn, type NetworkArchive } from "../mapper/network-archive.ts";
import type { Objective } from "../mapper/objective.ts";
import type { Design } from "../search/trial.ts";
import { formatMapping, type Mapping } from "../space/mapping.ts";
import type { Workload } from "../workload/workload.ts";
import { type CostedConfig, nearConfigs } from "./near-configs.ts";

export interface ProposalRequest {
  readonly workloads: readonly Workload[];
  readonly space: HardwareSpace;
  readonly objective: Objective;
  /** The networks enumerated on each array of the space (`collectPlatforms`). */
  readonly platforms: readonly Platform[];
  /** Hardware configs that are looked at. */
  readonly configs?: number;
  /** Mappings of each layer that a model chooses among on each config. */
  readonly mappings?: number;
}

/**
 * Proposes designs by re-ranking: on each of the configs that are best by the analytical model, every layer's archive gives its
 * mappings nearest to that model's optimum, another model prices them, and the best choice by its prices is a design.
 *
 * What that cannot find are mappings that some mapping in the archive beats in every analytical count, and configs far from
 * the analytical optimum: the optimum of the other model is sought among these, not proven.
 */
export function createProposer(
  request: ProposalRequest,
): (model: Evaluator, signal?: AbortSignal) => Promise<readonly Design[]> {
  const { workloads, objective, mappings: perLayer = 8 } = request;
  let configs: readonly CostedConfig[] | undefined;
  return async (model, signal) => {
    configs ??= nearConfigs(request, request.configs ?? 48);
    const options = configs.map(({ platform, hardware }) =>
      platform.networks.map((network) => nearMappings(network, hardware, objective, perLayer)),
    );
    const wanted = new Map<string, Candidate>();
    for (const [c, { hardware }] of configs.entries()) {
      const built = createHardware(hardware);
      for (const [n, network] of (options[c] as (typeof options)[number]).entries()) {
        for (const [i, choices] of network.entries()) {
          const shape = workloads[n]?.layers[i]?.shape;
          if (!shape) continue;
          for (const mapping of choices) {
            const candidate = { shape, hardware: built, mapping };
            wanted.set(candidateText(candidate), candidate);
          }
        }
      }
    }
    const outcomes = await model.evaluate([...wanted.values()], signal);
    const prices = new Map([...wanted.keys()].map((text, i) => [text, outcomes[i] as Outcome]));
    return configs.flatMap(({ hardware }, c) => {
      const chosen = chooseMappings(request, hardware, options[c] as (typeof options)[number], prices);
      return chosen ? [chosen] : [];
    });
  };
}

interface PricedMapping extends Point {
  readonly mapping: Mapping;
}

/** The best choice by a model's prices; undefined if a layer has no mapping that it can price. */
function chooseMappings(
  { workloads, objective }: ProposalRequest,
  hardware: HardwareParameters,
  options: readonly (readonly (readonly Mapping[])[])[],
  prices: ReadonlyMap<string, Outcome>,
): Design | undefined {
  const built = createHardware(hardware);
  const mappings: string[][] = [];
  for (const [n, { layers }] of workloads.entries()) {
    const points = layers.map(({ shape, count }, i) => ({
      count,
      points: lowerLeftHull(
        (options[n]?.[i] ?? []).flatMap((mapping): PricedMapping[] => {
          const outcome = prices.get(candidateText({ shape, hardware: built, mapping }));
          if (outcome?.status !== "priced") return [];
          return [{ mapping, latencyCycles: outcome.latencyCycles, energyPj: outcome.energyPj }];
        }),
      ),
    }));
    const choice = minimiseNetwork(points, objective);
    if (!choice) return undefined;
    mappings.push(
      points.map((own, i) => formatMapping((own.points[choice.picks[i] as number] as PricedMapping).mapping)),
    );
  }
  return { hardware, mappings };
}

/** For each layer the mappings that add least to the analytical objective, by its slope at the analytical optimum. */
function nearMappings(
  network: NetworkArchive,
  hardware: HardwareParameters,
  objective: Objective,
  count: number,
): readonly (readonly Mapping[])[] {
  const memories = memoryView(hardware);
  const optimum = bestOn(network, hardware.scratchpadKib, hardware.accumulatorKib, objective)?.totals;
  const perCycle = objective.latencyPower / (optimum?.latencyCycles ?? 1);
  const perPj = objective.energyPower / ((optimum?.energyUj ?? 1) * 1e6);
  const share = ({ latencyCycles, energyPj }: ArchivePoint): number =>
    latencyCycles * perCycle + energyPj * perPj;
  const found = new Map<LayerArchive, readonly Mapping[]>();
  return network.archives.map((archive) => {
    const own =
      found.get(archive) ??
      archivePoints(archive, memories)
        .sort((a, b) => share(a) - share(b) || a.entry - b.entry)
        .slice(0, count)
        .map(({ entry }) => archiveMapping(archive, entry));
    found.set(archive, own);
    return own;
  });
}
