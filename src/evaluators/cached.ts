import { candidateText } from "../fidelity/candidate-key.ts";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import type { ResultStore } from "./result-store.ts";

/** How often a cached evaluator found an answer on record. */
export interface CacheStatistics {
  /** Candidates answered from the store. */
  readonly reused: number;
  /** Candidates that the evaluator was asked for. */
  readonly evaluated: number;
}

export interface CachedEvaluator extends Evaluator {
  statistics(): CacheStatistics;
}

export interface CacheOptions {
  readonly store: ResultStore;
  /** Told of entries that cannot be read or written (a full disk, a folder of another user); the run goes on without them. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * An evaluator that asks another one only for what is not on record yet. Each answer is stored as soon as it is there, so that a
 * killed run loses what was under way and no more. Failures are not stored: the next run tries again.
 *
 * The inner evaluator is asked for one candidate at a time, all at once; how many it works on is its own affair.
 */
export function createCachedEvaluator(inner: Evaluator, options: CacheOptions): CachedEvaluator {
  const { store, onFault } = options;
  let reused = 0;
  let evaluated = 0;

  const tell = (error: unknown): undefined => {
    onFault?.(error);
  };
  const answer = async (question: string, candidate: Candidate, signal?: AbortSignal): Promise<Outcome> => {
    const known = await store.get(question).catch(tell);
    signal?.throwIfAborted();
    if (known) {
      reused++;
      return known;
    }
    const [outcome] = await inner.evaluate([candidate], signal);
    if (!outcome) throw new Error("the evaluator gave no outcome");
    evaluated++;
    if (outcome.status !== "failed") await store.set(question, outcome).catch(tell);
    return outcome;
  };

  return {
    fidelity: inner.fidelity,
    ...(inner.profile === undefined ? {} : { profile: inner.profile }),
    async evaluate(candidates, signal) {
      signal?.throwIfAborted();
      const answers = new Map<string, Promise<Outcome>>();
      const ordered = candidates.map((candidate) => {
        const question = candidateText(candidate);
        const under = answers.get(question) ?? answer(question, candidate, signal);
        answers.set(question, under);
        return under;
      });
      // What is under way is waited for, since it may still be stored.
      await Promise.allSettled(ordered);
      return Promise.all(ordered);
    },
    close: () => inner.close(),
    statistics: () => ({ reused, evaluated }),
  };
}
