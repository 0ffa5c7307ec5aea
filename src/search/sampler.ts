import type { Rng } from "../rng.ts";
import type { Trial } from "./trial.ts";

/**
 * Decides what is tried next. A job is a whole piece of work for a thread, such as an annealing walk, never a single candidate.
 *
 * Several jobs may be open: `ask` number n is called when exactly the trials before n - inFlight + 1 have been told, and they are
 * told in the order in which they were asked for. So a sampler's state is a pure function of the seed and the trials told, however
 * many threads there are and whichever finished first. `test/conformance/sampler.ts` holds every implementation to that.
 */
export interface Sampler<Job, Carry> {
  readonly name: string;
  /** Jobs that are open at a time; more threads than that find no work. */
  readonly inFlight: number;
  /**
   * The next job, which must survive JSON; undefined if there is nothing left to try.
   *
   * @param rng a stream of its own for each call
   */
  ask(rng: Rng): Job | undefined;
  tell(trial: Trial<Job, Carry>): void;
}
