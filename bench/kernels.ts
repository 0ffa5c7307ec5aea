// npm run bench: candidates per second of the exact kernel beside the same model in plain JavaScript, in one run.
// Each round times every case once, in turns, and ratios are taken within a round: the speed of a shared machine
// drifts by more than the differences that matter.
import { cpus } from "node:os";
import benny from "benny";
import { loadModule } from "#kernels";
import { batchBytes, CandidateBatch } from "../src/kernels/batch.ts";
import { writeContext } from "../src/kernels/context.ts";
import { instantiate } from "../src/kernels/kernels.ts";
import { LANES, SCRATCH_BYTES } from "../src/kernels/layout.ts";
import { fillBatch, MEASURED_HARDWARE, MEASURED_SHAPE } from "../src/measure/inputs.ts";
import { measureThroughput } from "../src/measure/throughput.ts";
import { createPlainJs } from "../test/reference/plain-js.ts";

const CANDIDATES = 64 * LANES;
const ROUNDS = Number(process.env["POLARIS_BENCH_ROUNDS"] ?? 9);
const SECONDS = 0.4;

const kernels = await instantiate(await loadModule());
const [context, scratch, block] = [0, 512, 16384];
kernels.memory.grow(Math.ceil((block + batchBytes(CANDIDATES)) / 65536));
console.assert(scratch + SCRATCH_BYTES <= block);
const batch = new CandidateBatch(kernels.memory, block, CANDIDATES);
fillBatch({ batch }, CANDIDATES);
writeContext(kernels.memory, context, MEASURED_SHAPE, MEASURED_HARDWARE);
const plainJs = createPlainJs(kernels.memory);

const cases = {
  "exact kernel (WebAssembly, f64x2)": () => kernels.exports.evaluate(context, block, CANDIDATES, scratch),
  "plain JavaScript (f64)": () => plainJs(context, block, CANDIDATES),
};
const rates = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++) {
  const summary = await benny.suite(
    "kernels",
    ...Object.entries(cases).map(([name, run]) => benny.add(name, run)),
    benny.configure({ cases: { maxTime: SECONDS, minSamples: 5 } }),
  );
  for (const { name, ops } of summary.results) rates.get(name)?.push(ops * CANDIDATES);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const millions = (value: number): string => (value / 1e6).toFixed(1).padStart(6);
const [exact = [], js = []] = [...rates.values()];
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  `\n${CANDIDATES} random valid mappings of a 3x3 convolution, one thread, ${ROUNDS} rounds of ${SECONDS} s:`,
);
for (const [name, values] of rates) {
  console.log(
    `  ${name.padEnd(36)} best ${millions(Math.max(...values))}  median ${millions(median(values))}  M candidates/s`,
  );
}
console.log(
  `  ratio                                median ${median(exact.map((rate, i) => rate / (js[i] ?? 1))).toFixed(2)}`,
);

const workers = Math.max(2, cpus().length);
console.log("\nWorkers and whole tables, slices in turns:");
const threaded = await measureThroughput(workers, ROUNDS);
for (const { name, best, median: middle, unit } of threaded) {
  console.log(`  ${name.padEnd(36)} best ${millions(best)}  median ${millions(middle)}  M ${unit}`);
}
const [, one, many] = threaded;
if (one && many) {
  const ratios = many.slices.map((rate, i) => rate / (one.slices[i] ?? 1));
  console.log(
    `  ${`${workers} workers / 1 worker`.padEnd(36)} best ${Math.max(...ratios)
      .toFixed(2)
      .padStart(6)}  median ${median(ratios).toFixed(2).padStart(6)}`,
  );
}
