import type { KernelExports } from "./kernels.ts";
import * as at from "./network-layout.ts";
import * as starlight from "./starlight-layout.ts";

/** How a binary multiplies; see `network-layout.ts`. Both give the same numbers. */
export type NetworkForm = "baseline" | "relaxed";

/**
 * A layer of whole numbers: unit = bias + sum of weight x activation, activations from 0 to 127. A hidden unit is then shifted
 * right by ACTIVATION_SHIFT and clamped to 0 ... 127; a unit of the last layer is multiplied by its scale.
 */
export interface IntegerLayer {
  /** Groups that the layer falls into: group g of the units sees group g of the activations alone. */
  readonly groups: number;
  /** Activations and units of one group, multiples of four. */
  readonly inputs: number;
  readonly units: number;
  /** By group, unit, input. */
  readonly weights: Int8Array;
  /** By group, unit. */
  readonly biases: Int32Array;
}

/** Hidden layers, then the last one with a scale for each of its units. */
export interface IntegerNetwork {
  readonly hidden: readonly IntegerLayer[];
  readonly last: IntegerLayer;
  readonly scales: Float32Array;
}

/** The form that a binary multiplies in. */
export function networkForm({ STEP_INPUTS }: KernelExports): NetworkForm {
  return STEP_INPUTS.value === 4 ? "relaxed" : "baseline";
}

/** Largest sum of sizes of the weights that one 16-bit lane of the relaxed form adds up: 127 x 516 < 2^16. */
export const LANE_WEIGHT_SUM = 516;

/** The lane that the relaxed form adds an input to: two of every four neighbours share one. */
export function laneOf(input: number): 0 | 1 {
  return input % 4 < 2 ? 0 : 1;
}

/** Bytes that a layer takes in a form. */
export function layerBytes({ groups, inputs, units }: IntegerLayer, form: NetworkForm): number {
  const steps = inputs / stepInputs(form);
  return at.LAYER_HEADER + ((groups * units) / at.TILE_UNITS) * (at.TILE_WEIGHTS + steps * at.WEIGHT_STEP);
}

/** Bytes that the activations of `panels` panels take: two for each in the baseline form, one in the relaxed. */
export function activationBytes(count: number, panels: number, form: NetworkForm): number {
  return (panels * count * at.PANEL_STEP) / stepInputs(form);
}

/**
 * Writes a layer where `hiddenLayer` or `lastLayer` of a binary of that form will read it.
 *
 * @param scales of the units of a last layer
 * @throws RangeError if units or inputs are no multiples of four, or a sum could overflow
 */
export function writeLayer(
  memory: WebAssembly.Memory,
  address: number,
  layer: IntegerLayer,
  form: NetworkForm,
  scales?: Float32Array,
): void {
  const { groups, inputs, units, weights, biases } = layer;
  if (inputs % 4 !== 0 || units % at.TILE_UNITS !== 0) {
    throw new RangeError(`a layer has multiples of four inputs and units, not ${inputs} and ${units}`);
  }
  const view = new DataView(memory.buffer, address, layerBytes(layer, form));
  const width = stepInputs(form);
  const steps = inputs / width;
  view.setInt32(at.LAYER_GROUPS, groups, true);
  view.setInt32(at.LAYER_TILES, units / at.TILE_UNITS, true);
  view.setInt32(at.LAYER_STEPS, steps, true);
  const tileBytes = at.TILE_WEIGHTS + steps * at.WEIGHT_STEP;
  for (let row = 0; row < groups * units; row++) {
    const tile = at.LAYER_HEADER + Math.floor(row / at.TILE_UNITS) * tileBytes;
    const unit = (row % at.TILE_UNITS) * 4;
    const of = (input: number): number => weights[row * inputs + input] as number;
    const bias = scales ? (biases[row] as number) : hiddenBias(biases[row] as number, of, inputs);
    if (form === "baseline") {
      view.setInt32(tile + at.TILE_START + unit, bias, true);
    } else {
      const [even, odd] = laneCentres(of, inputs);
      view.setInt16(tile + at.TILE_START + unit, -even, true);
      view.setInt16(tile + at.TILE_START + unit + 2, -odd, true);
      view.setInt32(
        tile + at.TILE_BIAS + unit,
        (bias + even + odd) * (scales ? 1 : 2 ** at.PAIR_SHIFT),
        true,
      );
    }
    view.setFloat32(tile + at.TILE_SCALE + unit, scales?.[row] ?? 0, true);
    for (let input = 0; input < inputs; input++) {
      const step = tile + at.TILE_WEIGHTS + Math.floor(input / width) * at.WEIGHT_STEP + unit;
      if (form === "baseline") view.setInt16(step + (input % width) * 2, of(input), true);
      else view.setInt8(step + (input % width), of(input));
    }
  }
}

/** Bytes of a whole network with up to three layers. */
export function networkBytes({ hidden, last }: IntegerNetwork, form: NetworkForm): number {
  const layers = [...hidden, last].map((layer) => Math.ceil(layerBytes(layer, form) / 16) * 16);
  return starlight.NETWORK_HEADER + layers.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Writes a network of two hidden layers where Starlight's kernel will read it.
 *
 * @param inputs the grid of the inputs: activation = log2(input) x scale + offset
 */
export function writeNetwork(
  memory: WebAssembly.Memory,
  address: number,
  network: IntegerNetwork,
  inputs: { readonly scales: Float32Array; readonly offsets: Float32Array },
  form: NetworkForm,
): void {
  const { hidden, last, scales } = network;
  const header = new DataView(memory.buffer, address, starlight.NETWORK_HEADER);
  header.setInt32(starlight.NETWORK_INPUTS, inputs.scales.length, true);
  header.setInt32(starlight.NETWORK_NETS, scales.length, true);
  inputs.scales.forEach((scale, i) => {
    header.setFloat32(starlight.NETWORK_SCALES + 4 * i, scale, true);
  });
  inputs.offsets.forEach((offset, i) => {
    header.setFloat32(starlight.NETWORK_OFFSETS + 4 * i, offset, true);
  });
  let at = address + starlight.NETWORK_HEADER;
  const [first, second] = hidden;
  if (!first || !second || hidden.length !== 2) throw new RangeError("a network has two hidden layers");
  const fields = [starlight.NETWORK_LAYER_1, starlight.NETWORK_LAYER_2, starlight.NETWORK_LAYER_3];
  for (const [i, layer] of [first, second, last].entries()) {
    writeLayer(memory, at, layer, form, i === 2 ? scales : undefined);
    header.setInt32(fields[i] as number, at, true);
    at += Math.ceil(layerBytes(layer, form) / 16) * 16;
  }
}

/** Where a byte or pair of a unit's activation lies among those of a panel's candidates. */
export function activationAddress(unit: number, units: number, candidate: number, form: NetworkForm): number {
  const width = stepInputs(form);
  const panel = Math.floor(candidate / at.PANEL) * (units / width) * at.PANEL_STEP;
  const step = Math.floor(unit / width) * at.PANEL_STEP;
  return panel + step + (candidate % at.PANEL) * 4 + (unit % width) * (4 / width);
}

/** Inputs of one step: pairs of 16 bits, or quads of bytes. */
function stepInputs(form: NetworkForm): number {
  return form === "baseline" ? 2 : 4;
}

/** A bias that holds the unit where it would be, in a sum that is below 2^21 in size. */
function hiddenBias(bias: number, weight: (input: number) => number, inputs: number): number {
  let size = 0;
  for (let input = 0; input < inputs; input++) size += Math.abs(weight(input));
  const limit =
    Math.floor((at.BIAS_MAX - (at.ACTIVATION_MAX << at.ACTIVATION_SHIFT)) / at.ACTIVATION_MAX) - 1;
  if (size > limit)
    throw new RangeError(`weights of a hidden unit add up to ${size} in size, ${limit} at most`);
  return Math.max(-at.BIAS_MAX, Math.min(at.BIAS_MAX, bias));
}

/** The middles of what the two lanes of a unit can add up to. */
function laneCentres(weight: (input: number) => number, inputs: number): readonly [number, number] {
  const positive: [number, number] = [0, 0];
  const negative: [number, number] = [0, 0];
  for (let input = 0; input < inputs; input++) {
    const value = weight(input);
    if (value > 0) positive[laneOf(input)] += value;
    else negative[laneOf(input)] -= value;
  }
  const centre = (lane: 0 | 1): number => {
    const sum = positive[lane] + negative[lane];
    if (sum > LANE_WEIGHT_SUM) {
      throw new RangeError(`weights of one lane add up to ${sum} in size, ${LANE_WEIGHT_SUM} at most`);
    }
    return Math.trunc((at.ACTIVATION_MAX * (positive[lane] - negative[lane])) / 2);
  };
  return [centre(0), centre(1)];
}
