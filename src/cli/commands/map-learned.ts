import type { HardwareParameters } from "../../hardware/hardware.ts";
import { type LearnedMapping, mapLearnedNetwork } from "../../learned/map-network.ts";
import { loadFastModule } from "../../surrogate/fast-module.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { formatLearned } from "../learned-output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { loadStarlightModel } from "../starlight-model.ts";
import { formatCount, formatNumber } from "../table.ts";
import { fitted } from "../terminal.ts";
import type { MapArgs } from "./map.ts";
import { saveMapping } from "./map-report.ts";

/** `polaris map --fidelity starlight`: the best mappings by Starlight's latency and the analytical energy. */
export async function runLearnedMap(
  context: CliContext,
  args: MapArgs,
  workload: Workload,
  hardware: HardwareParameters,
): Promise<void> {
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
  context.stdout.write(
    args.json
      ? json()
      : fitted(
          context.stdout,
          formatLearned({
            ...result,
            mappings: [result],
            workloads: [workload.name],
            objective: args.objective.name,
            asked: args.profile !== undefined,
          }),
        ),
  );
  await saveMapping(context, args.out, result, json);
  if (!args.quiet) {
    const { predicted, priced } = result.statistics;
    context.stderr.write(
      `polaris: ${formatCount(predicted)} mappings predicted, ${formatCount(priced)} priced, in ${seconds.toFixed(2)} s\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best mappings so far are given");
}

function formatJson(
  context: CliContext,
  { objective }: MapArgs,
  workload: Workload,
  { profile, hardware, totals, latencyInterval, optimal, gap, tolerance, layers, statistics }: LearnedMapping,
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
    tolerance,
    layers,
    candidates: { covered: statistics.priced, evaluated: statistics.predicted },
    provenance: writtenBy(context.version, context.args),
  })}\n`;
}
