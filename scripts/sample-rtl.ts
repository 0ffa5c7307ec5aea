// Measures random designs on the embedded RTL, for `polaris train --rtl`: a table in the DOSA format with target.gemmini_cycle.
//
//   npm run sample:rtl -- --count 2000 --seed 1 --out rows.csv [--workers 2] [--cache folder] [--max-cycles 4e6]
//     [--effort 1,1,10,100,1000,search] [--mappings 1] [--workload name-or-file]
//
// Layers are those of the built-in networks, or of each --workload.
// Each mapping is the best of so many random ones, or of a search, whichever is drawn; --mappings so many in a row are of one layer on
// one accelerator. Each row depends on the seed and its number alone. Results are stored as they come: the same command goes on where it was stopped.
import { createWriteStream } from "node:fs";
import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { csvFormatRow } from "d3-dsv";
import { dosaCells, dosaHeader } from "../src/designs/dosa-table.ts";
import { builtinShapes, distinctShapes, drawMappings, SAMPLE_SPACE } from "../src/evaluators/draw-samples.ts";
import { openRtlEvaluator } from "../src/evaluators/open.ts";
import { evaluateInOrder } from "../src/fidelity/in-order.ts";
import { MachineModel } from "../src/fidelity/machine-model.ts";
import type { Hardware } from "../src/hardware/hardware.ts";
import { LayerSearch } from "../src/mapper/layer-search.ts";
import { createRng } from "../src/rng.ts";
import { loadEngine, loadModule } from "../src/starlight.ts";
import { MEASURED_COLUMN } from "../src/tune/dataset.ts";
import type { LayerShape } from "../src/workload/layer.ts";
import { loadWorkload } from "../src/workload/load.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "rtl-samples.csv" },
    workers: { type: "string", default: String(availableParallelism()) },
    cache: { type: "string", default: join(homedir(), ".cache", "polaris-dse") },
    "max-cycles": { type: "string", default: String(SAMPLE_SPACE.maxCycles) },
    effort: { type: "string", default: SAMPLE_SPACE.effort.join(",") },
    mappings: { type: "string", default: "1" },
    workload: { type: "string", multiple: true },
  },
});
const [count, seed, maxCycles] = [Number(values.count), Number(values.seed), Number(values["max-cycles"])];

const effort = values.effort.split(",").map((each) => (each === "search" ? each : Number(each)));
const mappings = Number(values.mappings);

/** Windows that a search looks at: a nearly best mapping will do. */
const WINDOWS = 200;
const module = await loadModule();
const search = (shape: LayerShape, hardware: Hardware) => {
  const layer = new LayerSearch(module, shape, hardware);
  layer.advance(WINDOWS);
  return layer.points().map(({ mapping }) => mapping);
};
const engine = await loadEngine(64);
const shapes = values.workload
  ? distinctShapes(await Promise.all(values.workload.map((one) => loadWorkload(one))))
  : builtinShapes();
const tools = { engine, model: new MachineModel(module, 1), shapes, search };
const evaluator = await openRtlEvaluator(
  { kind: "embedded", workers: Number(values.workers), maxCycles: 10 * maxCycles },
  { engine, rng: createRng(0), cache: values.cache, onFault: (error) => console.error(error) },
);
const controller = new AbortController();
process.once("SIGINT", () => controller.abort(new Error("interrupted")));
const out = createWriteStream(values.out);
out.write(`${csvFormatRow([...dosaHeader("shared"), MEASURED_COLUMN])}\n`);
const space = { ...SAMPLE_SPACE, maxCycles, effort };
const samples = Array.from({ length: Math.ceil(count / mappings) }, (_, index) =>
  drawMappings(tools, seed, index, mappings, space),
)
  .flat()
  .slice(0, count);
let done = 0;
let failed = 0;
try {
  for await (const outcome of evaluateInOrder(evaluator, samples, controller.signal)) {
    const sample = samples[done++];
    if (outcome.status === "priced" && sample) {
      const { mapping, shape, hardware } = sample;
      out.write(
        `${csvFormatRow([...dosaCells(mapping, shape, hardware), outcome.latencyCycles].map(String))}\n`,
      );
    } else if (outcome.status !== "priced") {
      failed++;
      console.error(`sample ${done - 1}: ${outcome.reason}`);
    }
    if (done % 50 === 0) console.error(`${done} of ${count} samples, ${failed} without cycles`);
  }
} catch (error) {
  if (!controller.signal.aborted) throw error;
  console.error(`stopped after ${done} samples; the same command goes on`);
  process.exitCode = 130;
} finally {
  await evaluator.close();
  await new Promise<void>((resolve) => out.end(resolve));
}
