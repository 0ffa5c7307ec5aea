import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { COEFFICIENTS, packCoefficients, priorCoefficients } from "../../src/event/coefficients.ts";
import { Simulator } from "../../src/event/simulator.ts";
import { createRng } from "../../src/rng.ts";
import { formatMapping, parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { only, randomCase } from "./support.ts";

const module = await loadModule();
const prior = priorCoefficients();

test("no layer is faster than its rows stream, and none takes longer than all engines one after the other", () => {
  const simulator = new Simulator(module);
  const rng = createRng(1);
  for (let i = 0; i < 300; i++) {
    const { shape, hardware, mapping } = randomCase(rng);
    simulator.describe(0, shape, mapping, hardware.peDim);
    simulator.simulate(packCoefficients(prior));
    const found = simulator.read(0);

    // Issue and latencies of one call: 220 + 30 + 40 + 20 + 64 and the steps of the queues.
    const most =
      found.loadCycles * 1.2 + 2 * found.executeCycles + 1.2 * found.storeCycles + 500 * found.calls + 1000;
    assert.ok(found.latencyCycles >= found.rowsStreamed, formatMapping(mapping));
    assert.ok(found.latencyCycles <= most, `${formatMapping(mapping)}: ${found.latencyCycles} > ${most}`);
  }
});

test("a walk over a sample of the tiles falls short neither of any engine's work nor of the issue of its calls", () => {
  const simulator = new Simulator(module);
  const least = (): number => {
    const { loadCycles, executeCycles, storeCycles, calls } = simulator.read(0);
    // Issue of a call by the priors: 220 + 30 cycles; start of a layer: 300.
    return 300 + Math.max(loadCycles, executeCycles, storeCycles, 250 * calls);
  };
  // Sampled, the first tile's wait would stand for those of many: 7 % short of the issue of 27,552 calls.
  const shape = toLayerShape({ K: 192, C: 1968, P: 7, Q: 7 });
  const mapping = parseMapping("L3[WIO] K8 P7 C492 - L2[WI] N1 K4X - L1[O] K6 C4X - L0[W] Q7");
  simulator.describe(0, shape, mapping, 4);
  simulator.simulate(packCoefficients(prior));
  assert.ok(simulator.latencyCycles(0) >= least());

  const rng = createRng(3);
  for (let i = 0; i < 300; i++) {
    const drawn = randomCase(rng);
    simulator.describe(0, drawn.shape, drawn.mapping, drawn.hardware.peDim);
    simulator.simulate(packCoefficients(prior));
    assert.ok(simulator.latencyCycles(0) >= least() * (1 - 1e-12), formatMapping(drawn.mapping));
  }
});

test("more cycles for anything make no layer faster, but for what a share of them is waited for", () => {
  const simulator = new Simulator(module);
  const rng = createRng(2);
  // Cycles by which a place in a queue is free early are no cost.
  const costs = COEFFICIENTS.filter(({ unit, name }) => unit === "cycles" && name !== "storeLatency");
  for (let i = 0; i < 40; i++) {
    const { shape, hardware, mapping } = randomCase(rng);
    simulator.describe(0, shape, mapping, hardware.peDim);
    simulator.simulate(packCoefficients(prior));
    const before = simulator.latencyCycles(0);
    for (const { name } of costs) {
      const value = [prior[name] ?? 0].flat()[0] as number;
      const dearer = typeof prior[name] === "number" ? value * 3 : ([value * 3, value * 3] as const);
      simulator.simulate(packCoefficients({ ...prior, [name]: dearer }));

      const after = simulator.latencyCycles(0);
      // Loads wait for a share of the execution before: a longer one may shift them by a little.
      assert.ok(after >= before * 0.98, `${name}, ${formatMapping(mapping)}: ${before} to ${after}`);
    }
  }
});

test("a cold run takes longer where caches would have helped, by no more than all its lines missing", () => {
  const simulator = new Simulator(module);
  const shape = toLayerShape({ P: 1, C: 512, K: 256 });
  const mapping = parseMapping("L3[WIO] K16 C2 - L2[WI] K16X - L1[O] C16 C16X - L0[W] N1");
  simulator.describe(0, shape, mapping, 16, false);
  simulator.simulate(packCoefficients(prior));
  const warm = simulator.latencyCycles(0);
  simulator.describe(0, shape, mapping, 16, true);
  simulator.simulate(packCoefficients(prior));
  const cold = simulator.latencyCycles(0);

  const lines = (512 * 256 + 512 + 256) / 64;
  assert.ok(cold > warm * 1.05, `${warm} to ${cold}`);
  assert.ok(cold < warm + lines * (5 + 4) * 1.2, `${warm} to ${cold}`);
});

test("a cold run pays for a far miss of every line that no loop brings back", () => {
  const simulator = new Simulator(module);
  const shape = toLayerShape({ P: 1, C: 512, K: 256 });
  const mapping = parseMapping("L3[WIO] K16 C2 - L2[WI] K16X - L1[O] C16 C16X - L0[W] N1");
  const loads = (cold: boolean): number => {
    simulator.describe(0, shape, mapping, 16, cold);
    simulator.simulate(packCoefficients(only({ farMiss: 1, coldShare: 1 })));
    return simulator.read(0).loadCycles;
  };

  const lines = (512 * 256 + 512) / 64;
  const more = loads(true) - loads(false);
  assert.ok(more > 0.8 * lines && more < 1.2 * lines, `${more} for ${lines} lines`);
});

test("commands of biases cost more on arrays whose accumulator rows are longer than a line, and on no others", () => {
  const simulator = new Simulator(module);
  const shape = toLayerShape({ K: 64, C: 64, P: 8, Q: 8 });
  const mapping = parseMapping("L3[WIO] K64 C64 P8 Q8 - L2[WI] N1 - L1[O] N1 - L0[W] N1");
  for (const dim of [4, 16, 17, 32]) {
    simulator.describe(0, shape, mapping, dim);
    simulator.simulate(packCoefficients(only({ wideBiasCommand: 1 })));
    assert.equal(simulator.read(0).loadCycles > 0, dim > 16, `${dim}`);
  }
});

test("programs side by side are simulated as each alone", () => {
  const cases = Array.from({ length: 20 }, (_, i) => randomCase(createRng(3, i)));
  const together = new Simulator(module, cases.length);
  for (const [i, { shape, mapping, hardware }] of cases.entries()) {
    together.describe(i, shape, mapping, hardware.peDim);
  }
  together.simulate(packCoefficients(prior), cases.length);
  const alone = new Simulator(module);

  for (const [i, { shape, mapping, hardware }] of cases.entries()) {
    alone.describe(0, shape, mapping, hardware.peDim);
    alone.simulate(packCoefficients(prior));
    assert.deepEqual(together.read(i), alone.read(0));
  }
});

test("the harness runs convolutions square, and matrix products in whole arrays", () => {
  const simulator = new Simulator(module);
  const read = (fields: Parameters<typeof toLayerShape>[0], text: string, peDim: number) => {
    simulator.describe(0, toLayerShape(fields), parseMapping(text), peDim);
    return simulator.read(0);
  };

  // P x Q of 8 x 2 runs as 8 x 8: four times the rows.
  const square = read({ P: 8, Q: 2 }, "L3[WIO] N1 - L2[WI] N1 - L1[O] Q2 - L0[W] P8", 4);
  // 40 rows of 16 columns by 48: a tile of 20 is one unit of 16, so one array of 8 rows; of 48 columns three, of 24.
  const product = read({ P: 40, C: 16, K: 48 }, "L3[WIO] P2 - L2[WI] K8X - L1[O] K6 P5 C2 C8X - L0[W] P4", 8);

  assert.equal(square.rowsStreamed, 64);
  assert.equal(square.isMatmul, false);
  assert.equal(product.isMatmul, true);
  assert.equal(product.calls, (40 / 8) * (16 / 8) * (48 / 24));
  assert.equal(product.rowsStreamed, 40 * (16 / 8) * (48 / 8));
});
