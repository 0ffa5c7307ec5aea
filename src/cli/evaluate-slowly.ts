import { parseCandidates, refuseBadRows } from "../designs/candidates.ts";
import { type NetworkDesign, parseDesign, pricedAs } from "../designs/design.ts";
import { pricedCsv, pricedHeader, pricedJson, priceTable } from "../designs/price-table.ts";
import { priceDesign } from "../designs/priced-design.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { loadDocument, loadWorkload } from "../workload/load.ts";
import { type CliContext, Failed, Interrupted } from "./context.ts";
import { evaluationCsv, formatEvaluation, type RtlFiles } from "./evaluation-text.ts";
import { checkOutput, openOutput, outputFormat, rowFormat, saveOutput, sayWritten } from "./output.ts";
import { createProgress } from "./progress.ts";
import { writtenBy } from "./provenance.ts";
import { readTable } from "./read-table.ts";
import { formatCount, formatCounted, formatNumber } from "./table.ts";
import { fitted } from "./terminal.ts";

export interface SlowEvaluateArgs extends RtlFiles {
  readonly profile: Profile | undefined;
  readonly designs: string;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly "keep-going": boolean;
  readonly quiet: boolean;
}

/** Opens an evaluator of a profile; without one, of that which it has by default. */
export type OpenEvaluator = (profile: Profile | undefined) => Promise<Evaluator>;

/**
 * Evaluates a design or a design table with an evaluator that takes its time: progress a design at a time, and a design that
 * fails leaves a reason and the run going. A design that says which RTL it was made for is priced by that one's model.
 *
 * @throws Failed at the end, if any did: some designs have no metrics, each with a reason in their place
 */
export async function evaluateSlowly(
  context: CliContext,
  args: SlowEvaluateArgs,
  open: OpenEvaluator,
): Promise<void> {
  const isDocument = /\.(json|ya?ml)$/i.test(args.designs);
  // Before hours of work, not after them.
  if (!isDocument) rowFormat(args.out, args.json);
  else if (args.out !== undefined) outputFormat(args.out, ["csv", "json"]);
  await checkOutput(args.out);
  const design = isDocument
    ? await parseDesign(await loadDocument(args.designs), args.designs, loadWorkload)
    : undefined;
  const evaluator = await open(pricedAs(args.profile, design));
  try {
    checkProfile(context, args, evaluator, design?.profile);
    if (design) await evaluateDocument(context, args, evaluator, design);
    else await evaluateTable(context, args, evaluator);
  } finally {
    await evaluator.close();
  }
}

/** @param made what the design was made for, if it says so */
function checkProfile(
  { stderr }: CliContext,
  { designs, profile: asked, quiet }: SlowEvaluateArgs,
  { profile }: Evaluator,
  made: Profile | undefined,
): void {
  if (asked !== undefined && profile !== asked)
    throw new UsageError(`--profile: expected ${profile ?? "none"}, which is what runs here, found ${asked}`);
  if (made !== undefined && profile !== undefined && made !== profile && !quiet)
    stderr.write(`polaris: note: ${designs} was made for ${made} and is priced as ${profile}\n`);
}

async function evaluateDocument(
  context: CliContext,
  args: SlowEvaluateArgs,
  evaluator: Evaluator,
  design: NetworkDesign,
): Promise<void> {
  const { out, json } = args;
  const format = out === undefined ? undefined : outputFormat(out, ["csv", "json"]);
  const progress = createProgress(context, args.quiet);
  let done = 0;
  const priced = await priceDesign(evaluator, design, {
    signal: context.signal,
    onLayer: ({ name }) => progress.update(name, ++done / design.layers.length),
  }).catch((error: unknown) => {
    progress.clear();
    throw context.signal.aborted
      ? new Interrupted(`interrupted after ${done} of ${design.layers.length} layers`)
      : error;
  });
  progress.clear();
  const result = { ...priced, provenance: writtenBy(context.version, context.args) };
  const document = `${JSON.stringify(result)}\n`;
  if (out !== undefined) {
    await saveOutput(out, format === "json" ? document : evaluationCsv(result));
    sayWritten(context, args.quiet, formatCounted(result.layers.length, "layer"), out);
  }
  if (json) context.stdout.write(document);
  else if (out === undefined)
    context.stdout.write(fitted(context.stdout, `${formatEvaluation(result, args)}\n`));
  refuseFailures(result.layers.filter((layer) => "failed" in layer).length, result.layers.length, "layers");
}

async function evaluateTable(
  context: CliContext,
  args: SlowEvaluateArgs,
  evaluator: Evaluator,
): Promise<void> {
  const { designs, out } = args;
  const json = rowFormat(out, args.json) === "json";
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
    if (json && !sink.errored) await put("\n]}\n");
    if (out !== undefined) await new Promise<void>((resolve) => sink.end(resolve));
  }
  if (!args.quiet)
    context.stderr.write(
      `polaris: wrote ${formatCount(rows)} rows${out === undefined ? "" : ` to ${out}`}\n`,
    );
  refuseFailures(failed, rows, "rows");
}

function refuseFailures(failed: number, all: number, what: string): void {
  if (failed > 0) throw new Failed(`${failed} of ${all} ${what} failed, each with a reason`);
}
