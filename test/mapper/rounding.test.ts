import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { archivePoints, memoryRange, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { divisors } from "../../src/space/divisors.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { DIMS, type Dim, type LayerShape, macs, toLayerShape } from "../../src/workload/layer.ts";
import { integer, pick } from "./random-case.ts";

const module = await loadModule();
const engine = await createEngine(module, 4096);

/** A layer over K, C and P of so many cycles that a double can no longer tell neighbouring quotients apart. */
function longShape(rng: Rng): LayerShape {
  const bound = (bits: number): number => {
    let value = pick([1, 3, 5, 7, 251, 509, 1021, 2039], rng);
    while (value < 2 ** bits) value *= pick([2, 2, 3, 31, 61, 127], rng);
    return value;
  };
  for (;;) {
    const shape = {
      K: bound(integer(rng, 10, 16)),
      C: bound(integer(rng, 10, 16)),
      P: bound(integer(rng, 14, 20)),
    };
    const work = shape.K * shape.C * shape.P;
    if (shape.P < 2 ** 24 && shape.K < 2 ** 24 && work > 2 ** 42 && work < 2 ** 50)
      return toLayerShape(shape);
  }
}

const ORDERS: readonly (readonly Dim[])[] = [
  ["K", "C", "P"],
  ["K", "P", "C"],
  ["C", "K", "P"],
  ["C", "P", "K"],
  ["P", "K", "C"],
  ["P", "C", "K"],
];

/** The Pareto set of every tile, every pair of spatial factors and every DRAM order of K, C and P, P innermost below. */
function enumerate(shape: LayerShape, hardware: Hardware): readonly (readonly [number, number])[] {
  const { batch } = engine;
  const least = new Map<number, number>();
  let held = 0;
  const flush = (): void => {
    engine.evaluateNow(shape, hardware, held);
    for (let i = 0; i < held; i++) {
      if (!batch.feasible(i)) continue;
      const latency = batch.latencyCycles(i);
      least.set(latency, Math.min(least.get(latency) ?? Infinity, batch.energyPj(i)));
    }
    held = 0;
  };
  const raw = new RawMapping();
  const set = (level: number, dim: Dim, factor: number): void => {
    raw.factors[level * 7 + DIMS.indexOf(dim)] = factor;
  };
  const spatial = (tile: number): readonly number[] =>
    divisors(tile).filter((factor) => factor <= hardware.peDim);
  const orderOf = (innermostFirst: readonly Dim[]): number =>
    [...innermostFirst, ...DIMS.filter((dim) => !innermostFirst.includes(dim))].reduce(
      (order, dim, rank) => order | (rank << (4 * DIMS.indexOf(dim))),
      0,
    );
  raw.orders[2] = orderOf(["K", "C", "P"]);
  for (const tP of divisors(shape.P)) {
    if (tP > hardware.accumulatorWords) break;
    set(0, "P", shape.P / tP);
    set(3, "P", tP);
    for (const tK of divisors(shape.K)) {
      for (const tC of divisors(shape.C)) {
        if ((tK + tP) * tC > hardware.scratchpadWords) break;
        set(0, "K", shape.K / tK);
        set(0, "C", shape.C / tC);
        for (const spatialK of spatial(tK)) {
          for (const spatialC of spatial(tC)) {
            raw.spatialK = spatialK;
            raw.spatialC = spatialC;
            set(2, "K", tK / spatialK);
            set(2, "C", tC / spatialC);
            for (const order of ORDERS) {
              raw.orders[0] = orderOf(order);
              batch.writeRaw(held++, raw);
              if (held === batch.capacity) flush();
            }
          }
        }
      }
    }
  }
  flush();
  return pareto([...least]);
}

function pareto(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  let lowest = Infinity;
  return [...points]
    .sort(([a, x], [b, y]) => a - b || x - y)
    .filter(([, energy]) => {
      if (energy >= lowest) return false;
      lowest = energy;
      return true;
    });
}

test("layers of up to 2^50 cycles, where a quotient rounds by more than one, are searched to the last bit", () => {
  const CASES = Number(process.env["POLARIS_ROUNDING_CASES"] ?? 60);
  let beyond = 0;
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(95, i);
    const shape = longShape(rng);
    const parameters = {
      peDim: pick([2, 3, 5, 12], rng),
      scratchpadKib: integer(rng, 1, 4),
      accumulatorKib: 1,
      bandwidth: rng() < 0.3 ? ("split" as const) : ("shared" as const),
    };
    const hardware = createHardware(parameters);
    const search = new LayerSearch(module, shape, hardware, { keepPareto: true });
    search.advance(Number.POSITIVE_INFINITY);
    const found = search.points().map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]);

    const { peDim, bandwidth } = parameters;
    const archive = collectArchive(module, shape, { peDim, bandwidth }, memoryRange([parameters]));
    const kept = archivePoints(archive, memoryView(parameters)).map(
      ({ latencyCycles, energyPj }) => [latencyCycles, energyPj] as const,
    );

    const all = enumerate(shape, hardware);
    assert.deepEqual(found, all, `case ${i}: ${JSON.stringify({ shape, hardware })}`);
    assert.deepEqual(pareto(kept), all, `case ${i}, archive: ${JSON.stringify({ shape, hardware })}`);
    if ((found[0]?.[0] ?? 0) > 2 ** 41) beyond++;
    assert.ok(macs(shape) < 2 ** 50);
  }
  assert.ok(beyond > CASES / 4, `${beyond}`);
});
