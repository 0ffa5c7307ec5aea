import { designFields } from "../../codesign/document.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import { UsageError } from "../../errors.ts";
import type { HardwareParameters } from "../../hardware/hardware.ts";
import { createJobPool } from "../../jobs/pool.ts";
import type { Objective } from "../../mapper/objective.ts";
import type { StudyProgress } from "../../search/study.ts";
import { inJoules } from "../../search/trial.ts";
import { loadEngine } from "../../starlight.ts";
import { type NamedStudyResult, runNamedStudy, type SamplerName } from "../../studies/named.ts";
import { type PricedNetwork, priceDesign } from "../../studies/priced-design.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { saveDesign } from "../design-folder.ts";
import { formatDesign } from "../design-text.ts";
import { createProgress, type Progress } from "../progress.ts";
import { commandLine, writtenBy } from "../provenance.ts";
import { formatCount, formatNumber } from "../table.ts";
import { fitted } from "../terminal.ts";

/** What `polaris search --sampler` was asked for. */
export interface StudyArgs {
  readonly sampler: SamplerName;
  readonly objective: Objective;
  readonly "max-area-mm2": number | undefined;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly study: string | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Time of a study that was given no budget, where its sampler never ends. */
const DEFAULT_MS = 60_000;

/** A study with a sampler instead of the proof. */
export async function runSamplerStudy(
  context: CliContext,
  args: StudyArgs,
  workloads: readonly Workload[],
  space: HardwareSpace,
): Promise<void> {
  const { sampler, objective, seed } = args;
  const progress = createProgress(context, args.quiet);
  const unlimited = args.budget === undefined && args.evaluations === undefined && sampler !== "dosa";
  const milliseconds = unlimited ? DEFAULT_MS : args.budget;
  if (unlimited && !args.quiet) {
    context.stderr.write(
      `polaris: ${DEFAULT_MS / 1000} s, since there is no --budget; Ctrl-C gives the best so far\n`,
    );
  }
  const pool = await createJobPool(args.workers);
  let result: NamedStudyResult;
  try {
    result = await runNamedStudy(pool, {
      sampler,
      problem: { workloads, space, objective },
      seed,
      budget: {
        ...(milliseconds === undefined ? {} : { milliseconds }),
        ...(args.evaluations === undefined ? {} : { evaluations: args.evaluations }),
      },
      ...(args.study === undefined ? {} : { journal: args.study }),
      version: context.version,
      command: writtenBy(context.version, context.args, true).command,
      engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
      signal: context.signal,
      onTrial: (now) =>
        showProgress(progress, now, inJoules(objective, now.bestCost), milliseconds, args.evaluations),
    });
  } finally {
    progress.clear();
    await pool.close();
  }
  const again =
    args.study === undefined ? "" : `; the same command goes on with it: ${commandLine(context.args)}`;
  if (!result.best) {
    if (context.signal.aborted) throw new Interrupted(`interrupted before a design was found${again}`);
    throw new UsageError(
      `--budget, --evaluations: expected enough for a design, found none in ${result.trials} trials`,
    );
  }
  const { design } = result.best;
  const engine = await loadEngine(1);
  const networks = priceDesign(engine, workloads, design);
  await engine.close();
  const document = formatJson(context, args, result, design.hardware, networks);
  context.stdout.write(
    args.json
      ? document
      : fitted(
          context.stdout,
          formatDesign(
            design.hardware,
            networks,
            `best of ${formatCount(result.trials)} trials (${sampler}), no proof`,
            args["max-area-mm2"],
          ),
        ),
  );
  await saveDesign(context, args.out, document);
  if (!args.quiet) {
    const rate = result.evaluated / result.seconds;
    context.stderr.write(
      `polaris: ${formatCount(result.evaluated)} mappings priced in ${result.seconds.toFixed(1)} s (${formatCount(rate)}/s)${args.study === undefined ? "" : `, study in ${args.study}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted(`interrupted: the best design so far is given${again}`);
}

function showProgress(
  progress: Progress,
  { trials, evaluated, seconds }: StudyProgress,
  best: number,
  milliseconds: number | undefined,
  evaluations: number | undefined,
): void {
  const done = Math.max(
    milliseconds === undefined ? 0 : (1000 * seconds) / milliseconds,
    evaluations === undefined ? 0 : evaluated / evaluations,
  );
  const text = `best ${formatNumber(best)}, ${trials} trials, ${formatCount(evaluated / seconds)} mappings/s, no proof`;
  progress.update(text, done > 0 ? done : undefined);
}

function formatJson(
  context: CliContext,
  args: StudyArgs,
  { trials, evaluated }: NamedStudyResult,
  hardware: HardwareParameters,
  networks: readonly PricedNetwork[],
): string {
  const standing = {
    fidelity: "analytical",
    objective: args.objective.name,
    ...(args["max-area-mm2"] === undefined ? {} : { maxAreaMm2: args["max-area-mm2"] }),
    optimal: false,
    sampler: args.sampler,
    seed: args.seed,
    trials,
    candidates: { evaluated },
    provenance: writtenBy(context.version, context.args, true),
  };
  return `${JSON.stringify({ version: 1, ...designFields(hardware, networks, standing) })}\n`;
}
