import type { HardwareSpace } from "../codesign/space.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import type { Objective } from "../mapper/objective.ts";
import { type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";

/** What is designed: hardware of a space, with mappings for every layer of one or several networks. */
export interface WalkProblem {
  /** Of several networks the geometric mean of the objectives is minimised. */
  readonly workloads: readonly Workload[];
  readonly space: HardwareSpace;
  readonly objective: Objective;
}

/** A layer whose mapping is chosen once for all layers of its shape in a network. */
export interface DistinctLayer {
  /** Place of the network among the workloads. */
  readonly network: number;
  readonly shape: LayerShape;
  /** Runs of all layers of this shape. */
  readonly count: number;
}

/** The distinct layers of each network, in the order in which they first occur. */
export function distinctLayers(workloads: readonly Workload[]): readonly DistinctLayer[] {
  return workloads.flatMap(({ layers }, network) => {
    const counts = new Map<string, DistinctLayer>();
    for (const { shape, count } of layers) {
      const key = shapeKey(shape);
      counts.set(key, { network, shape, count: count + (counts.get(key)?.count ?? 0) });
    }
    return [...counts.values()];
  });
}

/** For each workload a mapping for each layer, from mappings of its distinct layers. */
export function spreadMappings(
  workloads: readonly Workload[],
  mappings: readonly string[],
): readonly (readonly string[])[] {
  const places = new Map(
    distinctLayers(workloads).map(({ network, shape }, i) => [`${network}: ${shapeKey(shape)}`, i]),
  );
  return workloads.map(({ layers }, network) =>
    layers.map(({ shape }) => mappings[places.get(`${network}: ${shapeKey(shape)}`) as number] as string),
  );
}

/** A design as walks hand it on: what it takes to take it up again. Plain JSON. */
export interface Waypoint {
  readonly hardware: HardwareParameters;
  /** For each distinct layer its tile extents, as `1 64 3 112 2 7 7` in the order N K C P Q R S. */
  readonly tiles: readonly string[];
}

/** A design with what it costs. */
export interface WalkedDesign extends Waypoint {
  /** For each workload, in the order of its layers. */
  readonly mappings: readonly (readonly string[])[];
  /** For each workload the sums over its layers and their runs. */
  readonly sums: readonly { readonly latencyCycles: number; readonly energyPj: number }[];
}

export interface WalkCount {
  /** Mappings of layers that were priced. */
  readonly evaluated: number;
}

/** One annealing walk. */
export interface AnnealJob {
  readonly problem: WalkProblem;
  readonly seed: number;
  readonly rounds: number;
  /** Changes of single layers in a round, before one of the hardware. */
  readonly moves: number;
  /** Changes of single layers that a change of hardware is granted before it is judged. */
  readonly relax: number;
  /** First and last temperature, in units of ln(objective). */
  readonly hot: number;
  readonly cold: number;
  /** Where the walk begins; at random if nowhere is given. */
  readonly start?: Waypoint;
}

/** Some generations of one population. */
export interface BreedJob {
  readonly problem: WalkProblem;
  readonly seed: number;
  readonly size: number;
  readonly children: number;
  /** Changes of single layers that a child is granted before it is judged. */
  readonly learn: number;
  /** Members to begin with; the rest of the population is drawn at random. */
  readonly members: readonly Waypoint[];
}

export interface AnnealAnswer extends WalkCount {
  readonly best: WalkedDesign;
}

export interface BreedAnswer extends WalkCount {
  readonly best: WalkedDesign;
  /** The whole population, the best first. */
  readonly members: readonly Waypoint[];
}

/** Whatever runs walks, several at a time. */
export interface WalkPool {
  anneal(job: AnnealJob): Promise<AnnealAnswer>;
  breed(job: BreedJob): Promise<BreedAnswer>;
}
