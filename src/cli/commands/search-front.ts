import type { CodesignProgress } from "../../codesign/codesign.ts";
import { codesignFront, type Front, type FrontPoint } from "../../codesign/front.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import { UsageError } from "../../errors.ts";
import { createJobPool } from "../../jobs/pool.ts";
import { TOLERANCE } from "../../mapper/objective.ts";
import { sweepCsv, sweepParquet } from "../../sweep/table.ts";
import { loadWorkloads } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { checkOutput, outputFormat, saveOutput } from "../output.ts";
import { createProgress, type Progress } from "../progress.ts";
import { ANALYTICAL, formatTolerance } from "../proof.ts";
import { writtenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";
import { sayNote } from "../workload-note.ts";
import type { SearchArgs } from "./search.ts";

/** Points of a front that a screen shows. */
const SHOWN = 20;

/** The front instead of the one design. */
export async function runFront(context: CliContext, args: SearchArgs, space: HardwareSpace): Promise<void> {
  const [workload, ...others] = await loadWorkloads(args.workloads, args.dim);
  const format = args.out === undefined ? undefined : outputFormat(args.out, ["csv", "parquet", "json"]);
  await checkOutput(args.out);
  if (!workload || others.length > 0) {
    throw new UsageError(`--pareto: expected one workload, found ${args.workloads.length}`);
  }
  if (!args.quiet) sayNote(context, workload);
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  let front: Front;
  try {
    front = await codesignFront(pool, {
      workload,
      space,
      allowPadding: args["allow-padding"],
      signal: context.signal,
      ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
      onProgress: (now) => showProgress(progress, now),
    });
  } finally {
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { points, complete } = front;
  const json = `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    complete,
    tolerance: TOLERANCE,
    provenance: writtenBy(context.version, context.args),
    points,
  })}\n`;
  context.stdout.write(args.json ? json : fitted(context.stdout, formatFront(workload, front)));
  if (args.out !== undefined) {
    const table = { points, pareto: points.map((_, i) => i) };
    const content = { json: () => json, parquet: () => sweepParquet(table), csv: () => sweepCsv(table) };
    await saveOutput(args.out, content[format ?? "csv"]());
  }
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(points.length)} points of ${formatCount(space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length)} configs, ${formatCount(front.boxes)} boxes, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the front up to the area reached is given");
}

function formatFront(workload: Workload, { points, complete, areaMm2 }: Front): string {
  if (!complete && points.length === 0)
    return `${workload.name}: the front was not begun: it needs every layer enumerated on every array first\n`;
  const step = Math.max(1, (points.length - 1) / (SHOWN - 1));
  const places = new Set(
    Array.from({ length: SHOWN }, (_, i) => Math.round(i * step)).filter((place) => place < points.length),
  );
  const rows = [...places].map((place) => {
    const { hardware, totals } = points[place] as FrontPoint;
    return [
      String(hardware.peDim),
      String(hardware.scratchpadKib),
      String(hardware.accumulatorKib),
      formatCount(totals.latencyCycles),
      formatNumber(totals.energyUj),
      formatNumber(totals.edpJCycles),
      formatNumber(totals.areaMm2),
    ];
  });
  const right = (title: string) => ({ title, align: "right" as const });
  const extent = complete ? "all there are" : `all below ${formatNumber(areaMm2)} mm2`;
  return `${workload.name}: ${formatCount(points.length)} points on the latency-energy-area front, ${extent}; by area, ${rows.length} of them
${ANALYTICAL}

${formatTable(["PE", "scratch KiB", "acc KiB", "cycles", "energy uJ", "EDP J*cycles", "area mm2"].map(right), rows)}

Of each config the mappings that are the best of some latency^a x energy^b. ${formatTolerance(true)}.
`;
}

export function showProgress(progress: Progress, now: CodesignProgress): void {
  if (now.phase === "enumerate") {
    progress.update(`${now.done} of ${now.of} layers enumerated`, now.done / now.of);
  } else if (now.phase === "bound") {
    progress.update(`${formatCount(now.boxes)} boxes bounded, gap ${formatNumber(100 * now.gap)} %`);
  } else {
    progress.update(
      `${formatCount(now.points)} points up to ${formatNumber(now.areaMm2)} mm2, ${formatCount(now.boxes)} boxes`,
    );
  }
}
