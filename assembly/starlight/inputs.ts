/** Stage 4: inputs of the network, as activations from 0 to 127 (eight candidates a step). */
import { COLUMN } from "../../src/kernels/layout";
import { ACTIVATION_MAX, PANEL_STEP } from "../../src/kernels/network-layout";
import {
  BASE, COMPONENT_COUNT, COMPONENTS, INPUT_COUNT, NETWORK_OFFSETS, NETWORK_SCALES, SIZE_COUNT, SIZES,
} from "../../src/kernels/starlight-layout";
import { add, div, least, log2, most, mul, number } from "./arithmetic";

/** Replaces components by log2 of their ratio to the base, and sizes by their log2. Ratios below 2^-10 are all alike. */
export function logarithms(lanes: i32, scratch: usize): void {
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const inverse = div(number(1), v128.load(scratch, BASE));
    for (let i: usize = 0; i < <usize>COMPONENT_COUNT; i++) {
      const ratio = mul(v128.load(scratch + i * COLUMN, COMPONENTS), inverse);
      v128.store(scratch + i * COLUMN, log2(most(ratio, number(0.0009765625))), COMPONENTS);
    }
    for (let i: usize = 0; i < <usize>SIZE_COUNT; i++) {
      v128.store(scratch + i * COLUMN, log2(v128.load(scratch + i * COLUMN, SIZES)), SIZES);
    }
  }
}

/** One input of four candidates as whole numbers from 0 to 127, rounded to nearest even by the adding of 2^23. */
// @ts-ignore: decorator
@inline
function quantise(scratch: usize, network: usize, input: usize): v128 {
  const scale = v128.load32_splat(network + (input << 2), NETWORK_SCALES);
  const offset = v128.load32_splat(network + (input << 2), NETWORK_OFFSETS);
  const value = add(mul(v128.load(scratch + input * COLUMN, COMPONENTS), scale), offset);
  const bounded = least(most(value, number(0)), number(<f32>ACTIVATION_MAX));
  return v128.and(add(bounded, number(8388608)), i32x4.splat(0xff));
}

// @ts-ignore: decorator
@inline
function quad(scratch: usize, network: usize, input: usize, to: usize): void {
  const a = quantise(scratch, network, input);
  const b = quantise(scratch, network, input + 1);
  const c = quantise(scratch, network, input + 2);
  const d = quantise(scratch, network, input + 3);
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, v128.or(v128.or(a, i32x4.shl(b, 8)), v128.or(i32x4.shl(c, 16), i32x4.shl(d, 24))));
  } else {
    v128.store(to, v128.or(a, i32x4.shl(b, 16)));
    v128.store(to, v128.or(c, i32x4.shl(d, 16)), PANEL_STEP);
  }
}

/** Writes the activations of the first layer. */
export function inputs(network: usize, lanes: i32, scratch: usize, to: usize): void {
  const quadBytes: usize = ASC_FEATURE_RELAXED_SIMD ? PANEL_STEP : 2 * PANEL_STEP;
  const panelBytes = <usize>(INPUT_COUNT / 4) * quadBytes;
  for (let lane = 0; lane < lanes; lane += 8, to += panelBytes) {
    const from = scratch + (<usize>lane << 2);
    for (let input: usize = 0; input < <usize>INPUT_COUNT; input += 4) {
      const at = to + (input >> 2) * quadBytes;
      quad(from, network, input, at);
      quad(from + 16, network, input, at + 16);
    }
  }
}
