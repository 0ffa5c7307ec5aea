import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { instantiateNow, type Kernels } from "../../src/kernels/kernels.ts";
import { COLUMN, LANES } from "../../src/kernels/layout.ts";
import {
  activationAddress,
  activationBytes,
  type IntegerLayer,
  LANE_WEIGHT_SUM,
  laneOf,
  layerBytes,
  type NetworkForm,
  writeLayer,
} from "../../src/kernels/network.ts";
import { PANEL } from "../../src/kernels/network-layout.ts";
import { relaxedSimd } from "../../src/kernels/relaxed.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { hiddenUnits, layerSums } from "../reference/integer-network.ts";

const binary = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../../build/${name}`, import.meta.url)));
const forms: readonly NetworkForm[] = relaxedSimd() ? ["baseline", "relaxed"] : ["baseline"];

/** A layer whose lanes are as heavy as they may be: sums reach the ends of 16 bits. */
function randomLayer(rng: Rng, groups: number, inputs: number, units: number, heavy: boolean): IntegerLayer {
  const weights = new Int8Array(groups * units * inputs);
  for (let row = 0; row < groups * units; row++) {
    const left: [number, number] = [LANE_WEIGHT_SUM, LANE_WEIGHT_SUM];
    const sign = heavy ? (rng() < 0.5 ? -1 : 1) : 0;
    for (let i = 0; i < inputs; i++) {
      const most = Math.min(127, left[laneOf(i)], heavy ? 127 : (2 * LANE_WEIGHT_SUM) / inputs);
      const size = heavy ? most : Math.floor(rng() * (most + 1));
      left[laneOf(i)] -= size;
      weights[row * inputs + i] = size * (sign || (rng() < 0.5 ? -1 : 1));
    }
  }
  const widths = [40_000, 4_000_000, 2 ** 31 - 2];
  const biases = Int32Array.from({ length: groups * units }, (_, i) =>
    Math.floor((rng() - 0.5) * (widths[i % 3] as number)),
  );
  return { groups, inputs, units, weights, biases };
}

function run(
  kernels: Kernels,
  form: NetworkForm,
  layer: IntegerLayer,
  activations: readonly (readonly number[])[],
  scales?: Float32Array,
): number[][] {
  const { groups, inputs, units } = layer;
  const panels = Math.ceil(activations.length / PANEL);
  const at = 1024;
  const x = Math.ceil((at + layerBytes(layer, form)) / 16) * 16;
  const y = x + activationBytes(groups * inputs, panels, form);
  kernels.memory.grow(4);
  const bytes = new DataView(kernels.memory.buffer);
  writeLayer(kernels.memory, at, layer, form, scales);
  activations.forEach((values, candidate) => {
    values.forEach((value, i) => {
      const to = x + activationAddress(i, groups * inputs, candidate, form);
      if (form === "baseline") bytes.setInt16(to, value, true);
      else bytes.setInt8(to, value);
    });
  });
  if (scales) kernels.exports.lastLayer(at, x, y, panels);
  else kernels.exports.hiddenLayer(at, x, y, panels);
  return activations.map((_, candidate) =>
    Array.from({ length: groups * units }, (_, unit) => {
      if (scales) return bytes.getFloat32(y + unit * COLUMN + candidate * 4, true);
      const from = y + activationAddress(unit, groups * units, candidate, form);
      return form === "baseline" ? bytes.getInt16(from, true) : bytes.getInt8(from);
    }),
  );
}

const SHAPES = [
  [1, 40, 64],
  [1, 64, 64],
  [4, 16, 16],
  [1, 4, 4],
  [3, 12, 8],
] as const;

for (const form of forms) {
  const module = binary(form === "baseline" ? "starlight.wasm" : "starlight.relaxed.wasm");
  for (const [groups, inputs, units] of SHAPES) {
    test(`${form}: ${groups} x ${inputs} x ${units} is the integer model in every lane, at the ends of the range too`, () => {
      const rng = createRng(7, groups, inputs, units);
      for (const heavy of [false, true]) {
        const layer = randomLayer(rng, groups, inputs, units, heavy);
        const activations = Array.from({ length: LANES }, (_, candidate) =>
          Array.from({ length: groups * inputs }, () =>
            candidate === 0 ? 127 : candidate === 1 ? 0 : Math.floor(rng() * 128),
          ),
        );
        const scales = Float32Array.from({ length: groups * units }, () => rng() - 0.5);

        const hidden = run(instantiateNow(module), form, layer, activations);
        const last = run(instantiateNow(module), form, layer, activations, scales);

        for (const [candidate, values] of activations.entries()) {
          assert.deepEqual(hidden[candidate], hiddenUnits(layer, values), `candidate ${candidate}`);
          const expected = layerSums(layer, values).map((sum, i) =>
            Math.fround(Math.fround(sum) * (scales[i] as number)),
          );
          assert.deepEqual(last[candidate], expected, `candidate ${candidate}`);
        }
      }
    });
  }
}

test("weights that could overflow a lane of the relaxed form are refused", () => {
  const weights = new Int8Array(64 * 4).fill(127);
  const layer = { groups: 1, inputs: 64, units: 4, weights, biases: new Int32Array(4) };
  const memory = new WebAssembly.Memory({ initial: 1 });

  assert.throws(() => writeLayer(memory, 0, layer, "relaxed"), RangeError);
  writeLayer(memory, 0, layer, "baseline");
});
