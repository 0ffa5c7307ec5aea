import type { IntegerLayer, IntegerNetwork } from "../kernels/network.ts";
import { LANE_WEIGHT_SUM, laneOf } from "../kernels/network.ts";
import { ACTIVATION_MAX, ACTIVATION_SHIFT } from "../kernels/network-layout.ts";
import type { DenseNetwork } from "../kernels/training.ts";

/** How inputs become activations: activation = round(clamp(input x scale + offset, 0, 127)). */
export interface InputGrid {
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
}

/** Largest weight in size. */
const WEIGHT_MAX = 127;

/** Units of a net of the ensemble are padded to whole tiles; the ensemble has as many nets as a tile has units. */
export const NETS = 4;

/**
 * An ensemble of nets with two hidden layers each as one integer network: the first layer side by side, the second in groups,
 * the last one with a unit for each net.
 *
 * Every unit has a scale of its own, as large as three limits allow: weights of 7 bits and a sign, weights behind a lane of the
 * relaxed form (`LANE_WEIGHT_SUM`), and the largest value of the unit over `calibration` within 7 bits. ReLU lets the scale pass
 * through to the weights of the next layer. Measured loss: docs/starlight.md.
 *
 * @param inputScales what one step of each activation of the inputs is worth to the nets, whose inputs are activation x scale
 * @param calibration activations of the inputs, row after row
 */
export function quantiseEnsemble(
  nets: readonly DenseNetwork[],
  inputScales: Float64Array,
  calibration: Float32Array,
): IntegerNetwork {
  const [inputs, first, second] = (nets[0] as DenseNetwork).widths as readonly [number, number, number];
  const layers = nets.map((net) => split(net));
  const rows = calibration.length / inputs;

  const firstLayer = emptyLayer(1, inputs, first * NETS);
  const secondLayer = emptyLayer(NETS, first, second);
  const lastLayer = emptyLayer(1, second * NETS, NETS);
  const scales = new Float32Array(NETS);
  for (const [net, [a, b, c]] of layers.entries()) {
    const real = (row: number): Float64Array =>
      Float64Array.from(inputScales, (scale, i) => scale * (calibration[row * inputs + i] as number));
    const most1 = new Float64Array(first);
    const most2 = new Float64Array(second);
    for (let row = 0; row < rows; row++) {
      const hidden1 = relu(apply(a, real(row)), most1);
      relu(apply(b, hidden1), most2);
    }
    const unitScales1 = quantiseHidden(firstLayer, net, a, inputScales, most1);
    const unitScales2 = quantiseHidden(secondLayer, net, b, unitScales1, most2);
    scales[net] = quantiseLast(
      lastLayer,
      net,
      net * second,
      scaled(c, 0, unitScales2),
      c.biases[0] as number,
    );
  }
  return { hidden: [firstLayer, secondLayer], last: lastLayer, scales };
}

interface Layer {
  readonly inputs: number;
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** The layers of a network. */
export function split({ widths, parameters }: DenseNetwork): readonly [Layer, Layer, Layer] {
  let at = 0;
  const layers = widths.slice(1).map((units, i): Layer => {
    const inputs = widths[i] as number;
    const weights = parameters.subarray(at, at + units * inputs);
    const biases = parameters.subarray(at + units * inputs, at + units * (inputs + 1));
    at += units * (inputs + 1);
    return { inputs, units, weights, biases };
  });
  if (layers.length !== 3) throw new RangeError(`a net has two hidden layers, not ${layers.length - 1}`);
  return layers as unknown as readonly [Layer, Layer, Layer];
}

function emptyLayer(groups: number, inputs: number, units: number): IntegerLayer {
  const weights = new Int8Array(groups * inputs * units);
  return { groups, inputs, units, weights, biases: new Int32Array(groups * units) };
}

function apply({ inputs, units, weights, biases }: Layer, x: Float64Array): Float64Array {
  return Float64Array.from({ length: units }, (_, unit) => {
    let sum = biases[unit] as number;
    for (let i = 0; i < inputs; i++) sum += (weights[unit * inputs + i] as number) * (x[i] as number);
    return sum;
  });
}

/** Clamps to 0, and remembers the largest value of each unit. */
function relu(values: Float64Array, most: Float64Array): Float64Array {
  return values.map((value, unit) => {
    most[unit] = Math.max(most[unit] as number, value);
    return Math.max(0, value);
  });
}

/** Weights of a unit on activations instead of values. */
function scaled({ inputs, weights }: Layer, unit: number, scales: Float64Array): Float64Array {
  return Float64Array.from(scales, (scale, i) => (weights[unit * inputs + i] as number) * scale);
}

/**
 * Writes a hidden layer of one net.
 *
 * @param inputScales what one step of each activation before it is worth
 * @param most the largest value of each unit
 * @returns what one step of each unit's activation is worth
 */
function quantiseHidden(
  to: IntegerLayer,
  net: number,
  layer: Layer,
  inputScales: Float64Array,
  most: Float64Array,
): Float64Array {
  const half = 2 ** (ACTIVATION_SHIFT - 1);
  return Float64Array.from({ length: layer.units }, (_, unit) => {
    const row = net * layer.units + unit;
    const limit = (ACTIVATION_MAX * 2 ** ACTIVATION_SHIFT) / Math.max(most[unit] as number, 1e-9);
    const scale = writeRow(to, row, 0, scaled(layer, unit, inputScales), limit);
    to.biases[row] = bounded(Math.round((layer.biases[unit] as number) * scale) + half);
    return 2 ** ACTIVATION_SHIFT / scale;
  });
}

/** Writes the weights of a unit of the last layer; returns what one step of its sum is worth. */
function quantiseLast(
  layer: IntegerLayer,
  row: number,
  first: number,
  weights: Float64Array,
  bias: number,
): number {
  const scale = writeRow(layer, row, first, weights, 2 ** 24);
  layer.biases[row] = bounded(Math.round(bias * scale));
  return 1 / scale;
}

/** Rounds weights x scale, the scale being the largest within the limits; returns the scale. */
function writeRow(
  layer: IntegerLayer,
  row: number,
  first: number,
  weights: Float64Array,
  limit: number,
): number {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-12);
  const sums = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    const lane = laneOf(first + i);
    sums[lane] = (sums[lane] as number) + Math.abs(weights[i] as number);
  }
  let scale = Math.min(limit, WEIGHT_MAX / largest, LANE_WEIGHT_SUM / Math.max(1e-12, ...sums));
  const target = layer.weights.subarray(
    row * layer.inputs + first,
    row * layer.inputs + first + weights.length,
  );
  for (;;) {
    for (let i = 0; i < weights.length; i++) target[i] = Math.round((weights[i] as number) * scale);
    const rounded = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      const lane = laneOf(first + i);
      rounded[lane] = (rounded[lane] as number) + Math.abs(target[i] as number);
    }
    // Rounding may have gone over the limit.
    if (Math.max(...rounded) <= LANE_WEIGHT_SUM) return scale;
    scale *= 0.995;
  }
}

/** Biases stay where sums cannot leave 32 bits. */
function bounded(bias: number): number {
  return Math.max(-(2 ** 30), Math.min(2 ** 30, bias));
}
