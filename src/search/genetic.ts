import type { BreedJob, Waypoint } from "../walk/request.ts";
import type { Sampler } from "./sampler.ts";

export interface GeneticOptions {
  /** Populations that live side by side. */
  readonly islands?: number;
  /** Members of each. */
  readonly size?: number;
  /** Children of a population in an epoch. */
  readonly children?: number;
  /** Epochs of an island between two exchanges, on average. */
  readonly isolation?: number;
  /** Changes of single layers that a child is granted before it is judged. */
  readonly learn?: number;
  /** Epochs without a better design after which a population is begun anew. */
  readonly patience?: number;
}

export type BreedTask = Omit<BreedJob, "problem"> & { readonly island: number };

/** The first epoch of a population is this much shorter, so that there is an answer soon. */
const FIRST_PART = 8;

interface Island {
  members: readonly Waypoint[];
  best: number;
  idle: number;
}

/**
 * A genetic algorithm on islands in a ring: each trial is one epoch of one island, which begins with its own population and now
 * and then, in the place of its worst member, the best of its neighbour. An island that finds nothing better for a while is begun
 * anew: the optima of different hardware lie a few percent apart, and a population keeps to one of them.
 */
export function createGenetic(options: GeneticOptions = {}): Sampler<BreedTask, readonly Waypoint[]> {
  const {
    islands: count = 8,
    size = 32,
    children = 4000,
    learn = 500,
    patience = 3,
    isolation = 16,
  } = options;
  const islands = Array.from(
    { length: count },
    (): Island => ({ members: [], best: Number.POSITIVE_INFINITY, idle: 0 }),
  );
  let asked = 0;
  return {
    name: "genetic",
    // The next epoch of an island needs the one before, and no other.
    inFlight: count,
    ask(rng) {
      const island = asked++ % count;
      const own = islands[island]?.members ?? [];
      const [neighbour] = islands[(island + count - 1) % count]?.members ?? [];
      const migrant = rng() * isolation < 1 ? neighbour : undefined;
      const members = migrant && own.length > 0 ? [...own.slice(0, size - 1), migrant] : own;
      return {
        island,
        seed: Math.floor(rng() * 2 ** 32),
        size,
        children: own.length > 0 ? children : Math.ceil(children / FIRST_PART),
        learn,
        members,
      };
    },
    tell({ job, outcome, cost }) {
      const island = islands[job.island];
      if (!island || outcome.status !== "found") return;
      island.idle = cost < island.best ? 0 : island.idle + 1;
      island.best = Math.min(island.best, cost);
      island.members = outcome.carry;
      if (island.idle < patience) return;
      Object.assign(island, { members: [], best: Number.POSITIVE_INFINITY, idle: 0 });
    },
  };
}
