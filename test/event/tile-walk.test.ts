import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { packCoefficients } from "../../src/event/coefficients.ts";
import { type Simulation, Simulator } from "../../src/event/simulator.ts";
import { createRng } from "../../src/rng.ts";
import { formatMapping } from "../../src/space/mapping.ts";
import { type TileCounts, walkTiles } from "../reference/tile-walk.ts";
import { only, randomCase } from "./support.ts";

// With one coefficient of 1 and all others 0, the cycles of an engine are a count of what it does.
const COUNTS: readonly {
  readonly coefficients: Readonly<Record<string, number>>;
  readonly engine: keyof Simulation;
  readonly count: (counts: TileCounts) => number;
}[] = [
  { coefficients: { computeCommand: 1e6 }, engine: "executeCycles", count: (c) => 1e6 * c.computeCommands },
  { coefficients: { preload: 1e6 }, engine: "executeCycles", count: (c) => 1e6 * c.weightBlocks },
  { coefficients: { lastBlock: 1e6 }, engine: "executeCycles", count: (c) => 1e6 * c.lastBlockRows },
  { coefficients: { shortRow: 1e6 }, engine: "executeCycles", count: (c) => 1e6 * c.shortRows },
  { coefficients: { executeStart: 1e6 }, engine: "executeCycles", count: (c) => 1e6 * c.calls },
  { coefficients: { inputCommand: 1 }, engine: "loadCycles", count: (c) => c.inputCommands },
  { coefficients: { weightCommand: 1 }, engine: "loadCycles", count: (c) => c.weightCommands },
  { coefficients: { row: 1 }, engine: "loadCycles", count: (c) => c.scratchpadRows },
  { coefficients: { zeroRow: 1 }, engine: "loadCycles", count: (c) => c.zeroRows },
  { coefficients: { zeroCommand: 1 }, engine: "loadCycles", count: (c) => c.zeroCommands },
  { coefficients: { biasRow: 1 }, engine: "loadCycles", count: (c) => c.biasRows },
  { coefficients: { biasCommand: 1 }, engine: "loadCycles", count: (c) => c.biasCommands },
  { coefficients: { loadStart: 1 }, engine: "loadCycles", count: (c) => c.calls },
  { coefficients: { storeCommand: 1 }, engine: "storeCycles", count: (c) => c.storeCommands },
  { coefficients: { storeStart: 1 }, engine: "storeCycles", count: (c) => c.storeTiles },
];

test("the walk counts what a literal walk over every tile, pixel and block counts", async () => {
  const simulator = new Simulator(await loadModule());
  const rng = createRng(11);
  let cases = 0;
  let ragged = 0;
  while (cases < 150) {
    const { shape, hardware, mapping } = randomCase(rng);
    simulator.describe(0, shape, mapping, hardware.peDim);
    // Beyond, a sample is walked, whose sums are exact but for edges (sampling.test.ts).
    if (simulator.read(0).calls > 700) continue;
    cases++;
    const counts = walkTiles(shape, mapping, hardware.peDim);
    const what = `${cases}: ${formatMapping(mapping)} on ${hardware.peDim}`;
    if (counts.rowsStreamed % counts.computeCommands !== 0) ragged++;

    for (const { coefficients, engine, count } of COUNTS) {
      simulator.simulate(packCoefficients(only(coefficients)));
      const found = simulator.read(0)[engine] as number;
      const expected = count(counts);
      // Execution takes a cycle for each row at the least, as the only thing that no coefficient scales.
      const slack = engine === "executeCycles" ? 4 * counts.rowsStreamed : 1e-6 * (1 + expected);
      assert.ok(
        Math.abs(found - expected) <= slack,
        `${what}: ${Object.keys(coefficients)} ${found}, counted ${expected}`,
      );
    }
    const { calls, rowsStreamed } = simulator.read(0);
    assert.deepEqual(
      { calls, rowsStreamed },
      { calls: counts.calls, rowsStreamed: counts.rowsStreamed },
      what,
    );
  }
  assert.ok(ragged > 20, `${ragged} ragged`);
});

test("requests of 64 bytes and of at most 8 are as many as the literal walk makes", async () => {
  const simulator = new Simulator(await loadModule());
  const rng = createRng(12);
  // A price for every size up to 8 bytes, and for 64 alone: channels are multiples of 32 or at most 8 in these layers.
  let cases = 0;
  while (cases < 60) {
    const { shape, hardware, mapping } = randomCase(rng);
    simulator.describe(0, shape, mapping, hardware.peDim);
    if (simulator.read(0).calls > 700) continue;
    cases++;
    const counts = walkTiles(shape, mapping, hardware.peDim);

    simulator.simulate(packCoefficients(only({ request: 1, request8: 1 })));
    const small = simulator.read(0).loadCycles;
    simulator.simulate(
      packCoefficients(only({ request: 1, request8: 1, request16: 1, request32: 1, request64: 1 })),
    );
    const all = simulator.read(0).loadCycles;

    assert.ok(small >= counts.requestsUpTo8 - 1e-6, formatMapping(mapping));
    assert.ok(all >= counts.requestsUpTo8 + counts.requestsOf64 - 1e-6, formatMapping(mapping));
  }
});
