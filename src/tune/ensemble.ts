import type { IntegerNetwork } from "../kernels/network.ts";
import { ACTIVATION_MAX } from "../kernels/network-layout.ts";
import { INPUT_COUNT } from "../kernels/starlight-layout.ts";
import type { DenseNetwork } from "../kernels/training.ts";
import { createRng } from "../rng.ts";
import { predictRows, type RowShare, type TrainingRecipe, trainNetwork } from "./network-training.ts";
import { type InputGrid, NETS, quantiseEnsemble } from "./quantise.ts";

/** Rows that an ensemble learns from: inputs of the network, and what is to come out. */
export interface EnsembleRows {
  /** INPUT_COUNT values a row. */
  readonly inputs: Float32Array;
  /** ln of the factor on the closed form. */
  readonly targets: Float32Array;
  readonly weights: Float32Array;
}

/** Several nets of the same inputs, trained from different beginnings. */
export interface Ensemble {
  readonly grid: InputGrid;
  /** What the nets see of an activation of input i: activation x step[i] + centre[i]. */
  readonly steps: Float64Array;
  readonly centres: Float64Array;
  readonly nets: readonly DenseNetwork[];
}

/** Part of the rows beyond each end of an input's grid. */
const TAIL = 0.002;
/** Rows that the largest activation of each hidden unit is taken from. */
const CALIBRATION_ROWS = 4000;

/**
 * A grid of 128 steps over the range of each input, and the scale on which the nets see it: centred, with deviation 1. Inputs
 * that never change are left out.
 */
function inputGrid(inputs: Float32Array): Omit<Ensemble, "nets"> {
  const rows = inputs.length / INPUT_COUNT;
  const scales = new Float32Array(INPUT_COUNT);
  const offsets = new Float32Array(INPUT_COUNT);
  const steps = new Float64Array(INPUT_COUNT);
  const centres = new Float64Array(INPUT_COUNT);
  for (let input = 0; input < INPUT_COUNT; input++) {
    const values = Float64Array.from(
      { length: rows },
      (_, row) => inputs[row * INPUT_COUNT + input] as number,
    );
    values.sort();
    const low = values[Math.floor(TAIL * (rows - 1))] as number;
    const high = values[Math.ceil((1 - TAIL) * (rows - 1))] as number;
    if (!(high - low > 1e-3)) continue;
    const clipped = values.map((value) => Math.max(low, Math.min(high, value)));
    const mean = clipped.reduce((sum, value) => sum + value, 0) / rows;
    const variance = clipped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
    const deviation = Math.max(1e-3, Math.sqrt(variance));
    scales[input] = ACTIVATION_MAX / (high - low);
    offsets[input] = (-low * ACTIVATION_MAX) / (high - low);
    steps[input] = (high - low) / ACTIVATION_MAX / deviation;
    centres[input] = (low - mean) / deviation;
  }
  return { grid: { scales, offsets }, steps, centres };
}

/** Activations of the inputs, as the kernel rounds them. */
export function toActivations({ scales, offsets }: InputGrid, inputs: Float32Array): Float32Array {
  return inputs.map((value, i) => {
    const input = i % INPUT_COUNT;
    const scaled = Math.fround(Math.fround(value * (scales[input] as number)) + (offsets[input] as number));
    return Math.fround(Math.max(0, Math.min(ACTIVATION_MAX, scaled)) + 2 ** 23) - 2 ** 23;
  });
}

/** What the nets see of activations. */
function toNetInputs({ steps, centres }: Omit<Ensemble, "nets">, activations: Float32Array): Float32Array {
  return activations.map(
    (value, i) => value * (steps[i % INPUT_COUNT] as number) + (centres[i % INPUT_COUNT] as number),
  );
}

/**
 * Trains an ensemble.
 *
 * @param seed of the nets; net i has the stream (seed, i)
 * @param shares which rows to draw how often
 * @param from an ensemble to go on from; its grid is kept
 */
export function trainEnsemble(
  module: WebAssembly.Module,
  rows: EnsembleRows,
  recipe: TrainingRecipe,
  seed: number,
  shares?: readonly RowShare[],
  from?: Ensemble,
): Ensemble {
  const grid = from ?? inputGrid(rows.inputs);
  const inputs = toNetInputs(grid, toActivations(grid.grid, rows.inputs));
  const nets = Array.from({ length: NETS }, (_, i) =>
    trainNetwork(
      module,
      { width: INPUT_COUNT, inputs, targets: rows.targets, weights: rows.weights },
      recipe,
      createRng(seed, i),
      shares,
      from?.nets[i],
    ),
  );
  return { grid: grid.grid, steps: grid.steps, centres: grid.centres, nets };
}

/** Mean and standard deviation of the nets' outputs for each row, in floating point. */
export function predictEnsemble(
  module: WebAssembly.Module,
  ensemble: Ensemble,
  inputs: Float32Array,
): { readonly mean: Float64Array; readonly spread: Float64Array } {
  const seen = toNetInputs(ensemble, toActivations(ensemble.grid, inputs));
  const outputs = ensemble.nets.map((net) => predictRows(module, net, INPUT_COUNT, seen));
  const rows = inputs.length / INPUT_COUNT;
  const mean = Float64Array.from({ length: rows }, (_, row) =>
    outputs.reduce((sum, output) => sum + (output[row] as number) / outputs.length, 0),
  );
  const spread = mean.map((centre, row) =>
    Math.sqrt(
      outputs.reduce((sum, output) => sum + ((output[row] as number) - centre) ** 2 / outputs.length, 0),
    ),
  );
  return { mean, spread };
}

/** The ensemble in integers. */
export function toIntegers(ensemble: Ensemble, inputs: Float32Array): IntegerNetwork {
  // The centre of an input is a constant: it goes into the biases of the first layer.
  const nets = ensemble.nets.map(({ widths, parameters }) => {
    const moved = parameters.slice();
    const [ins = 0, units = 0] = widths;
    for (let unit = 0; unit < units; unit++) {
      let bias = moved[units * ins + unit] as number;
      for (let i = 0; i < ins; i++)
        bias += (moved[unit * ins + i] as number) * (ensemble.centres[i] as number);
      moved[units * ins + unit] = bias;
    }
    return { widths, parameters: moved };
  });
  const rows = inputs.length / INPUT_COUNT;
  const every = Math.max(1, Math.floor(rows / CALIBRATION_ROWS));
  const some = Array.from({ length: Math.ceil(rows / every) }, (_, i) =>
    inputs.subarray(i * every * INPUT_COUNT, (i * every + 1) * INPUT_COUNT),
  );
  const sample = new Float32Array(some.length * INPUT_COUNT);
  for (const [i, row] of some.entries()) sample.set(row, i * INPUT_COUNT);
  return quantiseEnsemble(nets, ensemble.steps, toActivations(ensemble.grid, sample));
}
