import type { Argv, CommandModule } from "yargs";
import { type CodesignResult, codesign } from "../../codesign/codesign.ts";
import { designFields, proofFields } from "../../codesign/document.ts";
import { createHardwareSpace, type HardwareSpace } from "../../codesign/space.ts";
import { PROFILES, type Profile } from "../../fidelity/evaluator.ts";
import { createJobPool } from "../../jobs/pool.ts";
import { EDP, type Objective } from "../../mapper/objective.ts";
import { SAMPLERS, type SamplerName } from "../../studies/named.ts";
import { loadWorkloads } from "../../workload/load.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { checkDesignOutput, saveDesign } from "../design-folder.ts";
import { formatDesign } from "../design-text.ts";
import { examples } from "../examples.ts";
import { type HardwareArgs, hardwareOptions, readHardware } from "../hardware-options.ts";
import { MODELS, type ModelName, parseVerifier, type VerifierSource } from "../models.ts";
import {
  allowPadding,
  dim,
  integer,
  limits,
  once,
  oneOf,
  optionalObjective,
  positive,
  shared,
} from "../options.ts";
import { checkOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { formatProof, formatTolerance } from "../proof.ts";
import { writtenBy } from "../provenance.ts";
import { modelOption } from "../starlight-model.ts";
import { formatCount } from "../table.ts";
import { fitted } from "../terminal.ts";
import { sayNote } from "../workload-note.ts";
import { runFront, showProgress } from "./search-front.ts";
import { refuseIdleSearch } from "./search-idle.ts";
import { runLearnedSearch } from "./search-learned.ts";
import { runSamplerStudy } from "./search-study.ts";
import { runVerifiedSearch } from "./search-verified.ts";

export interface SearchArgs extends HardwareArgs {
  readonly workloads: readonly string[];
  readonly dim: Readonly<Record<string, number>> | undefined;
  readonly objective: Objective | undefined;
  readonly "max-area-mm2": number | undefined;
  readonly "allow-padding": boolean;
  readonly pareto: boolean;
  readonly sampler: SamplerName | "polaris";
  readonly study: string | undefined;
  readonly fidelity: ModelName | undefined;
  readonly profile: Profile | undefined;
  readonly model: string | undefined;
  readonly "save-model": string | undefined;
  readonly verify: VerifierSource | undefined;
  readonly "rtl-budget": number;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

const DEFAULT_PROFILE: Profile = "polaris-rtl";
const DEFAULTS = { pe: "2..128:x2", scratchpad: "1..2048", accumulator: "1..2048" };

export function searchCommand(context: CliContext): CommandModule<object, SearchArgs> {
  return {
    command: "search <workloads..>",
    describe: "Best hardware and mappings together: proven, sampled or verified",
    builder: (args: Argv) =>
      args
        .positional("workloads", {
          describe: "Built-in names, ONNX models or layer tables (.json, .yaml); one design for all",
          type: "string",
          array: true,
          demandOption: true,
        })
        .option("dim", dim)
        .options(hardwareOptions(DEFAULTS))
        .option("max-area-mm2", {
          describe: "Most area; without it the largest array wins",
          requiresArg: true,
          coerce: positive("max-area-mm2"),
        })
        .option("objective", optionalObjective)
        .option("allow-padding", allowPadding)
        .option("pareto", {
          describe: "The latency-energy-area front instead",
          type: "boolean",
          default: false,
        })
        .option("sampler", {
          describe: "What searches: polaris proves, the others sample",
          ...oneOf("sampler", ["polaris", ...SAMPLERS]),
          default: "polaris" as const,
        })
        .option("study", {
          describe: "Journal of a sampler, or of --verify; goes on from it",
          requiresArg: true,
          coerce: once<string>("study"),
        })
        .options(limits)
        .option("fidelity", {
          describe: "Model that designs are the best by",
          ...oneOf("fidelity", MODELS),
          defaultDescription: "analytical; starlight with --verify rtl",
        })
        .option("profile", {
          describe: "starlight: the RTL that is modelled",
          ...oneOf("profile", PROFILES),
          defaultDescription: DEFAULT_PROFILE,
        })
        .option("model", modelOption("starlight"))
        .option("verify", {
          describe: "Run the best: rtl, event, command:FILE, dataset:FILE",
          requiresArg: true,
          coerce: parseVerifier,
        })
        .option("rtl-budget", {
          describe: "Most layers that --verify runs",
          default: 200,
          requiresArg: true,
          coerce: integer("rtl-budget", 1, 1e9),
        })
        .option("save-model", {
          describe: "Write Starlight as it has learnt from what --verify ran",
          requiresArg: true,
          coerce: once<string>("save-model"),
        })
        .option("seed", { ...shared.seed, describe: "Of a sampler; the proof has nothing random" })
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", {
          ...shared.out,
          describe:
            "Write the design (.json), or to a folder/ with its report and files of other tools; a front: .csv, .parquet too",
        })
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 search bert --max-area-mm2 0.5", "Under an area cap"],
            ["$0 search bert gpt2 --pe 16", "One design for two"],
          ),
        ) as unknown as Argv<SearchArgs>,
    handler: async (args) => {
      const fidelity = args.fidelity ?? (args.verify?.kind === "rtl" ? "starlight" : "analytical");
      refuseIdleSearch(context, args, fidelity);
      return args.pareto
        ? runFront(context, args, await readSpace(args))
        : runSearch(context, args, fidelity);
    },
  };
}

async function runSearch(context: CliContext, args: SearchArgs, fidelity: ModelName): Promise<void> {
  const workloads = await loadWorkloads(args.workloads, args.dim);
  await checkDesignOutput(args, ["json"], workloads);
  await checkOutput(args["save-model"], "--save-model");
  const space = await readSpace(args);
  const { sampler } = args;
  const chosen = args.objective ?? EDP;
  const learned = { ...args, fidelity, profile: args.profile ?? DEFAULT_PROFILE, objective: chosen };
  const verifies = args.verify !== undefined || fidelity !== "analytical";
  if (!args.quiet) for (const workload of workloads) sayNote(context, workload);
  if (fidelity === "starlight" && args.verify === undefined)
    return runLearnedSearch(context, { ...learned, asked: args.profile !== undefined }, workloads, space);
  if (verifies) return runVerifiedSearch(context, learned, workloads, space);
  if (sampler !== "polaris") {
    return runSamplerStudy(context, { ...args, sampler, objective: chosen }, workloads, space);
  }
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  let result: CodesignResult;
  try {
    result = await codesign(pool, {
      workloads,
      space,
      objective: chosen,
      allowPadding: args["allow-padding"],
      signal: context.signal,
      ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
      ...(args.evaluations === undefined ? {} : { evaluations: args.evaluations }),
      onProgress: (now) => showProgress(progress, now),
    });
  } finally {
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const document = formatJson(context, args, chosen, result);
  context.stdout.write(args.json ? document : fitted(context.stdout, formatSearch(args, chosen, result)));
  await saveDesign(context, args.out, document);
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(result.configs)} configs covered by ${formatCount(result.boxes)} boxes, ${formatCount(result.covered)} mapping candidates, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best design so far is given");
}

async function readSpace(args: SearchArgs): Promise<HardwareSpace> {
  const maxAreaMm2 = args["max-area-mm2"];
  const cap = maxAreaMm2 === undefined ? {} : { maxAreaMm2 };
  const choice = await readHardware(args, DEFAULTS);
  if (choice.file) {
    const { scratchpadKib, accumulatorKib, ...array } = choice.file;
    return { arrays: [array], scratchpadKib: [scratchpadKib], accumulatorKib: [accumulatorKib], ...cap };
  }
  const { peDim, scratchpadKib, accumulatorKib } = choice;
  return createHardwareSpace({
    arrays: peDim.map((one) => ({ peDim: one })),
    scratchpadKib,
    accumulatorKib,
    ...cap,
  });
}

function formatJson(
  context: CliContext,
  args: SearchArgs,
  objective: Objective,
  result: CodesignResult,
): string {
  const { hardware, networks, steps } = result;
  const proof = {
    fidelity: "analytical",
    ...proofFields(objective, args["max-area-mm2"], result),
    convergence: { unit: "boxes of configs bounded", objective: objective.name, steps },
    provenance: writtenBy(context.version, context.args),
  };
  return `${JSON.stringify({ version: 1, ...designFields(hardware, networks, proof) })}\n`;
}

function formatSearch(
  args: SearchArgs,
  { name }: Objective,
  { hardware, networks, optimal, gap }: CodesignResult,
): string {
  const of = networks.length > 1 ? `geometric mean of ${name}` : name;
  return formatDesign(
    hardware,
    networks,
    formatProof(optimal, gap, of),
    args["max-area-mm2"],
    `${formatTolerance(optimal)}.`,
  );
}
