import { csvFormatRow } from "d3-dsv";
import { InputError } from "../errors.ts";
import type { Candidate, Evaluator, Fidelity, Outcome } from "../fidelity/evaluator.ts";
import { evaluateInOrder } from "../fidelity/in-order.ts";
import { area } from "../hardware/area.ts";
import { REASON_COLUMN, resultColumns } from "./answer.ts";
import type { CandidateTable } from "./candidates.ts";

/** A row of a design table with what an evaluator says of it. */
export interface PricedRow {
  /** The header is row 1. */
  readonly row: number;
  readonly cells: readonly string[];
  readonly candidate?: Candidate;
  /** `infeasible` too for rows that are no design. */
  readonly outcome: Outcome;
}

/**
 * Prices the rows of a table one by one with any evaluator, in order, each as soon as it and those before it are priced.
 *
 * @throws the signal's reason if it is aborted; rows given before stand
 */
export async function* priceTable(
  evaluator: Evaluator,
  { rows }: CandidateTable,
  signal?: AbortSignal,
): AsyncGenerator<PricedRow, void> {
  const candidates = rows.flatMap(({ read }) => (read instanceof InputError ? [] : [read]));
  const outcomes = evaluateInOrder(evaluator, candidates, signal);
  try {
    for (const { row, cells, read } of rows) {
      if (read instanceof InputError) {
        yield { row, cells, outcome: { status: "infeasible", reason: read.message } };
        continue;
      }
      const { value } = await outcomes.next();
      if (value) yield { row, cells, candidate: read, outcome: value };
    }
  } finally {
    await outcomes.return();
  }
}

const PREDICTORS: readonly Fidelity[] = ["starlight", "event"];

/** First columns of the answers of an evaluator: metrics, with the interval of models that predict the RTL's latency. */
export function metricColumns(fidelity: Fidelity): readonly string[] {
  return resultColumns(PREDICTORS.includes(fidelity));
}

/** Head of the CSV answer to a table: metrics, the reason where there are none, the table's columns. */
export function pricedHeader(header: readonly string[], fidelity: Fidelity): string {
  return `${csvFormatRow([...metricColumns(fidelity), REASON_COLUMN, ...header])}\n`;
}

/** The row of a CSV answer. `bound_by` is empty where the evaluator does not say. */
export function pricedCsv({ cells, candidate, outcome }: PricedRow, fidelity: Fidelity): string {
  const metrics = (): readonly string[] => {
    if (outcome.status !== "priced" || !candidate)
      return [...metricColumns(fidelity).map(() => ""), "reason" in outcome ? outcome.reason : ""];
    const silicon = area(candidate.hardware);
    const energyUj = outcome.energyPj * 1e-6;
    const edp = energyUj * 1e-6 * outcome.latencyCycles;
    const { low = "", high = "" } = outcome.latencyInterval ?? {};
    const interval = PREDICTORS.includes(fidelity) ? [low, high] : [];
    const boundBy = outcome.boundBy ?? "";
    return [
      ...[outcome.latencyCycles, energyUj, edp, silicon.mm2, boundBy, ...interval, silicon.source].map(
        String,
      ),
      "",
    ];
  };
  return `${csvFormatRow([...metrics(), ...cells])}\n`;
}

/** The row of a JSON answer. */
export function pricedJson({ cells, candidate, outcome }: PricedRow, header: readonly string[]): string {
  const input = Object.fromEntries(cells.map((cell, i) => [header[i] ?? `column ${i + 1}`, cell]));
  if (outcome.status !== "priced" || !candidate)
    return JSON.stringify({ reason: "reason" in outcome ? outcome.reason : "", input });
  const { latencyCycles, energyPj, latencyInterval, boundBy, counters } = outcome;
  const silicon = area(candidate.hardware);
  const energyUj = energyPj * 1e-6;
  return JSON.stringify({
    latencyCycles,
    energyUj,
    edpJCycles: energyUj * 1e-6 * latencyCycles,
    areaMm2: silicon.mm2,
    ...(boundBy === undefined ? {} : { boundBy }),
    ...(latencyInterval === undefined
      ? {}
      : { latencyLow: latencyInterval.low, latencyHigh: latencyInterval.high }),
    areaSource: silicon.source,
    ...(counters === undefined ? {} : { counters }),
    input,
  });
}
