import { STEPS } from "../workload/layer.ts";
import type { MeasuredRow } from "./dataset.ts";
import { createMersenneTwister, permutation } from "./mersenne-twister.ts";

/** Rows to learn from and rows to be judged on, as indices into the same list. */
export interface Split {
  /** What is held out, in words. */
  readonly name: string;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Splits whose test sets are disjoint and hold every row once. */
export interface CrossValidation {
  /** Rows are dealt out one by one. */
  readonly random: readonly Split[];
  /** All rows of a layer go to one fold, so that a model is judged on layers it has never seen. */
  readonly layers: readonly Split[];
}

/**
 * Random and layer-held-out cross-validation. Seed 0 over the clean rows of DOSA's FireSim training file gives the folds of the
 * published study of that file (numpy's `RandomState(0)`: a permutation of the rows, then one of the layers in the order of
 * their shapes, each dealt out in turns).
 */
export function crossValidation(rows: readonly MeasuredRow[], seed: number, folds = 5): CrossValidation {
  const next = createMersenneTwister(seed);
  const ofRow = permutation(rows.length, next).map((place) => place % folds);
  const layers = sortedLayers(rows);
  const order = permutation(layers.length, next);
  const ofLayer = new Map<string, number>();
  for (const [turn, layer] of order.entries()) ofLayer.set(layers[layer] as string, turn % folds);
  const named = (what: string, foldOf: (index: number) => number): readonly Split[] =>
    Array.from({ length: folds }, (_, fold) =>
      split(rows.length, `${what} ${fold + 1} of ${folds}`, (index) => foldOf(index) === fold),
    );
  return {
    random: named("random fold", (index) => ofRow[index] as number),
    layers: named("layer fold", (index) => ofLayer.get((rows[index] as MeasuredRow).layer) as number),
  };
}

/** One split for each network: its rows are held out, all others are learnt from. Rows of no known network are never held out. */
export function networkSplits(rows: readonly MeasuredRow[]): readonly Split[] {
  const networks = [...new Set(rows.map(({ network }) => network))]
    .filter((name) => name !== undefined)
    .sort();
  return networks.map((network) => split(rows.length, network, (index) => rows[index]?.network === network));
}

function split(count: number, name: string, isTest: (index: number) => boolean): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let index = 0; index < count; index++) (isTest(index) ? test : train).push(index);
  return { name, train, test };
}

/** Layer keys in the order of their shapes: R, S, P, Q, C, K, N, strides, dilations. */
function sortedLayers(rows: readonly MeasuredRow[]): readonly string[] {
  const shapes = new Map(rows.map(({ layer, shape }) => [layer, shape]));
  const keys = ["R", "S", "P", "Q", "C", "K", "N", ...STEPS] as const;
  return [...shapes]
    .sort(([, a], [, b]) => {
      const differing = keys.find((key) => a[key] !== b[key]);
      return differing === undefined ? 0 : a[differing] - b[differing];
    })
    .map(([layer]) => layer);
}
