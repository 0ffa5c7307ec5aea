import type { Evaluator } from "../fidelity/evaluator.ts";
import type { MeasuredRow } from "./dataset.ts";
import type { Judgement } from "./report.ts";

/**
 * What a model says of measured rows, each run as cold as it was measured; rows that it cannot price are left out. What `train`
 * says of the rows it learnt from and `validate` of any rows comes from here.
 */
export async function judgeRows(
  evaluator: Evaluator,
  rows: readonly MeasuredRow[],
  signal?: AbortSignal,
): Promise<readonly Judgement[]> {
  const outcomes = await evaluator.evaluate(rows, signal);
  return rows.flatMap((row, i): readonly Judgement[] => {
    const outcome = outcomes[i];
    if (outcome?.status !== "priced") return [];
    const { latencyCycles, boundBy = "", latencyInterval } = outcome;
    return [
      {
        row,
        predictedCycles: latencyCycles,
        boundBy,
        ...(latencyInterval === undefined ? {} : { interval: latencyInterval }),
      },
    ];
  });
}
