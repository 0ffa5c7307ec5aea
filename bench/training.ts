// npm run bench:training: what learning a model of gemmini-firesim takes on all random rows of DOSA's FireSim data (POLARIS_DATA), step by
// step, processor time of one thread. `polaris train` does it eleven times: once on all rows, and once for each of ten folds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../src/fidelity/engine.ts";
import { calibrate } from "../src/tune/calibrate.ts";
import { cleanRows, parseDataset } from "../src/tune/dataset.ts";
import { StarlightTrainer } from "../src/tune/starlight-training.ts";
import { toCalibrationRow } from "../src/tune/train.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const file = "firesim-gemmini-train.csv";
const load = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../build/${name}`, import.meta.url)));
const [kernels, training] = [load("starlight.wasm"), load("training.wasm")];
const engine = await createEngine(kernels);
const rows = cleanRows(parseDataset(readFileSync(join(data, file), "utf8"), file, engine));

function timed<T>(step: string, run: () => T): T {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  console.log(`${step.padEnd(12)} ${((user + system) * 1e-6).toFixed(1)} s`);
  return result;
}

console.log(`${rows.length} rows, Node ${process.versions.node}`);
const { coefficients } = timed("calibration", () => calibrate(kernels, rows.map(toCalibrationRow)));
const trainer = timed(
  "mappings",
  () => new StarlightTrainer(kernels, training, { profile: "gemmini-firesim", seed: 0 }),
);
const distilled = timed("distillation", () => trainer.distil(coefficients));
timed("fine-tuning", () => trainer.fineTune(distilled, rows));
