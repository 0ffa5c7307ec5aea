import { csvFormatRows } from "d3-dsv";
import type { Argv, CommandModule } from "yargs";
import { dosaCells, dosaHeader } from "../../designs/dosa-table.ts";
import { InputError, nearest, quote, UsageError } from "../../errors.ts";
import { createHardware } from "../../hardware/hardware.ts";
import { createCertifier } from "../../mapper/certificate.ts";
import { type MapRequest, mapNetwork, type NetworkMapping } from "../../mapper/map-network.ts";
import { cost, type Objective } from "../../mapper/objective.ts";
import type { FixedTiles } from "../../mapper/problem.ts";
import { bestOfRandom } from "../../mapper/random.ts";
import { parseMapping } from "../../space/mapping.ts";
import { createEngine, loadModule } from "../../starlight.ts";
import { DIMS, type Dim } from "../../workload/layer.ts";
import { loadWorkload } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { type HardwareArgs, hardwareOptions, readConfig } from "../hardware-options.ts";
import { dim, integer, limits, objective, once, positive, shared } from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";

interface MapArgs extends HardwareArgs {
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
  readonly seed: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

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
        .options(hardwareOptions({ pe: "16", scratchpad: "128", accumulator: "32" }))
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
        .option("allow-padding", { describe: "Pad bounds where that pays", type: "boolean", default: false })
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
        .option("fidelity", shared.fidelity)
        .option("seed", shared.seed)
        .option("workers", { ...shared.workers, describe: "Taken; one thread is enough here" })
        .option("json", shared.json)
        .option("out", { ...shared.out, describe: "Write .json, or rows in the DOSA format" })
        .option("quiet", shared.quiet)
        .example("$0 map resnet50", "Gemmini: 16x16, 128 + 32 KiB")
        .example("$0 map bert --pe 32 --json", "A design for evaluate") as unknown as Argv<MapArgs>,
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

async function runMap(context: CliContext, args: MapArgs): Promise<void> {
  const workload = chooseLayer(await loadWorkload(args.workload, args.dim), args.layer);
  await checkOutput(args.out);
  await checkOutput(args.certificate);
  const hardware = await readConfig(args);
  checkTiles(workload, args.tile);
  if (workload.note !== undefined && !args.quiet)
    context.stderr.write(`polaris: note: ${workload.name}: ${workload.note}\n`);
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
    onProgress: (done) => progress.update(`${done} layers proven`, done / workload.layers.length),
  };
  const certifier = args.certificate === undefined ? undefined : createCertifier(request);
  const module = await loadModule();
  const result = await mapNetwork(
    module,
    certifier === undefined ? request : { ...request, onWindow: certifier.onWindow },
  );
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  if (args.certificate !== undefined && certifier !== undefined) {
    const certificate = certifier.finish(workload.name, args.objective, result);
    await saveOutput(args.certificate, `${JSON.stringify(certificate)}\n`);
  }
  if (args.out !== undefined) {
    await saveOutput(
      args.out,
      /\.json$/i.test(args.out) ? formatJson(context, args, workload, result) : formatCsv(result),
    );
  }
  context.stdout.write(
    args.json ? formatJson(context, args, workload, result) : formatMap(args, workload, result),
  );
  if (args["compare-random"] !== undefined && !args.json) {
    const engine = await createEngine(module, 4096);
    const random = bestOfRandom(
      engine,
      workload.layers,
      hardware,
      args.objective,
      args["compare-random"],
      args.seed,
    );
    const ratio =
      cost(args.objective, random.latencyCycles, random.energyPj * 1e-6) /
      cost(args.objective, result.totals.latencyCycles, result.totals.energyUj);
    context.stdout.write(
      `Best of ${formatCount(args["compare-random"])} random mappings a layer: ${formatNumber(ratio)} times this ${args.objective.name} (seed ${args.seed})\n`,
    );
  }
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

/** A tile that does not divide a bound fits no layer of that bound. */
function checkTiles(workload: Workload, tiles: FixedTiles | undefined): void {
  for (const { name, shape } of workload.layers) {
    for (const dim of DIMS) {
      const extent = tiles?.[dim];
      if (extent === undefined || shape[dim] % extent === 0) continue;
      throw new InputError({
        where: `--tile ${dim}=${extent}`,
        expected: `a divisor of ${dim} = ${shape[dim]} (layer ${name})`,
        found: String(extent),
        hint: "--layer maps one layer alone",
      });
    }
  }
}

function formatJson(context: CliContext, args: MapArgs, workload: Workload, result: NetworkMapping): string {
  const { fronts, statistics, ...rest } = result;
  void fronts;
  return `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    objective: args.objective.name,
    ...rest,
    candidates: { covered: statistics.covered, evaluated: statistics.evaluated },
    provenance: writtenBy(context.version, context.args),
  })}\n`;
}

/** Rows that `evaluate` reads. */
function formatCsv({ layers, hardware: parameters }: NetworkMapping): string {
  const hardware = createHardware(parameters);
  const head = [...dosaHeader(hardware.scratchpadBandwidth.kind), "name", "count"];
  const rows = layers.map(({ mapping, shape, name, count }) =>
    [...dosaCells(parseMapping(mapping), shape, hardware), name, count].map(String),
  );
  return `${csvFormatRows([head, ...rows])}\n`;
}

function formatMap(args: MapArgs, workload: Workload, result: NetworkMapping): string {
  const { hardware, totals, layers } = result;
  const rows = layers.map((layer) => [
    layer.name,
    String(layer.count),
    formatCount(layer.latencyCycles),
    formatNumber(layer.energyUj),
    layer.boundBy,
    `${layer.mapping}${layer.paddedFrom ? ` (padded: ${paddedText(layer.paddedFrom, layer.shape)})` : ""}`,
  ]);
  const proof = result.optimal
    ? `proven optimal (${args.objective.name})`
    : `within ${formatNumber(100 * result.gap)} % of the optimum (${args.objective.name}); more time closes the gap`;
  return `${workload.name} on ${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator
area ${formatNumber(totals.areaMm2)} mm2${totals.areaSource === "table" ? "" : ` (${totals.areaSource})`}, ${proof}

${formatTable(
  [
    { title: "layer", align: "left", width: 24 },
    { title: "runs", align: "right" },
    { title: "cycles", align: "right" },
    { title: "energy uJ", align: "right" },
    { title: "bound by", align: "left" },
    { title: "mapping", align: "left", width: 150 },
  ],
  [
    ...rows,
    [
      "total",
      "",
      formatCount(totals.latencyCycles),
      formatNumber(totals.energyUj),
      "",
      `EDP ${formatNumber(totals.edpJCycles)} J*cycles`,
    ],
  ],
)}

Layers: one run each. Total: weighted by runs.
`;
}

function paddedText(from: Readonly<Record<Dim, number>>, to: Readonly<Record<Dim, number>>): string {
  return DIMS.filter((dim) => from[dim] !== to[dim])
    .map((dim) => `${dim} ${from[dim]} to ${to[dim]}`)
    .join(", ");
}
