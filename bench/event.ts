// npm run bench:event: mappings per second of the event model of `gemmini-firesim`, one thread, by processor time.
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { packCoefficients, priorCoefficients } from "../src/event/coefficients.ts";
import { Simulator } from "../src/event/simulator.ts";
import { loadEngine } from "../src/starlight.ts";
import { cleanRows, parseDataset } from "../src/tune/dataset.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const engine = await loadEngine();
const module = await loadModule();
const coefficients = packCoefficients(priorCoefficients());
const ROUNDS = 9;

/** Microseconds of processor time that each of `count` units of work takes; the median of some rounds. */
function microseconds(count: number, work: () => void): number {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    // The first round warms up.
    if (round > 0) times.push(process.cpuUsage(before).user / count);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
}

console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`);
for (const [name, repeats] of [
  ["firesim-gemmini-optimised.csv", 400],
  ["firesim-gemmini-train.csv", 4],
] as const) {
  const file = join(data, name);
  if (!existsSync(file)) {
    console.log(`${name}: not there; POLARIS_DATA names its folder`);
    continue;
  }
  const rows = cleanRows(parseDataset(readFileSync(file, "utf8"), name, engine));
  const simulator = new Simulator(module, rows.length);
  const describe = (): void => {
    for (const [i, { shape, mapping, peDim, cold }] of rows.entries()) {
      simulator.describe(i, shape, mapping, peDim, cold);
    }
  };
  const describing = microseconds(repeats * rows.length, () => {
    for (let i = 0; i < repeats; i++) describe();
  });
  const simulating = microseconds(repeats * rows.length, () => {
    for (let i = 0; i < repeats; i++) simulator.simulate(coefficients, rows.length);
  });
  const rate = Math.round(1e6 / (describing + simulating)).toLocaleString("en-US");
  console.log(
    `${name}: ${describing.toFixed(2)} us to describe, ${simulating.toFixed(2)} us to simulate: ${rate} mappings/s`,
  );
}
