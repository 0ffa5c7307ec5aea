import type { Argv, CommandModule } from "yargs";
import { InputError, nearest, quote, UsageError } from "../../errors.ts";
import { PROFILES, type Profile } from "../../fidelity/evaluator.ts";
import { createCertifier } from "../../mapper/certificate.ts";
import { type MapRequest, mapNetwork, type NetworkMapping } from "../../mapper/map-network.ts";
import { cost, type Objective } from "../../mapper/objective.ts";
import type { FixedTiles } from "../../mapper/problem.ts";
import { bestOfRandom } from "../../mapper/random.ts";
import { createEngine, loadModule } from "../../starlight.ts";
import { DIMS, type Dim } from "../../workload/layer.ts";
import { loadWorkload } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { checkDesignOutput } from "../design-folder.ts";
import { examples } from "../examples.ts";
import { type HardwareArgs, hardwareOptions, readConfig } from "../hardware-options.ts";
import { ofFidelity, refuseIdle } from "../idle-flags.ts";
import {
  allowPadding,
  dim,
  idleWorkers,
  integer,
  limits,
  objective,
  once,
  oneOf,
  positive,
  shared,
} from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { modelOption } from "../starlight-model.ts";
import { formatCount } from "../table.ts";
import { fitted } from "../terminal.ts";
import { sayNote } from "../workload-note.ts";
import { runLearnedMap } from "./map-learned.ts";
import { formatMap, formatMapJson, type RandomComparison, saveMapping } from "./map-report.ts";

export interface MapArgs extends HardwareArgs {
  readonly workload: string;
  readonly dim: Readonly<Record<string, number>> | undefined;
  readonly objective: Objective;
  readonly layer: string | undefined;
  readonly tile: FixedTiles | undefined;
  readonly "allow-padding": boolean;
  readonly "max-latency-cycles": number | undefined;
  readonly "max-energy-uj": number | undefined;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly "compare-random": number | undefined;
  readonly certificate: string | undefined;
  readonly fidelity: "analytical" | "starlight";
  readonly profile: Profile | undefined;
  readonly model: string | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

const DEFAULTS = { pe: "16", scratchpad: "128", accumulator: "32" };

export function mapCommand(context: CliContext): CommandModule<object, MapArgs> {
  return {
    command: "map <workload>",
    describe: "Best mapping per layer for one hardware config, proven",
    builder: (args: Argv) =>
      args
        .positional("workload", {
          describe: "Built-in name, ONNX model (.onnx) or layer table (.json, .yaml)",
          type: "string",
          demandOption: true,
        })
        .option("dim", dim)
        .options(hardwareOptions(DEFAULTS))
        .option("objective", objective)
        .option("layer", {
          describe: "This layer alone",
          type: "string",
          requiresArg: true,
          coerce: once<string>("layer"),
        })
        .option("tile", {
          describe: "Tile below DRAM that every layer is to have, as P=14,Q=14",
          requiresArg: true,
          coerce: tiles,
        })
        .option("allow-padding", allowPadding)
        .option("max-latency-cycles", {
          describe: "Most that the total may be",
          requiresArg: true,
          coerce: positive("max-latency-cycles"),
        })
        .option("max-energy-uj", {
          describe: "Most that the total may be",
          requiresArg: true,
          coerce: positive("max-energy-uj"),
        })
        .options(limits)
        .option("compare-random", {
          describe: "Also the best of so many random mappings",
          requiresArg: true,
          coerce: (value: unknown) =>
            value === undefined ? undefined : integer("compare-random", 1, 1e9)(value),
        })
        .option("certificate", {
          describe: "Write the proof to a file",
          type: "string",
          requiresArg: true,
          coerce: once<string>("certificate"),
        })
        .option("fidelity", { ...shared.fidelity, ...oneOf("fidelity", ["analytical", "starlight"]) })
        .option("profile", {
          describe: "starlight: the RTL that is modelled",
          ...oneOf("profile", PROFILES),
          defaultDescription: "gemmini-firesim",
        })
        .option("model", modelOption("starlight"))
        .option("seed", { ...shared.seed, describe: "Of --compare-random; nothing else is random" })
        .option("workers", idleWorkers)
        .option("json", shared.json)
        .option("out", {
          ...shared.out,
          describe: "Write .json, rows in the DOSA format (.csv), or to a folder/ all that is made of it",
        })
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 map resnet50", "Gemmini: 16x16, 128 + 32 KiB"],
            ["$0 map bert --pe 32 --json", "A design for evaluate"],
          ),
        ) as unknown as Argv<MapArgs>,
    handler: (args) => runMap(context, args),
  };
}

/** `P=14,Q=14` */
function tiles(given: unknown): FixedTiles | undefined {
  if (given === undefined || (typeof given === "object" && !Array.isArray(given)))
    return given as FixedTiles | undefined;
  const found: Partial<Record<Dim, number>> = {};
  for (const part of String(once<unknown>("tile")(given)).split(",")) {
    const [, dim, extent] = /^([NKCPQRS])=([1-9]\d{0,7})$/.exec(part.trim()) ?? [];
    if (dim === undefined || found[dim as Dim] !== undefined) {
      throw new UsageError(
        `--tile: expected one extent for each of some dims, as P=14,Q=14 (dims ${DIMS.join(" ")}), found ${quote(part)}`,
      );
    }
    found[dim as Dim] = Number(extent);
  }
  return found;
}

/** Fidelities that flags belong to. */
const BELONGS = {
  profile: ["starlight"],
  model: ["starlight"],
  tile: ["analytical"],
  "max-latency-cycles": ["analytical"],
  "max-energy-uj": ["analytical"],
  "compare-random": ["analytical"],
  certificate: ["analytical"],
} as const;

async function runMap(context: CliContext, args: MapArgs): Promise<void> {
  refuseIdle(context, {
    ...ofFidelity(args.fidelity, BELONGS),
    "allow-padding": [
      args.fidelity === "analytical",
      "--fidelity analytical beside it (the RTL cuts tiles at the edge instead of padding them)",
      args.fidelity,
    ],
    seed: [args["compare-random"] !== undefined, "--compare-random beside it"],
  });
  const workload = chooseLayer(await loadWorkload(args.workload, args.dim), args.layer);
  await checkDesignOutput(args, ["csv", "json"], [workload]);
  await checkOutput(args.certificate, "--certificate");
  const hardware = await readConfig(args, DEFAULTS);
  if (!args.quiet) sayNote(context, workload);
  if (args.fidelity === "starlight") return runLearnedMap(context, args, workload, hardware);
  const progress = createProgress(context, args.quiet);
  const started = performance.now();
  const { "max-latency-cycles": latencyCycles, "max-energy-uj": energyUj } = args;
  const request: MapRequest = {
    layers: workload.layers,
    hardware,
    objective: args.objective,
    allowPadding: args["allow-padding"],
    ...(args.tile === undefined ? {} : { tiles: args.tile }),
    ...(latencyCycles === undefined && energyUj === undefined
      ? {}
      : {
          caps: {
            ...(latencyCycles === undefined ? {} : { latencyCycles }),
            ...(energyUj === undefined ? {} : { energyPj: energyUj * 1e6 }),
          },
        }),
    ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
    ...(args.evaluations === undefined ? {} : { evaluations: args.evaluations }),
    signal: context.signal,
    onProgress: (done, of) => progress.update(`${done} of ${of} layers proven`, done / of),
  };
  const certifier = args.certificate === undefined ? undefined : createCertifier(request);
  const module = await loadModule();
  const result = await mapNetwork(
    module,
    certifier === undefined ? request : { ...request, onWindow: certifier.onWindow },
  );
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  const random =
    args["compare-random"] === undefined ? undefined : await compareRandom(module, args, workload, result);
  const json = (): string =>
    formatMapJson(args, workload, result, random, writtenBy(context.version, context.args));
  context.stdout.write(
    args.json ? json() : fitted(context.stdout, formatMap(args, workload, result, random)),
  );
  if (args.certificate !== undefined && certifier !== undefined) {
    const certificate = certifier.finish(workload.name, args.objective, result);
    await saveOutput(args.certificate, `${JSON.stringify(certificate)}\n`, "--certificate");
  }
  await saveMapping(context, args.out, result, json);
  if (!args.quiet) {
    const { covered, evaluated } = result.statistics;
    context.stderr.write(
      `polaris: ${formatCount(covered)} candidates covered, ${formatCount(evaluated)} priced, in ${seconds.toFixed(2)} s\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best mappings so far are given");
}

function chooseLayer(workload: Workload, name: string | undefined): Workload {
  if (name === undefined) return workload;
  const layers = workload.layers.filter((layer) => layer.name === name);
  if (layers.length > 0) return { ...workload, layers };
  const names = workload.layers.map((layer) => layer.name);
  const meant = nearest(name, names);
  throw new InputError({
    where: "--layer",
    expected: `a layer of ${workload.name}`,
    found: quote(name),
    hint: meant === undefined ? `there are ${names.slice(0, 30).join(", ")}` : `did you mean ${meant}?`,
  });
}

/** The best of random mappings on the same hardware: what a search without proof would have found. */
async function compareRandom(
  module: WebAssembly.Module,
  { objective, seed, "compare-random": samples = 1 }: MapArgs,
  { layers }: Workload,
  { hardware, totals }: NetworkMapping,
): Promise<RandomComparison> {
  const engine = await createEngine(module, 4096);
  const { latencyCycles, energyPj } = bestOfRandom(engine, layers, hardware, objective, samples, seed);
  const energyUj = energyPj * 1e-6;
  const ratio =
    cost(objective, latencyCycles, energyUj) / cost(objective, totals.latencyCycles, totals.energyUj);
  return { samples, seed, latencyCycles, energyUj, ratio };
}
