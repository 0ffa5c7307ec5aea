import type { Candidate, Outcome } from "../fidelity/evaluator.ts";
import type { TraceSpan } from "../rtl/trace.ts";
import { failureOf, toOutcome } from "./rtl-evaluator.ts";
import type { RtlPool, RunRequest } from "./rtl-pool.ts";
import type { NetToggles } from "./toggles.ts";

/** A candidate with a name that its reader knows it by, and how often it runs. */
export interface Case {
  readonly name: string;
  readonly count: number;
  readonly candidate: Candidate;
}

/** What the RTL did with one candidate. */
export interface Simulated extends Case {
  readonly outcome: Outcome;
  readonly trace: readonly TraceSpan[];
  /** Of every net, if they were asked for. */
  readonly toggles?: readonly NetToggles[];
}

/**
 * Runs candidates on the RTL; results come in order, each as soon as it and those before it are there. A run that fails fails
 * alone.
 *
 * @throws the signal's reason if it is aborted; results given before stand
 */
export async function* simulateCases(
  pool: RtlPool,
  cases: readonly Case[],
  request: RunRequest,
  signal: AbortSignal,
): AsyncGenerator<Simulated, void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const onAbort = (): void => {
    Atomics.store(stop, 0, 1);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const running = cases.map((one) => simulate(pool, one, request, stop));
    for (const simulation of running) {
      const done = await simulation;
      signal.throwIfAborted();
      yield done;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Whoever stops reading ends what still runs.
    onAbort();
  }
}

async function simulate(pool: RtlPool, one: Case, request: RunRequest, stop: Int32Array): Promise<Simulated> {
  const problem = pool.problem(one.candidate);
  if (problem !== undefined) return { ...one, outcome: { status: "infeasible", reason: problem }, trace: [] };
  try {
    const run = await pool.run(one.candidate, request, stop);
    const { trace, toggles } = run;
    return { ...one, outcome: toOutcome(run, one.candidate), trace, ...(toggles ? { toggles } : {}) };
  } catch (error) {
    return { ...one, outcome: failureOf(error), trace: [] };
  }
}
