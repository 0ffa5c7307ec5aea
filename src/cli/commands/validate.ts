import type { Argv, CommandModule } from "yargs";
import { InputError } from "../../errors.ts";
import { createAnalyticalEvaluator } from "../../fidelity/analytical.ts";
import { PROFILES, type Profile } from "../../fidelity/evaluator.ts";
import type { ModelSource } from "../../fidelity/model-source.ts";
import { loadEngine } from "../../starlight.ts";
import { judgeRows } from "../../tune/judge-rows.ts";
import { type AccuracyReport, reportAccuracy } from "../../tune/report.ts";
import { formatAccuracies, formatRanking } from "../accuracy-table.ts";
import type { CliContext } from "../context.ts";
import { openEventEvaluator } from "../event-model.ts";
import { examples } from "../examples.ts";
import { ofFidelity, refuseIdle } from "../idle-flags.ts";
import { once, oneOf, shared } from "../options.ts";
import { writtenBy } from "../provenance.ts";
import { readMeasured } from "../rtl-table.ts";
import { openStarlightEvaluator } from "../starlight-model.ts";
import { formatCount, formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";

interface ValidateArgs {
  readonly rtl: readonly string[];
  readonly fidelity: "analytical" | "starlight" | "event";
  readonly profile: Profile;
  readonly model: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function validateCommand(context: CliContext): CommandModule<object, ValidateArgs> {
  return {
    command: "validate",
    describe: "Accuracy of a model against RTL measurements",
    builder: (args: Argv) =>
      args
        .option("rtl", {
          describe: "Table in the DOSA format with target.gemmini_cycle; may be repeated",
          type: "string",
          array: true,
          demandOption: true,
          requiresArg: true,
        })
        .option("fidelity", {
          describe: "Model that is judged",
          ...oneOf("fidelity", ["analytical", "starlight", "event"]),
          default: "event" as const,
        })
        .option("profile", {
          describe: "The RTL that was measured: Gemmini's on FireSim, or our own",
          ...oneOf("profile", PROFILES),
          default: "gemmini-firesim" as const,
        })
        .option("model", {
          describe: "Starlight or event model to judge (default: the one that comes with the package)",
          type: "string",
          requiresArg: true,
          coerce: once<string>("model"),
        })
        .option("json", shared.json)
        .option("quiet", shared.quiet)
        .epilogue(
          examples(["$0 validate --rtl rows.csv", "Errors by class of layer"]),
        ) as unknown as Argv<ValidateArgs>,
    handler: async ({ rtl, fidelity, profile, model, json, quiet }) => {
      refuseIdle(context, ofFidelity(fidelity, { model: ["starlight", "event"] }));
      // Before the whole table is read.
      const evaluator =
        fidelity === "event"
          ? await openEventEvaluator({ profile, model, machine: undefined })
          : fidelity === "starlight"
            ? await openStarlightEvaluator(model, profile)
            : createAnalyticalEvaluator(await loadEngine(64));
      try {
        const { rows, excluded, sources } = await readMeasured(rtl, await loadEngine(64), profile);
        if (rows.length === 0) {
          throw new InputError({ where: rtl.join(", "), expected: "usable measurements", found: "none" });
        }
        if (!quiet) {
          for (const [reason, count] of excluded)
            context.stderr.write(`polaris: ${count} rows left out: ${reason}\n`);
        }
        const report = reportAccuracy(await judgeRows(evaluator, rows, context.signal));
        const { learntFrom = [], checksum } = evaluator;
        const subject = {
          model,
          checksum,
          learntFrom,
          profile,
          fidelity,
          tables: sources,
          version: context.version,
        };
        const inSample = sources.filter(({ crc32 }) => learntFrom.some((one) => one.crc32 === crc32));
        context.stdout.write(
          json
            ? `${JSON.stringify({
                version: 1,
                fidelity,
                profile: evaluator.profile,
                model: { file: model, checksum },
                tables: sources,
                learntFrom,
                inSample,
                ...report,
                provenance: writtenBy(context.version, context.args),
              })}\n`
            : fitted(
                context.stdout,
                `${formatSubject(subject)}\n${formatInSample(inSample, learntFrom, rows.length)}\n\n${formatReport(report)}\n`,
              ),
        );
      } finally {
        await evaluator.close();
      }
    },
  };
}

interface Subject {
  readonly fidelity: ValidateArgs["fidelity"];
  /** Of what was measured. */
  readonly profile: Profile;
  /** The model's file; the package's own without. */
  readonly model: string | undefined;
  readonly checksum: string | undefined;
  readonly learntFrom: readonly ModelSource[];
  readonly tables: readonly ModelSource[];
  readonly version: string;
}

/** Which model is judged, and by what. */
function formatSubject({ fidelity, profile, model, checksum, tables, version }: Subject): string {
  const names = { analytical: "analytical model", starlight: "Starlight", event: "event model" };
  const of = fidelity === "analytical" ? "" : ` (profile ${profile})`;
  const numbers = checksum === undefined ? "" : `, checksum ${checksum}`;
  const measured = tables.map(({ name, rows, crc32 }) => `${formatCount(rows)} of ${name} (CRC-32 ${crc32})`);
  return [
    `model: ${names[fidelity]}${of}, ${model ?? `as in polaris ${version}`}${numbers}`,
    `rows: ${measured.join(", ")}, of profile ${profile}`,
  ].join("\n");
}

/** Says which of the rows the model was made from: of those the figures say how well it fits, not how well it predicts. */
function formatInSample(
  inSample: readonly ModelSource[],
  learntFrom: readonly ModelSource[],
  rows: number,
): string {
  if (learntFrom.length === 0) return "out of sample: the model learns from no rows";
  if (inSample.length === 0)
    return `out of sample: the model names none of these tables among those it learnt from (${learntFrom.map(({ name }) => name).join(", ")})`;
  const learnt = inSample.reduce((sum, source) => sum + source.rows, 0);
  const names = inSample.map(({ name }) => name).join(", ");
  return `in-sample: the model learnt from ${formatCount(learnt)} of these ${formatCount(rows)} rows (${names})`;
}

function formatReport(report: AccuracyReport): string {
  return [
    formatAccuracies([
      { name: "all, latency", accuracy: report.latency, intervals: report },
      { name: "all, EDP", accuracy: report.edp },
      ...report.classes.map((one) => ({ name: one.name, accuracy: one.latency, intervals: one })),
    ]),
    "",
    formatRanking(report),
    "",
    formatTable(
      [
        { title: "furthest off: line", align: "right" },
        { title: "measured", align: "right" },
        { title: "predicted", align: "right" },
        { title: "ratio", align: "right" },
        { title: "bound by", align: "left" },
      ],
      report.worst.map(({ line, measuredCycles, predictedCycles, boundBy }) => [
        String(line),
        formatCount(measuredCycles),
        formatCount(predictedCycles),
        (predictedCycles / measuredCycles).toFixed(2),
        boundBy,
      ]),
    ),
  ].join("\n");
}
