import { InputError, quote } from "../errors.ts";
import type { Coefficients } from "../event/coefficients.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import { requireProfile, unseal } from "../fidelity/model-file.ts";
import { type IntegerLayer, type IntegerNetwork, LANE_WEIGHT_SUM, laneOf } from "../kernels/network.ts";
import type { Spread } from "../kernels/physics.ts";
import { INPUT_COUNT } from "../kernels/starlight-layout.ts";
import { asRecord } from "../workload/workload.ts";
import { rulesOf } from "./profiles.ts";

/** What Starlight knows of one kind of layer. */
export interface KindModel {
  /** What the closed form knows, a record of the profile's (`ProfileRules`). */
  readonly coefficients: Float64Array;
  readonly network: IntegerNetwork;
  /** How inputs become activations: round(clamp(input x scale + offset, 0, 127)). */
  readonly grid: { readonly scales: Float32Array; readonly offsets: Float32Array };
  readonly spread: Spread;
}

/** Starlight for one profile. */
export interface StarlightModel {
  readonly profile: Profile;
  /** The same for both kinds of layer, by name: calibrated cycles of Gemmini, the machine around the array of our own RTL. */
  readonly coefficients: Coefficients;
  readonly convolution: KindModel;
  readonly matmul: KindModel;
}

/** A layer in a file. */
interface LayerDocument {
  readonly groups: number;
  readonly inputs: number;
  readonly units: number;
  /** Bytes by group, unit, input; base 64. */
  readonly weights: string;
  readonly biases: readonly number[];
}

interface KindDocument {
  readonly grid: { readonly scales: readonly number[]; readonly offsets: readonly number[] };
  readonly layers: readonly LayerDocument[];
  /** What a step of each net's sum is worth, ln of the factor. */
  readonly outputScales: readonly number[];
  readonly spread: Spread;
}

/** The numbers of a model file of kind `starlight`. */
export interface StarlightDocument {
  /** When it was trained, ISO 8601. */
  readonly date: string;
  readonly coefficients: Coefficients;
  readonly convolution: KindDocument;
  readonly matmul: KindDocument;
}

/** A model as plain data. */
export function toDocument(model: StarlightModel, date: string): StarlightDocument {
  const kind = ({ network, grid, spread }: KindModel): KindDocument => ({
    grid: { scales: [...grid.scales], offsets: [...grid.offsets] },
    layers: [...network.hidden, network.last].map(({ groups, inputs, units, weights, biases }) => ({
      groups,
      inputs,
      units,
      weights: btoa(
        String.fromCharCode(...new Uint8Array(weights.buffer, weights.byteOffset, weights.length)),
      ),
      biases: [...biases],
    })),
    outputScales: [...network.scales],
    spread,
  });
  return {
    date,
    coefficients: model.coefficients,
    convolution: kind(model.convolution),
    matmul: kind(model.matmul),
  };
}

/**
 * Starlight from a parsed model file.
 *
 * @param profile the RTL that is asked about
 * @throws InputError for a file that is damaged, of another kind, or of another RTL
 */
export function parseStarlightModel(document: unknown, where: string, profile: Profile): StarlightModel {
  const file = unseal(document, where, "starlight");
  requireProfile(file, profile, where);
  const model = asRecord(file.model, `${where}: model`, "the numbers of a Starlight model");
  const rules = rulesOf(file.profile);
  const coefficients = rules.parseCoefficients(model["coefficients"], `${where}: model.coefficients`);
  const [convolution, matmul] = rules.kindCoefficients(coefficients);
  return {
    profile: file.profile,
    coefficients,
    convolution: readKind(model["convolution"], convolution, `${where}: model.convolution`),
    matmul: readKind(model["matmul"], matmul, `${where}: model.matmul`),
  };
}

function readKind(value: unknown, coefficients: Float64Array, where: string): KindModel {
  const fields = asRecord(value, where, "grid, layers, outputScales, spread");
  const grid = asRecord(fields["grid"], `${where}.grid`, "scales and offsets");
  const spread = asRecord(fields["spread"], `${where}.spread`, "floor, array, scale, load, store");
  const width = (key: keyof Spread): number =>
    numbers([spread[key] ?? 0], `${where}.spread.${key}`, 1)[0] as number;
  const layers = fields["layers"];
  if (!Array.isArray(layers) || layers.length !== 3) {
    throw new InputError({ where: `${where}.layers`, expected: "three layers", found: quote(layers) });
  }
  const [first, second, last] = layers.map((layer, i) => readLayer(layer, `${where}.layers[${i}]`)) as [
    IntegerLayer,
    IntegerLayer,
    IntegerLayer,
  ];
  const scales = numbers(fields["outputScales"], `${where}.outputScales`, last.units);
  const outputs = (layer: IntegerLayer): number => layer.groups * layer.units;
  const inputs = (layer: IntegerLayer): number => layer.groups * layer.inputs;
  if (
    inputs(first) !== INPUT_COUNT ||
    inputs(second) !== outputs(first) ||
    inputs(last) !== outputs(second) ||
    last.groups !== 1 ||
    last.units !== 4 ||
    Math.max(outputs(first), outputs(second)) > 64
  ) {
    throw new InputError({
      where: `${where}.layers`,
      expected: `${INPUT_COUNT} inputs, two hidden layers of at most 64 units, and 4 outputs`,
      found: [inputs(first), outputs(first), outputs(second), outputs(last)].join(", "),
    });
  }
  return {
    coefficients,
    network: { hidden: [first, second], last, scales: Float32Array.from(scales) },
    grid: {
      scales: Float32Array.from(numbers(grid["scales"], `${where}.grid.scales`, INPUT_COUNT)),
      offsets: Float32Array.from(numbers(grid["offsets"], `${where}.grid.offsets`, INPUT_COUNT)),
    },
    spread: {
      floor: width("floor"),
      array: width("array"),
      scale: width("scale"),
      load: width("load"),
      store: width("store"),
    },
  };
}

function readLayer(value: unknown, where: string): IntegerLayer {
  const fields = asRecord(value, where, "groups, inputs, units, weights, biases");
  const count = (key: "groups" | "inputs" | "units"): number => {
    const found = fields[key];
    if (typeof found === "number" && Number.isInteger(found) && found >= 1 && found <= 256) return found;
    throw new InputError({
      where: `${where}.${key}`,
      expected: "an integer from 1 to 256",
      found: quote(found),
    });
  };
  const [groups, inputs, units] = [count("groups"), count("inputs"), count("units")];
  const weights = bytes(fields["weights"], `${where}.weights`, groups * inputs * units);
  for (let row = 0; row < groups * units; row++) {
    const sums: [number, number] = [0, 0];
    for (let i = 0; i < inputs; i++) sums[laneOf(i)] += Math.abs(weights[row * inputs + i] as number);
    if (Math.max(...sums) <= LANE_WEIGHT_SUM) continue;
    throw new InputError({
      where: `${where}.weights`,
      expected: `at most ${LANE_WEIGHT_SUM} in one 16-bit lane`,
      found: String(Math.max(...sums)),
    });
  }
  const biases = numbers(fields["biases"], `${where}.biases`, groups * units);
  return { groups, inputs, units, weights, biases: Int32Array.from(biases) };
}

function bytes(value: unknown, where: string, count: number): Int8Array {
  let text: string | undefined;
  try {
    text = typeof value === "string" ? atob(value) : undefined;
  } catch {
    text = undefined;
  }
  if (text?.length !== count) {
    throw new InputError({ where, expected: `${count} bytes in base 64`, found: quote(value) });
  }
  const codes = text;
  return Int8Array.from({ length: count }, (_, i) => codes.charCodeAt(i));
}

function numbers(value: unknown, where: string, count: number): readonly number[] {
  if (Array.isArray(value) && value.length === count && value.every((item) => Number.isFinite(item))) {
    return value as number[];
  }
  throw new InputError({ where, expected: `${count} number${count === 1 ? "" : "s"}`, found: quote(value) });
}
