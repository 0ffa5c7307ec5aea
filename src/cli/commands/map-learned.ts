import { csvFormatRows } from "d3-dsv";
import { dosaCells, dosaHeader } from "../../designs/dosa-table.ts";
import { UsageError } from "../../errors.ts";
import { createHardware, type HardwareParameters } from "../../hardware/hardware.ts";
import { type LearnedMapping, mapLearnedNetwork } from "../../learned/map-network.ts";
import { TOLERANCE } from "../../mapper/objective.ts";
import { parseMapping } from "../../space/mapping.ts";
import { loadFastModule } from "../../surrogate/fast-module.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { outputFormat, saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { formatProof, PROOF_NOTE } from "../proof.ts";
import { writtenBy } from "../provenance.ts";
import { loadStarlightModel } from "../starlight-model.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";
import type { MapArgs } from "./map.ts";

/** `polaris map --fidelity starlight`: the best mappings by Starlight's latency and the analytical energy. */
export async function runLearnedMap(
  context: CliContext,
  args: MapArgs,
  workload: Workload,
  hardware: HardwareParameters,
): Promise<void> {
  refuseIdle(args);
  const model = await loadStarlightModel(args.model, args.profile);
  const progress = createProgress(context, args.quiet);
  const started = performance.now();
  const result = await mapLearnedNetwork(await loadFastModule(), model, {
    layers: workload.layers,
    hardware,
    objective: args.objective,
    ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
    ...(args.evaluations === undefined ? {} : { evaluations: args.evaluations }),
    signal: context.signal,
    onProgress: ({ gap, predicted }) =>
      progress.update(`${formatCount(predicted)} mappings predicted, gap ${formatNumber(100 * gap)} %`),
  }).finally(() => progress.clear());
  const seconds = (performance.now() - started) / 1000;
  const json = (): string => formatJson(context, args, workload, result);
  if (args.out !== undefined) {
    const format = outputFormat(args.out, ["csv", "json"]);
    await saveOutput(args.out, format === "json" ? json() : formatCsv(result));
  }
  context.stdout.write(args.json ? json() : fitted(context.stdout, formatText(args, workload, result)));
  if (!args.quiet) {
    const { predicted, priced } = result.statistics;
    context.stderr.write(
      `polaris: ${formatCount(predicted)} mappings predicted, ${formatCount(priced)} priced, in ${seconds.toFixed(2)} s\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best mappings so far are given");
}

/** Refuses what only the analytical mapper does. */
function refuseIdle(args: MapArgs): void {
  const idle = (
    ["tile", "max-latency-cycles", "max-energy-uj", "compare-random", "certificate"] as const
  ).find((name) => args[name] !== undefined);
  const name = idle ?? (args["allow-padding"] ? "allow-padding" : undefined);
  if (name !== undefined) throw new UsageError(`--${name}: expected --fidelity analytical, found starlight`);
}

function formatJson(
  context: CliContext,
  { objective }: MapArgs,
  workload: Workload,
  { profile, hardware, totals, latencyInterval, optimal, gap, layers, statistics }: LearnedMapping,
): string {
  return `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "starlight",
    profile,
    objective: objective.name,
    hardware,
    totals,
    latencyInterval,
    optimal,
    gap,
    tolerance: TOLERANCE,
    layers,
    candidates: { covered: statistics.priced, evaluated: statistics.predicted },
    provenance: writtenBy(context.version, context.args),
  })}\n`;
}

function formatCsv({ layers, hardware: parameters }: LearnedMapping): string {
  const hardware = createHardware(parameters);
  const head = [...dosaHeader(hardware.scratchpadBandwidth.kind), "name", "count"];
  const rows = layers.map(({ mapping, shape, name, count }) =>
    [...dosaCells(parseMapping(mapping), shape, hardware), name, count].map(String),
  );
  return `${csvFormatRows([head, ...rows])}\n`;
}

function formatText(
  { objective }: MapArgs,
  workload: Workload,
  { profile, hardware, totals, latencyInterval, optimal, gap, layers }: LearnedMapping,
): string {
  const interval = ({ low, high }: { readonly low: number; readonly high: number }): string =>
    `${formatCount(low)} to ${formatCount(high)}`;
  const rows = layers.map((layer) => [
    layer.name,
    String(layer.count),
    formatCount(layer.latencyCycles),
    interval(layer.latencyInterval),
    formatNumber(layer.energyUj),
    layer.mapping,
  ]);
  return `${workload.name} on ${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator
area ${formatNumber(totals.areaMm2)} mm2${totals.areaSource === "table" ? "" : ` (${totals.areaSource})`}, latency by Starlight (profile ${profile}), ${formatProof(optimal, gap, objective.name)}

${formatTable(
  [
    { title: "layer", align: "left", width: 24 },
    { title: "runs", align: "right" },
    { title: "cycles", align: "right" },
    { title: "90 %", align: "right" },
    { title: "energy uJ", align: "right" },
    { title: "mapping", align: "left", width: 150 },
  ],
  [
    ...rows,
    [
      "total",
      "",
      formatCount(totals.latencyCycles),
      interval(latencyInterval),
      formatNumber(totals.energyUj),
      `EDP ${formatNumber(totals.edpJCycles)} J*cycles`,
    ],
  ],
)}

Layers: one run each. Total: weighted by runs. ${PROOF_NOTE} What is proven is the optimum of the model: the RTL is predicted, and
of what a model is searched for it promises rather too much.
`;
}
