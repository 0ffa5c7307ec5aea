import type { RunLayer } from "../kernels/physics.ts";
import { INPUT_COUNT } from "../kernels/starlight-layout.ts";
import type { RawMapping } from "../space/raw-mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { type Ensemble, type EnsembleRows, trainEnsemble } from "./ensemble.ts";
import type { MappingGroup } from "./mapping-set.ts";
import type { NetworkInputs } from "./network-inputs.ts";
import type { TrainingRecipe } from "./network-training.ts";
import type { Teacher } from "./teachers.ts";

/** The two kinds of layer, each with calibrated cycles and a network of its own. */
export const KINDS = ["convolution", "matmul"] as const;
export type Kind = (typeof KINDS)[number];

/** Rows with a closed form, and the cycles that should come out. */
export interface LabelledRows extends EnsembleRows {
  readonly base: Float32Array;
  readonly bound: Float32Array;
  readonly cycles: Float64Array;
  /** By row: chosen by a search. */
  readonly searched: readonly boolean[];
}

/** One mapping with its cycles, measured or simulated. */
export interface LabelledMapping {
  readonly layer: RunLayer;
  readonly peDim: number;
  readonly mapping: RawMapping;
  readonly cycles: number;
  readonly searched: boolean;
  /** Measured with nothing of the layer in the caches. */
  readonly cold: boolean;
}

/** The two kinds apart. */
export function byKind<T>(items: readonly T[], isMatmul: (item: T) => boolean): Record<Kind, T[]> {
  const kinds: Record<Kind, T[]> = { convolution: [], matmul: [] };
  for (const item of items) kinds[isMatmul(item) ? "matmul" : "convolution"].push(item);
  return kinds;
}

/** Something of each kind. */
export function forKinds<T>(of: (kind: Kind) => T): Record<Kind, T> {
  return { convolution: of("convolution"), matmul: of("matmul") };
}

/** Mappings with the cycles that the event model gives. */
export function labelMappings(
  groups: readonly MappingGroup[],
  runLayer: (shape: LayerShape) => RunLayer,
  teacher: Teacher,
): readonly LabelledMapping[] {
  return groups.flatMap(({ shape, peDim, mappings, searched }) => {
    const layer = runLayer(shape);
    const cycles = teacher(shape, peDim, mappings);
    return mappings.map((mapping, i) => ({
      layer,
      peDim,
      mapping,
      cycles: cycles[i] as number,
      searched,
      cold: false,
    }));
  });
}

/** Inputs and targets of mappings of one kind. */
export function toRows(
  described: NetworkInputs,
  coefficients: Float64Array,
  mappings: readonly LabelledMapping[],
): LabelledRows {
  const count = mappings.length;
  const rows = {
    inputs: new Float32Array(count * INPUT_COUNT),
    targets: new Float32Array(count),
    weights: new Float32Array(count).fill(1),
    base: new Float32Array(count),
    bound: new Float32Array(count),
    cycles: Float64Array.from(mappings, ({ cycles }) => cycles),
    searched: mappings.map(({ searched }) => searched),
  };
  for (let first = 0; first < count; ) {
    const { layer, peDim, cold } = mappings[first] as LabelledMapping;
    let end = first + 1;
    const alike = (other: LabelledMapping | undefined): boolean =>
      other?.layer === layer && other.peDim === peDim && other.cold === cold;
    while (end < count && alike(mappings[end])) end++;
    const group = mappings.slice(first, end).map(({ mapping }) => mapping);
    const { inputs, base, bound } = described.describe(layer, peDim, coefficients, group, cold);
    rows.inputs.set(inputs, first * INPUT_COUNT);
    rows.base.set(base, first);
    rows.bound.set(bound, first);
    for (let i = first; i < end; i++) {
      rows.targets[i] = Math.log((rows.cycles[i] as number) / (rows.base[i] as number));
    }
    first = end;
  }
  return rows;
}

/** How the ensemble learns what the event model adds to the closed form. */
export const DISTILLATION: TrainingRecipe = {
  hidden: [16, 16],
  steps: 6000,
  batch: 256,
  rate: 5e-3,
  warmUp: 0.1,
  weightDecay: 0.01,
  noise: 0.02,
  huberDelta: 0.02,
  mostGradient: 5,
};

/** How it then learns what measurements add to the event model: half of every batch are measurements. */
export const FINE_TUNING: TrainingRecipe = {
  ...DISTILLATION,
  steps: 1500,
  rate: 1e-3,
  noise: 0.1,
  weightDecay: 0.3,
  huberDelta: 0.1,
};
export const MEASURED_SHARE = 0.5;
/** Share of searched mappings in the batches of a distillation, since a model is used where a search goes. */
const SEARCHED_SHARE = 0.5;

/** Distils the event model into an ensemble; rows must be sorted so that searched ones come first (`searchedFirst`). */
export function distil(
  training: WebAssembly.Module,
  rows: LabelledRows,
  seed: number,
  recipe: TrainingRecipe = DISTILLATION,
  from?: Ensemble,
): Ensemble {
  return trainEnsemble(training, rows, recipe, seed, simulatedShares(rows), from);
}

/**
 * Goes on with measurements, without forgetting the simulator: the rest of every batch are simulated rows, which also keep the
 * correction small where nothing was measured.
 *
 * @param share of the measurements in a batch
 */
export function fineTune(
  training: WebAssembly.Module,
  ensemble: Ensemble,
  simulated: LabelledRows,
  measured: LabelledRows,
  seed: number,
  recipe: TrainingRecipe = FINE_TUNING,
  share = MEASURED_SHARE,
): Ensemble {
  const count = measured.targets.length;
  if (count === 0) return ensemble;
  const known = simulated.targets.length;
  const rows = {
    inputs: concatenate(simulated.inputs, measured.inputs),
    targets: concatenate(simulated.targets, measured.targets),
    weights: concatenate(simulated.weights, measured.weights),
  };
  const shares = [
    ...simulatedShares(simulated).map((part) => ({ ...part, share: part.share * (1 - share) })),
    { first: known, count, share },
  ];
  return trainEnsemble(training, rows, recipe, seed, shares, ensemble);
}

/** Mappings with the searched ones first. */
export function searchedFirst(mappings: readonly LabelledMapping[]): readonly LabelledMapping[] {
  return [...mappings.filter(({ searched }) => searched), ...mappings.filter(({ searched }) => !searched)];
}

function simulatedShares({ searched }: LabelledRows): { first: number; count: number; share: number }[] {
  const chosen = searched.filter((one) => one).length;
  return [
    { first: 0, count: chosen, share: SEARCHED_SHARE },
    { first: chosen, count: searched.length - chosen, share: 1 - SEARCHED_SHARE },
  ].filter(({ count }) => count > 0);
}

function concatenate(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
