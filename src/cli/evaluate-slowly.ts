import { csvFormatRows } from "d3-dsv";
import { parseCandidates, refuseBadRows } from "../designs/candidates.ts";
import { parseDesign } from "../designs/design.ts";
import { pricedCsv, pricedHeader, pricedJson, priceTable } from "../designs/price-table.ts";
import { type PricedDesign, priceDesign } from "../designs/priced-design.ts";
import type { Evaluator } from "../fidelity/evaluator.ts";
import { loadDocument, loadWorkload } from "../workload/load.ts";
import { type CliContext, Failed, Interrupted } from "./context.ts";
import { checkOutput, openOutput, saveOutput } from "./output.ts";
import { createProgress } from "./progress.ts";
import { readTable } from "./read-table.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";
import { fitted } from "./terminal.ts";

export interface SlowEvaluateArgs {
  readonly designs: string;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly "keep-going": boolean;
  readonly quiet: boolean;
}

/**
 * Evaluates a design or a design table with an evaluator that takes its time: progress a design at a time, and a design that
 * fails leaves a reason and the run going.
 *
 * @throws Failed at the end, if any did: some designs have no metrics, each with a reason in their place
 */
export async function evaluateSlowly(
  context: CliContext,
  args: SlowEvaluateArgs,
  evaluator: Evaluator,
): Promise<void> {
  await checkOutput(args.out);
  const evaluate = /\.(json|ya?ml)$/i.test(args.designs) ? evaluateDocument : evaluateTable;
  await evaluate(context, args, evaluator);
}

async function evaluateDocument(
  context: CliContext,
  args: SlowEvaluateArgs,
  evaluator: Evaluator,
): Promise<void> {
  const { designs, out, json } = args;
  const design = await parseDesign(await loadDocument(designs), designs, loadWorkload);
  const progress = createProgress(context, args.quiet);
  let done = 0;
  const result = await priceDesign(evaluator, design, {
    signal: context.signal,
    onLayer: ({ name }) => progress.update(name, ++done / design.layers.length),
  }).catch((error: unknown) => {
    progress.clear();
    throw context.signal.aborted
      ? new Interrupted(`interrupted after ${done} of ${design.layers.length} layers`)
      : error;
  });
  progress.clear();
  const document = `${JSON.stringify(result)}\n`;
  if (out !== undefined) await saveOutput(out, /\.json$/i.test(out) ? document : formatLayersCsv(result));
  if (json) context.stdout.write(document);
  else if (out === undefined) context.stdout.write(fitted(context.stdout, `${formatDesign(result)}\n`));
  refuseFailures(result.layers.filter((layer) => "failed" in layer).length, result.layers.length, "layers");
}

async function evaluateTable(
  context: CliContext,
  args: SlowEvaluateArgs,
  evaluator: Evaluator,
): Promise<void> {
  const { designs, out, json } = args;
  const name = designs === "-" ? "stdin" : designs;
  const table = parseCandidates(await readTable(designs, context.stdin), name);
  // Before hours of work, not after them.
  if (!args["keep-going"]) refuseBadRows(table);
  const progress = createProgress(context, args.quiet);
  const sink = out === undefined ? context.stdout : await openOutput(out);
  const put = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      sink.write(Buffer.from(text, "latin1"), (error) => (error ? reject(error) : resolve()));
    });
  const started = performance.now();
  let rows = 0;
  let failed = 0;
  try {
    await put(json ? '{"version":1,"rows":[' : pricedHeader(table.header, evaluator.fidelity));
    for await (const row of priceTable(evaluator, table, context.signal)) {
      await put(
        json
          ? `${rows > 0 ? "," : ""}\n${pricedJson(row, table.header)}`
          : pricedCsv(row, evaluator.fidelity),
      );
      rows++;
      if (row.outcome.status === "failed") failed++;
      const rate = (rows / (performance.now() - started)) * 1000;
      progress.update(
        `${formatCount(rows)} of ${formatCount(table.rows.length)} rows, ${formatNumber(rate)}/s, ${failed} failed`,
        rows / table.rows.length,
      );
    }
  } catch (error) {
    throw context.signal.aborted
      ? new Interrupted(`interrupted: wrote ${formatCount(rows)} complete rows`)
      : error;
  } finally {
    progress.clear();
    if (json) await put("\n]}\n");
    if (out !== undefined) await new Promise<void>((resolve) => sink.end(resolve));
  }
  if (!args.quiet) context.stderr.write(`polaris: wrote ${formatCount(rows)} rows\n`);
  refuseFailures(failed, rows, "rows");
}

function refuseFailures(failed: number, all: number, what: string): void {
  if (failed > 0) throw new Failed(`${failed} of ${all} ${what} failed, each with a reason`);
}

function formatDesign(result: PricedDesign): string {
  const { hardware, totals, profile } = result;
  const rows = result.layers.map((layer) =>
    "failed" in layer
      ? [layer.name, String(layer.count), "", "", "", layer.failed]
      : [
          layer.name,
          String(layer.count),
          formatCount(layer.latencyCycles),
          formatNumber(layer.energyUj),
          formatNumber(layer.edpJCycles),
          "",
        ],
  );
  const total = totals
    ? [
        "total",
        "",
        formatCount(totals.latencyCycles),
        formatNumber(totals.energyUj),
        formatNumber(totals.edpJCycles),
        "",
      ]
    : ["total", "", "", "", "", "not all layers have metrics"];
  return [
    `${result.workload} on ${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator`,
    `fidelity ${result.fidelity}${profile === undefined ? "" : `, profile ${profile}`}`,
    "",
    formatTable(
      [
        { title: "layer", align: "left", width: 24 },
        { title: "runs", align: "right" },
        { title: "cycles", align: "right" },
        { title: "energy uJ", align: "right" },
        { title: "EDP J*cycles", align: "right" },
        { title: "reason", align: "left", width: 120 },
      ],
      [...rows, total],
    ),
    "",
    "Layers: one run each. Total: weighted by runs.",
  ].join("\n");
}

function formatLayersCsv(result: PricedDesign): string {
  const rows = result.layers.map((layer) => {
    const metrics =
      "failed" in layer
        ? ["", "", "", layer.failed]
        : [layer.latencyCycles, layer.energyUj, layer.edpJCycles, ""];
    return [...metrics, layer.name, layer.count, layer.mapping].map(String);
  });
  const head = ["latency_cycles", "energy_uj", "edp_j_cycles", "reason", "name", "count", "mapping"];
  return `${csvFormatRows([head, ...rows])}\n`;
}
