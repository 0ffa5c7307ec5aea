// What the library refuses: those who call it may pass anything, and an answer must not be wrong where the question is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { type CodesignRequest, codesign } from "../../src/codesign/codesign.ts";
import { codesignFront } from "../../src/codesign/front.ts";
import { createHardwareSpace, type HardwareSpace } from "../../src/codesign/space.ts";
import { InputError } from "../../src/errors.ts";
import { createLocalPool } from "../../src/mapper/archive-pool.ts";
import { type MapRequest, mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { sweep } from "../../src/sweep/sweep.ts";
import { type Layer, toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const pool = createLocalPool(module);
const hardware = { peDim: 4, scratchpadKib: 2, accumulatorKib: 1 };
const layers: readonly Layer[] = [
  { name: "one", count: 2, groups: 1, shape: toLayerShape({ K: 12, C: 6, P: 7 }) },
];
const workload = { name: "w", layers };
const space: HardwareSpace = {
  arrays: [{ peDim: 2 }, { peDim: 4 }],
  scratchpadKib: [1, 2, 3, 5, 8],
  accumulatorKib: [1, 2, 4],
  maxAreaMm2: 0.05,
};

function refuses(what: Promise<unknown>, says: RegExp): Promise<void> {
  return assert.rejects(what, (error: Error) => {
    assert.ok(error instanceof InputError, `${error.stack}`);
    assert.match(error.message, says);
    return true;
  });
}

test("a tile that divides no bound is refused by the library too", async () => {
  const map = (tiles: MapRequest["tiles"]) =>
    mapNetwork(module, { layers, hardware, objective: EDP, ...(tiles ? { tiles } : {}) });

  await refuses(map({ P: 5 }), /^one: tile P=5: expected a divisor of P = 7, found 5$/);
  for (const extent of [0, -1, 1.5, Number.NaN, 2 ** 40]) await refuses(map({ K: extent }), /a divisor of K/);
  await refuses(map({ X: 1 } as never), /dims N K C P Q R S, found "X"/);
  await map({ P: 7 });
});

test("layers, counts, budgets and objectives that are none are refused", async () => {
  const map = (more: object) => mapNetwork(module, { layers, hardware, objective: EDP, ...more });
  const [one] = layers;

  await refuses(map({ layers: [] }), /at least one layer/);
  for (const count of [0, -2, 1.5, Number.NaN])
    await refuses(map({ layers: [{ ...one, count }] }), /one: count/);
  await refuses(
    map({ layers: [{ ...one, shape: { ...one?.shape, K: 2.5 } }] }),
    /one: K: expected an integer/,
  );
  await refuses(map({ budgetMs: Number.NaN }), /budgetMs: expected a time in ms/);
  for (const powers of [
    [0, 0],
    [-1, 1],
    [Number.NaN, 1],
    [1, 1e9],
  ]) {
    const objective = { name: "x", latencyPower: powers[0] as number, energyPower: powers[1] as number };
    await refuses(map({ objective }), /objective: expected powers/);
    await refuses(codesign(pool, { workloads: [workload], space, objective }), /objective: expected powers/);
  }
});

test("a space of lists in any order, with repeats, gives what the rising lists give", async () => {
  const shuffled: HardwareSpace = {
    ...space,
    arrays: [{ peDim: 4, bandwidth: "shared" }, { peDim: 2 }, { peDim: 4 }],
    scratchpadKib: [8, 1, 5, 2, 3, 1],
    accumulatorKib: [4, 1, 2, 4],
  };
  const design = (one: HardwareSpace) =>
    codesign(pool, { workloads: [workload], space: one, objective: EDP });
  const front = (one: HardwareSpace) => codesignFront(pool, { workload, space: one });

  assert.deepEqual(await design(shuffled), await design(space));
  assert.deepEqual(await front(shuffled), await front(space));
  assert.deepEqual(createHardwareSpace(shuffled), createHardwareSpace(space));
});

test("a space or a set of workloads that is empty or holds what is no hardware is refused", async () => {
  const design = (more: Partial<CodesignRequest>) =>
    codesign(pool, { workloads: [workload], space, objective: EDP, ...more });

  await refuses(design({ workloads: [] }), /workloads: expected at least one/);
  await refuses(design({ workloads: [{ name: "w", layers: [] }] }), /at least one layer/);
  for (const bad of [
    { arrays: [] },
    { scratchpadKib: [] },
    { accumulatorKib: [] },
    { arrays: [{ peDim: 1 }] },
    { scratchpadKib: [4, 0] },
    { accumulatorKib: [1.5] },
    { maxAreaMm2: Number.NaN },
    { maxAreaMm2: -1 },
  ]) {
    await refuses(design({ space: { ...space, ...bad } }), /expected/);
    await refuses(codesignFront(pool, { workload, space: { ...space, ...bad } }), /expected/);
  }
  await refuses(sweep(pool, { layers, grid: [], objective: EDP }), /at least one size/);
  await refuses(sweep(pool, { layers: [], grid: [hardware], objective: EDP }), /at least one layer/);
  await refuses(sweep(pool, { layers, grid: [{ ...hardware, peDim: 1000 }], objective: EDP }), /peDim/);
});
