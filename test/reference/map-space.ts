// Every mapping of the map space `gemmini`, one by one, with nothing left out because it cannot be good: all splits of all bounds
// over registers (P, Q), accumulator, PE array (K, C) and DRAM, times all loop orders at the accumulator and at DRAM.
import type { Hardware } from "../../src/hardware/hardware.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { DIMS, type Dim, type LayerShape } from "../../src/workload/layer.ts";

const LEVEL = { dram: 0, accumulator: 2, register: 3 } as const;

/** Calls `visit` with each mapping in turn; the object is reused. Capacities are not looked at. */
export function forEachMapping(
  shape: LayerShape,
  hardware: Hardware,
  visit: (mapping: RawMapping) => void,
): void {
  const raw = new RawMapping();
  const splits = DIMS.map((dim) => splitsOf(dim, shape[dim], hardware.peDim));
  const choose = (index: number): void => {
    if (index === DIMS.length) {
      forEachOrder(raw, LEVEL.dram, () => forEachOrder(raw, LEVEL.accumulator, () => visit(raw)));
      return;
    }
    const dim = DIMS[index] as Dim;
    for (const split of splits[index] ?? []) {
      raw.factors[LEVEL.dram * 7 + index] = split.dram;
      raw.factors[LEVEL.accumulator * 7 + index] = split.accumulator;
      raw.factors[LEVEL.register * 7 + index] = split.register;
      if (dim === "K") raw.spatialK = split.spatial;
      if (dim === "C") raw.spatialC = split.spatial;
      choose(index + 1);
    }
  };
  choose(0);
}

interface Split {
  readonly dram: number;
  readonly accumulator: number;
  readonly register: number;
  readonly spatial: number;
}

function splitsOf(dim: Dim, bound: number, peDim: number): readonly Split[] {
  const found: Split[] = [];
  for (let register = 1; register <= (dim === "P" || dim === "Q" ? bound : 1); register++) {
    for (let spatial = 1; spatial <= (dim === "K" || dim === "C" ? Math.min(bound, peDim) : 1); spatial++) {
      for (let accumulator = 1; accumulator <= bound; accumulator++) {
        const below = register * spatial * accumulator;
        if (bound % below === 0) found.push({ dram: bound / below, accumulator, register, spatial });
      }
    }
  }
  return found;
}

/** Gives a level every order of its loops of bound > 1. */
function forEachOrder(raw: RawMapping, level: number, visit: () => void): void {
  const present = DIMS.map((_, dim) => dim).filter((dim) => raw.factor(level, dim) > 1);
  const absent = DIMS.map((_, dim) => dim).filter((dim) => raw.factor(level, dim) === 1);
  for (const inner of permutations(present)) {
    let order = 0;
    for (const [rank, dim] of [...inner, ...absent].entries()) order |= rank << (4 * dim);
    raw.orders[level] = order;
    visit();
  }
}

const known = new Map<string, readonly (readonly number[])[]>();
function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  const key = items.join();
  let all = known.get(key);
  if (!all) {
    all = items.flatMap((first) =>
      permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
    );
    known.set(key, all);
  }
  return all;
}

/** Metrics of every valid mapping: the latencies and energies of one layer on one accelerator, as the engine prices them. */
export function priceAll(
  engine: import("../../src/fidelity/engine.ts").LocalEngine,
  shape: LayerShape,
  hardware: Hardware,
): {
  readonly points: readonly (readonly [latencyCycles: number, energyPj: number])[];
  readonly mappings: number;
} {
  const { batch } = engine;
  const least = new Map<number, number>();
  let held = 0;
  let mappings = 0;
  const flush = (): void => {
    engine.evaluateNow(shape, hardware, held);
    for (let i = 0; i < held; i++) {
      if (!batch.feasible(i)) continue;
      const latency = batch.latencyCycles(i);
      const energy = batch.energyPj(i);
      if (energy < (least.get(latency) ?? Number.POSITIVE_INFINITY)) least.set(latency, energy);
    }
    held = 0;
  };
  forEachMapping(shape, hardware, (mapping) => {
    batch.writeRaw(held++, mapping);
    mappings++;
    if (held === batch.capacity) flush();
  });
  flush();
  return { points: [...least].sort(([a], [b]) => a - b), mappings };
}
