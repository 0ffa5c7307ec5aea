import type { Candidate, Evaluator, Outcome } from "./evaluator.ts";

/** Candidates that are asked for before the first of them is answered: more than any evaluator works on at a time. */
const WINDOW = 1024;

/**
 * Outcomes one by one, in the order of the candidates, each as soon as it and all before it are there. Candidates are asked for
 * apart from each other, so that a slow one holds back its own outcome and those after it, not their evaluation.
 *
 * @throws the signal's reason if it is aborted; outcomes given before stand
 */
export async function* evaluateInOrder(
  evaluator: Evaluator,
  candidates: readonly Candidate[],
  signal?: AbortSignal,
): AsyncGenerator<Outcome, void> {
  const inFlight: Promise<readonly Outcome[]>[] = [];
  let asked = 0;
  try {
    for (let answered = 0; answered < candidates.length; answered++) {
      for (; asked < Math.min(candidates.length, answered + WINDOW); asked++) {
        const answer = evaluator.evaluate(candidates.slice(asked, asked + 1), signal);
        // Whoever comes to its turn is told.
        answer.catch(() => undefined);
        inFlight.push(answer);
      }
      const [outcome] = (await inFlight.shift()) ?? [];
      if (!outcome) throw new Error("the evaluator gave no outcome");
      yield outcome;
    }
  } finally {
    await Promise.allSettled(inFlight);
  }
}
