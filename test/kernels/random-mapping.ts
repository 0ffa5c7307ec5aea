// Random layers, mappings and accelerators for tests of the analytical model: anything that the model takes,
// not only what a sensible mapper would try. Everything comes from an Rng, so a seed names a case.
import type { Bandwidth, Hardware } from "../../src/hardware/hardware.ts";
import type { Rng } from "../../src/rng.ts";
import { primeFactors } from "../../src/space/divisors.ts";
import { LEVELS, type Level, type Loop, type Mapping } from "../../src/space/mapping.ts";
import { DIMS, type Dim, type LayerShape, STEPS, type Step } from "../../src/workload/layer.ts";

/** A mapping and the layer that it computes. */
export interface RandomCase {
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

/** Temporal iterations of the longest walk. */
const MAX_ITERATIONS = 8000;
/** DRAM iterations times words of the input tile: what the walk of the longest sliding window looks at. */
const MAX_WINDOW_WORDS = 100_000;
/** How likely a dim is to have a loop at a level; every second case has none at the scratchpad. */
const LOOP_CHANCE: Readonly<Record<Level, number>> = {
  dram: 0.4,
  scratchpad: 0.25,
  accumulator: 0.25,
  register: 0.15,
};
const INSIDE_DRAM = ["scratchpad", "accumulator", "register"] as const;

type Factors = Record<Level, Record<Dim, number>>;
type Orders = Record<Level, Dim[]>;
type Steps = Record<Step, number>;

/**
 * A small layer and a mapping of it, short enough to walk. Any dim may have a loop at any level, in any
 * order. In two of three cases the innermost DRAM loops are two over one input axis, made so that one shifts
 * the tile as far as the other, or twice as far, with K among them or not: there the corner rule of the
 * sliding window decides.
 */
export function randomCase(rng: Rng): RandomCase {
  for (;;) {
    const steps = Object.fromEntries(STEPS.map((step) => [step, integer(rng, 1, 3)])) as Steps;
    const factors = randomFactors(rng);
    const orders = Object.fromEntries(LEVELS.map((level) => [level, shuffled(DIMS, rng)])) as Orders;
    if (rng() < 2 / 3) alignShifts(factors, orders, steps, rng);
    const found = toCase(factors, orders, steps, rng);
    if (walkable(found)) return found;
  }
}

function randomFactors(rng: Rng): Factors {
  const factors = noFactors();
  const levels = rng() < 0.5 ? LEVELS : (["dram", "accumulator", "register"] as const);
  for (const level of levels) {
    for (const dim of DIMS) {
      if (rng() < LOOP_CHANCE[level]) factors[level][dim] = integer(rng, 2, dim === "N" ? 3 : 4);
    }
  }
  return factors;
}

/**
 * Puts two loops over one input axis innermost at DRAM, with shifts in a ratio of 1 or 2; K, or another loop,
 * where it falls.
 */
function alignShifts(factors: Factors, orders: Orders, steps: Steps, rng: Rng): void {
  const axes = [["P", "R", "Wstride", "Wdilation"] as const, ["Q", "S", "Hstride", "Hdilation"] as const];
  const [output, tap, stride, dilation] = pick(axes, rng);
  const [inside, outside] = shuffled<Dim>([output, tap], rng) as [Dim, Dim];
  factors.dram[inside] = integer(rng, 2, 4);
  factors.dram[outside] = integer(rng, 2, 4);
  factors.dram.K = rng() < 0.7 ? integer(rng, 2, 3) : 1;

  const rest = orders.dram.filter((dim) => dim !== inside && dim !== outside && dim !== "K");
  const innermost = [outside, inside];
  innermost.splice(integer(rng, 0, 2), 0, "K");
  // Spoil it with a loop that belongs outside.
  if (rng() < 0.2) innermost.splice(integer(rng, 0, 3), 0, rest.pop() as Dim);
  orders.dram = [...rest, ...innermost];

  const ratio = pick([1, 2, 2], rng);
  const choices: (readonly [number, number, number, number])[] = [];
  for (const outsideTile of [1, 2, 3, 4, 6]) {
    for (const insideTile of [1, 2, 3, 4, 6]) {
      for (const outsideStep of [1, 2, 3]) {
        for (const insideStep of [1, 2, 3]) {
          if (outsideTile * outsideStep === ratio * insideTile * insideStep) {
            choices.push([outsideTile, outsideStep, insideTile, insideStep]);
          }
        }
      }
    }
  }
  const [outsideTile, outsideStep, insideTile, insideStep] = pick(choices, rng);
  steps[outside === output ? stride : dilation] = outsideStep;
  steps[inside === output ? stride : dilation] = insideStep;
  setTile(factors, outside, outsideTile, rng);
  setTile(factors, inside, insideTile, rng);
}

/** Gives the tile in the scratchpad an extent, by loops at any of the levels inside DRAM. */
function setTile(factors: Factors, dim: Dim, extent: number, rng: Rng): void {
  for (const level of INSIDE_DRAM) factors[level][dim] = 1;
  for (const prime of primeFactors(extent)) factors[pick(INSIDE_DRAM, rng)][dim] *= prime;
}

function toCase(factors: Factors, orders: Orders, steps: Steps, rng: Rng): RandomCase {
  const spread = (): number => (rng() < 0.4 ? 1 : integer(rng, 2, 4));
  const [spatialK, spatialC] = [spread(), spread()];
  // A loop of bound 1 may be there or not; it must not matter.
  const loops = toLoops(factors, orders, (bound) => bound > 1 || rng() < 0.3);
  const bound = (dim: Dim): number =>
    LEVELS.reduce((product, level) => product * factors[level][dim], 1) *
    (dim === "K" ? spatialK : dim === "C" ? spatialC : 1);
  const bounds = Object.fromEntries(DIMS.map((dim) => [dim, bound(dim)])) as Record<Dim, number>;
  return { shape: { ...bounds, ...steps }, mapping: { loops, spatialK, spatialC } };
}

/** Whether a walk takes no more than some milliseconds. */
function walkable({ shape, mapping }: RandomCase): boolean {
  const iterations = (level: Level): number =>
    mapping.loops[level].reduce((product, { bound }) => product * bound, 1);
  const tile = (dim: Dim): number =>
    shape[dim] / (mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1);
  const inputTile =
    ((tile("P") - 1) * shape.Wstride + (tile("R") - 1) * shape.Wdilation + 1) *
    ((tile("Q") - 1) * shape.Hstride + (tile("S") - 1) * shape.Hdilation + 1) *
    tile("C") *
    tile("N");
  return (
    LEVELS.reduce((product, level) => product * iterations(level), 1) <= MAX_ITERATIONS &&
    iterations("dram") * inputTile <= MAX_WINDOW_WORDS
  );
}

/**
 * Any mapping of a given layer: each prime factor of each bound goes to a random level or across the PEs.
 * What is likely differs from mapping to mapping, so that tiles of all sizes come up.
 */
export function randomMapping(shape: LayerShape, rng: Rng): Mapping {
  const likely = LEVELS.map(() => rng() ** 2);
  const spatialChance = rng();
  const spread = { K: 1, C: 1 };
  const factors = noFactors();
  for (const dim of DIMS) {
    for (const prime of primeFactors(shape[dim])) {
      if ((dim === "K" || dim === "C") && rng() < spatialChance) spread[dim] *= prime;
      else factors[weighted(LEVELS, likely, rng)][dim] *= prime;
    }
  }
  const orders = Object.fromEntries(LEVELS.map((level) => [level, shuffled(DIMS, rng)])) as Orders;
  const loops = toLoops(factors, orders, (bound) => bound > 1);
  return { loops, spatialK: spread.K, spatialC: spread.C };
}

/**
 * An accelerator with an array of at least `leastPeDim` PEs a side (any number, not only powers of two),
 * memories of random depth and random bandwidths of one kind. Every tile of a small layer fits, unless
 * `overrides` say otherwise.
 */
export function randomHardware(rng: Rng, leastPeDim: number, overrides: Partial<Hardware> = {}): Hardware {
  const split = rng() < 0.5;
  const wordsPerCycle = (): number => pick([0.25, 0.5, 1, 1.5, 2, 3, 7, 16, 64, 1000], rng);
  const bandwidth = (): Bandwidth =>
    split
      ? { kind: "split", readWords: wordsPerCycle(), writeWords: wordsPerCycle() }
      : { kind: "shared", words: wordsPerCycle() };
  return {
    peDim: leastPeDim + integer(rng, 0, 13),
    scratchpadWords: 2 ** 23,
    scratchpadRows: integer(rng, 1, 10_000),
    accumulatorWords: 2 ** 23,
    accumulatorRows: integer(rng, 1, 10_000),
    scratchpadBandwidth: bandwidth(),
    accumulatorBandwidth: bandwidth(),
    dramBandwidthWords: wordsPerCycle(),
    registerWords: 2 ** 23,
    ...overrides,
  };
}

function noFactors(): Factors {
  const ones = () => ({ N: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1 });
  return { dram: ones(), scratchpad: ones(), accumulator: ones(), register: ones() };
}

function toLoops(factors: Factors, orders: Orders, keep: (bound: number) => boolean): Mapping["loops"] {
  const at = (level: Level): readonly Loop[] =>
    orders[level].map((dim) => ({ dim, bound: factors[level][dim] })).filter(({ bound }) => keep(bound));
  return {
    dram: at("dram"),
    scratchpad: at("scratchpad"),
    accumulator: at("accumulator"),
    register: at("register"),
  };
}

/** An integer from `least` to `most`, both included. */
export function integer(rng: Rng, least: number, most: number): number {
  return least + Math.floor(rng() * (most - least + 1));
}

export function pick<T>(choices: readonly T[], rng: Rng): T {
  return choices[Math.floor(rng() * choices.length)] as T;
}

function weighted<T>(choices: readonly T[], weights: readonly number[], rng: Rng): T {
  let left = rng() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, choice] of choices.entries()) {
    left -= weights[i] as number;
    if (left < 0) return choice;
  }
  return choices.at(-1) as T;
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
