import { test } from "node:test";
import { PREBUILT_DIMS } from "../../src/rtl/prebuilt.node.ts";
import { checkRandomRun } from "./check-run.ts";
import { prebuiltSimulator } from "./prebuilt.ts";

const RUNS: Readonly<Record<number, number>> = { 4: 3000, 8: 1000, 16: 700, 32: 200, 64: 100 };
/** Apart from the seeds of the short test. */
const FIRST_SEED = 1_000_000;

for (const dim of PREBUILT_DIMS) {
  const runs = RUNS[dim] ?? 0;
  test(`dim ${dim}: ${runs} random runs are right to the bit and to the count`, async () => {
    const simulator = await prebuiltSimulator(dim, "full");
    for (let seed = FIRST_SEED; seed < FIRST_SEED + runs; seed++) checkRandomRun(simulator, seed);
  });
}
