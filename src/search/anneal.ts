import type { AnnealJob, Waypoint } from "../walk/request.ts";
import type { Sampler } from "./sampler.ts";

export interface AnnealOptions {
  /** Length of a walk; see `AnnealJob`. */
  readonly rounds?: number;
  readonly moves?: number;
  readonly relax?: number;
  /** First and last temperature, in units of ln(objective): at 1 a design e times worse is accepted in 37 % of cases. */
  readonly hot?: number;
  readonly cold?: number;
  /** First temperature of a walk that takes up a good design again. */
  readonly warm?: number;
}

export type AnnealTask = Omit<AnnealJob, "problem">;

/** Good designs that are kept to begin again from. */
const ELITE = 4;
const IN_FLIGHT = 8;
/** The first walks are this much shorter, so that there is an answer soon. */
const FIRST_PART = 8;

/**
 * Simulated annealing with restarts: every other walk begins anywhere, the others, less hot, at one of the best designs met.
 * Each walk is one trial.
 */
export function createAnnealer(options: AnnealOptions = {}): Sampler<AnnealTask, Waypoint> {
  const { rounds = 2000, moves = 500, relax = 500, hot = 0.02, cold = 1e-5, warm = 0.005 } = options;
  const elite: { readonly cost: number; readonly design: Waypoint }[] = [];
  let asked = 0;
  return {
    name: "anneal",
    inFlight: IN_FLIGHT,
    ask(rng) {
      const seed = Math.floor(rng() * 2 ** 32);
      const first = asked < IN_FLIGHT;
      const again = asked++ % 2 === 1 ? elite[Math.floor(rng() * elite.length)] : undefined;
      return {
        seed,
        rounds: first ? Math.ceil(rounds / FIRST_PART) : rounds,
        moves,
        relax,
        hot: again ? warm : hot,
        cold,
        ...(again ? { start: again.design } : {}),
      };
    },
    tell({ outcome, cost }) {
      if (outcome.status !== "found" || elite.some((one) => one.cost === cost)) return;
      elite.push({ cost, design: outcome.carry });
      elite.sort((a, b) => a.cost - b.cost);
      elite.splice(ELITE);
    },
  };
}
