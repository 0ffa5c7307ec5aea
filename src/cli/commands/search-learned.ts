import { designFields } from "../../codesign/document.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import { codesignLearned, type LearnedCodesignResult } from "../../learned/codesign.ts";
import type { Objective } from "../../mapper/objective.ts";
import { loadFastModule } from "../../surrogate/fast-module.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { saveDesign } from "../design-folder.ts";
import { formatLearned, formatLearnedProgress } from "../learned-output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { loadStarlightModel } from "../starlight-model.ts";
import { formatCount } from "../table.ts";
import { fitted } from "../terminal.ts";
import type { SearchArgs } from "./search.ts";

/** `polaris search --fidelity starlight`: the best hardware and mappings by Starlight. */
export async function runLearnedSearch(
  context: CliContext,
  args: SearchArgs & {
    readonly objective: Objective;
    /** Whether the profile was named on the command line. */
    readonly asked: boolean;
  },
  workloads: readonly Workload[],
  space: HardwareSpace,
): Promise<void> {
  const model = await loadStarlightModel(args.model, args.profile);
  const progress = createProgress(context, args.quiet);
  const started = performance.now();
  const result = await codesignLearned(await loadFastModule(), model, {
    workloads,
    space,
    objective: args.objective,
    signal: context.signal,
    ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
    onProgress: (now) => progress.update(formatLearnedProgress(now)),
  }).finally(() => progress.clear());
  const seconds = (performance.now() - started) / 1000;
  const document = formatJson(context, args, workloads, result);
  const cap = args["max-area-mm2"];
  const text = formatLearned({
    ...result,
    workloads: workloads.map(({ name }) => name),
    objective: args.objective.name,
    asked: args.asked,
  });
  context.stdout.write(args.json ? document : fitted(context.stdout, text));
  await saveDesign(context, args.out, document);
  if (!args.quiet) {
    const { configs, boxes, predicted } = result;
    context.stderr.write(
      `polaris: ${formatCount(configs)} configs${cap === undefined ? "" : ` of at most ${cap} mm2`} covered by ${formatCount(boxes)} boxes, ${formatCount(predicted)} mappings predicted, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best design so far is given");
}

function formatJson(
  context: CliContext,
  args: SearchArgs & { readonly objective: Objective },
  workloads: readonly Workload[],
  { hardware, mappings, optimal, gap, boxes, configs, predicted, priced }: LearnedCodesignResult,
): string {
  const networks = mappings.map(({ totals, latencyInterval, layers }, i) => ({
    workload: workloads[i]?.name ?? "",
    totals,
    latencyInterval,
    layers,
  }));
  return `${JSON.stringify({
    version: 1,
    ...designFields(hardware, networks, {
      fidelity: "starlight",
      profile: mappings[0]?.profile,
      objective: args.objective.name,
      ...(args["max-area-mm2"] === undefined ? {} : { maxAreaMm2: args["max-area-mm2"] }),
      optimal,
      gap,
      tolerance: mappings[0]?.tolerance,
      boxes,
      configs,
      candidates: { covered: priced, evaluated: predicted },
      provenance: writtenBy(context.version, context.args),
    }),
  })}\n`;
}
