import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { type Coefficients, packCoefficients } from "../../src/event/coefficients.ts";
import { Simulator } from "../../src/event/simulator.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

interface Golden {
  readonly coefficients: Coefficients;
  readonly cases: readonly {
    readonly shape: Parameters<typeof toLayerShape>[0];
    readonly mapping: string;
    readonly peDim: number;
    readonly calls: number;
    /** Latency, and what each engine is busy. */
    readonly cycles: number;
    readonly load: number;
    readonly execute: number;
    readonly store: number;
    readonly rows: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/event-prototype.json", import.meta.url), "utf8"),
) as Golden;

// What the prototype has not: a dearer bias on wide arrays, a wait by the array's size, cold runs.
const coefficients: Coefficients = {
  ...golden.coefficients,
  wideBiasCommand: 0,
  loadWaitShareDim: [0, 0],
  coldShare: [0, 0],
};

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found / expected - 1) < 1e-6, `${what}: ${found}, the prototype ${expected}`);
}

/** The prototype's sampled walk may fall short of what no walk of all tiles can; ours does not. */
function atLeast({ calls, cycles, load, execute, store, rows, shape }: Golden["cases"][number]): number {
  const { Q = 1, R = 1, S = 1 } = shape;
  const kind = Q === 1 && R === 1 && S === 1 ? 1 : 0;
  const of = (name: string): number => [coefficients[name] ?? 0].flat().at(kind) ?? Number.NaN;
  const issue = calls * (of("callWait") + of("callIssue"));
  return Math.max(cycles, rows, of("start") + Math.max(load, execute, store, issue));
}

test("walks of all tiles and of samples take the cycles that the C prototype takes, to 1e-6", async () => {
  const simulator = new Simulator(await loadModule(), golden.cases.length);
  for (const [i, { shape, mapping, peDim }] of golden.cases.entries()) {
    simulator.describe(i, toLayerShape(shape), parseMapping(mapping), peDim);
  }

  simulator.simulate(packCoefficients(coefficients), golden.cases.length);

  assert.ok(golden.cases.filter(({ calls }) => calls > 700).length > 10);
  assert.ok(golden.cases.filter(({ calls }) => calls <= 700).length > 10);
  for (const [i, expected] of golden.cases.entries()) {
    const found = simulator.read(i);
    const what = `case ${i} ${expected.mapping} on ${expected.peDim}`;
    assert.equal(found.calls, expected.calls, what);
    near(found.rowsStreamed, expected.rows, `${what}: rows`);
    near(found.loadCycles, expected.load, `${what}: load`);
    near(found.executeCycles, expected.execute, `${what}: execute`);
    near(found.storeCycles, expected.store, `${what}: store`);
    near(found.latencyCycles, atLeast(expected), `${what}: latency`);
  }
});
