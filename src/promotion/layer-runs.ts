import { candidateText } from "../fidelity/candidate-key.ts";
import type { Candidate, Outcome } from "../fidelity/evaluator.ts";
import type { Measurement } from "./calibrate.ts";

/** The layers that were run, by what was run: a layer that two designs map alike on the same hardware is run once. */
export class LayerRuns {
  /** Those that the machine could price, in the order in which they came. */
  readonly measurements: Measurement[] = [];
  private readonly outcomes = new Map<string, Outcome>();

  get count(): number {
    return this.outcomes.size;
  }

  get(candidate: Candidate): Outcome | undefined {
    return this.outcomes.get(candidateText(candidate));
  }

  add(candidate: Candidate, outcome: Outcome): void {
    this.outcomes.set(candidateText(candidate), outcome);
    if (outcome.status !== "priced") return;
    const { latencyCycles, energyPj } = outcome;
    this.measurements.push({ candidate, latencyCycles, energyPj });
  }

  /**
   * Those of some candidates that have not been run, each once, by their text.
   *
   * @param besides texts that count as run
   */
  missing(
    candidates: readonly Candidate[],
    besides: ReadonlySet<string> = new Set(),
  ): ReadonlyMap<string, Candidate> {
    const found = new Map<string, Candidate>();
    for (const candidate of candidates) {
      const text = candidateText(candidate);
      if (!this.outcomes.has(text) && !besides.has(text)) found.set(text, candidate);
    }
    return found;
  }
}
