import { instantiateNow } from "./kernels.ts";
import { type IntegerLayer, LANE_WEIGHT_SUM, layerBytes, networkForm, writeLayer } from "./network.ts";
import { ACTIVATION_MAX, ACTIVATION_SHIFT, PANEL, PANEL_STEP } from "./network-layout.ts";

/**
 * A module of one function that multiplies bytes by bytes of 7 bits and adds up neighbours:
 * (func (param v128 v128) (result v128) local.get 0 local.get 1 i16x8.relaxed_dot_i8x16_i7x16_s).
 */
const PROBE = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7b, 0x7b, 1, 0x7b, 3, 2, 1, 0, 10, 11, 1, 9, 0, 0x20,
  0, 0x20, 1, 0xfd, 0x92, 2, 11,
]);

/** Whether the runtime knows relaxed SIMD. That it computes what it should is for `passesSelfTest` to tell. */
export function relaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}

/**
 * Whether a binary in relaxed SIMD computes a layer that reaches the ends of its range as whole numbers do. A specification that
 * leaves results open where they overflow is no use here, and engines have had faults.
 */
export function passesSelfTest(module: WebAssembly.Module): boolean {
  const { exports, memory } = instantiateNow(module);
  if (networkForm(exports) !== "relaxed") return false;
  const inputs = 64;
  const weights = Int8Array.from({ length: 4 * inputs }, (_, i) => {
    const [unit, input] = [Math.floor(i / inputs), i % inputs];
    if (unit === 0) return input < 8 ? 127 : 0;
    if (unit === 1) return input < 8 ? -127 : 0;
    return ((input * 37 + unit * 11) % Math.floor((4 * LANE_WEIGHT_SUM) / inputs)) - 15;
  });
  const layer: IntegerLayer = {
    groups: 1,
    inputs,
    units: 4,
    weights,
    biases: Int32Array.of(64, 64, 999, -5),
  };
  const x = Math.ceil(layerBytes(layer, "relaxed") / 16) * 16;
  const y = x + (inputs / 4) * PANEL_STEP;
  writeLayer(memory, 0, layer, "relaxed");
  const bytes = new Uint8Array(memory.buffer);
  const activation = (candidate: number, input: number): number =>
    candidate < 2 ? ACTIVATION_MAX : (candidate * 31 + input * 17) & ACTIVATION_MAX;
  for (let candidate = 0; candidate < PANEL; candidate++) {
    for (let input = 0; input < inputs; input++) {
      bytes[x + (input >> 2) * PANEL_STEP + candidate * 4 + (input & 3)] = activation(candidate, input);
    }
  }
  exports.hiddenLayer(0, x, y, 1);
  for (let candidate = 0; candidate < PANEL; candidate++) {
    for (let unit = 0; unit < 4; unit++) {
      let sum = layer.biases[unit] as number;
      for (let i = 0; i < inputs; i++)
        sum += (weights[unit * inputs + i] as number) * activation(candidate, i);
      const expected = Math.max(0, Math.min(ACTIVATION_MAX, sum >> ACTIVATION_SHIFT));
      if (bytes[y + candidate * 4 + unit] !== expected) return false;
    }
  }
  return true;
}
