import { setMaxListeners } from "node:events";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import { machineEnergy } from "../fidelity/machine-energy.ts";
import type { RtlRun } from "./rtl-job.ts";
import type { RtlPool } from "./rtl-pool.ts";
import { boundingUnit } from "./simulation-report.ts";

/** The RTL of this project as an evaluator: cycles and counters, and the energy of what it counted. */
export function createRtlEvaluator(pool: RtlPool): Evaluator {
  const measure = async (candidate: Candidate, stop: Int32Array): Promise<Outcome> => {
    const problem = pool.problem(candidate);
    if (problem !== undefined) return { status: "infeasible", reason: problem };
    try {
      return toOutcome(await pool.run(candidate, {}, stop), candidate);
    } catch (error) {
      return failureOf(error);
    }
  };

  return {
    fidelity: "rtl",
    profile: "polaris-rtl",
    async evaluate(candidates, signal) {
      signal?.throwIfAborted();
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const onAbort = (): void => {
        Atomics.store(stop, 0, 1);
      };
      if (signal) {
        // As many as calls are under way, which is no leak.
        setMaxListeners(0, signal);
        signal.addEventListener("abort", onAbort, { once: true });
      }
      try {
        const outcomes = await Promise.all(candidates.map((candidate) => measure(candidate, stop)));
        signal?.throwIfAborted();
        return outcomes;
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    close: () => pool.close(),
  };
}

/** A run that did not come back. */
export function failureOf(error: unknown): Outcome {
  return {
    status: "failed",
    reason: `the RTL broke down: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** What a run says of its candidate; one that did not end, or computed nonsense, says nothing. */
export function toOutcome(run: RtlRun, { hardware, shape }: Candidate): Outcome {
  const { status, cycles, counters, wrongOutputs = 0 } = run;
  if (status === "cycle-cap") return { status: "failed", reason: `not done after ${cycles} cycles` };
  if (status === "deadlock") return { status: "failed", reason: `deadlock at cycle ${cycles}` };
  if (status === "aborted") return { status: "failed", reason: `aborted at cycle ${cycles}` };
  if (wrongOutputs > 0) {
    const all = shape.N * shape.K * shape.P * shape.Q;
    return { status: "failed", reason: `${wrongOutputs} of ${all} outputs are wrong` };
  }
  const boundBy = boundingUnit(counters);
  return {
    status: "priced",
    latencyCycles: cycles,
    energyPj: machineEnergy(counters, hardware).totalPj,
    ...(boundBy === undefined ? {} : { boundBy }),
    counters,
  };
}
