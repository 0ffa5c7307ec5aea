/** Inputs of the network, as activations from 0 to 127 (eight candidates a step). */
import { COLUMN } from "../../src/kernels/layout";
import { PANEL_STEP } from "../../src/kernels/network-layout";
import {
  BASE, COMPONENT_COUNT, COMPONENTS, INPUT_COUNT, LARGEST_ACTIVATION, LEAST_RATIO, NETWORK_OFFSETS, NETWORK_SCALES, ONE,
  ROUNDING, SIZES, SIZE_COUNT,
} from "../../src/kernels/starlight-layout";
import { all } from "../lanes";
import { add, div, log2, max, min, mul, splat } from "./arithmetic";

/** log2 of a component in the unit of 1 / `inverse`. Ratios below LEAST_RATIO are all alike. */
// @ts-ignore: decorator
@inline
function ratio(physics: usize, at: usize, inverse: v128): v128 {
  return log2(physics, max(mul(v128.load(at, COMPONENTS), inverse), all(physics, LEAST_RATIO)));
}

// @ts-ignore: decorator
@inline
function size(physics: usize, at: usize): v128 {
  return log2(physics, v128.load(at, COMPONENTS));
}

/** Replaces components by log2 of their ratio to the base, and sizes by their log2: what the network is trained on. */
export function logarithms(physics: usize, lanes: i32, scratch: usize): void {
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const inverse = div(all(physics, ONE), v128.load(scratch, BASE));
    for (let i: usize = 0; i < <usize>COMPONENT_COUNT; i++) {
      v128.store(scratch + i * COLUMN, ratio(physics, scratch + i * COLUMN, inverse), COMPONENTS);
    }
    for (let i: usize = 0; i < <usize>SIZE_COUNT; i++) {
      v128.store(scratch + i * COLUMN, size(physics, scratch + (i + COMPONENT_COUNT) * COLUMN), SIZES);
    }
  }
}

/** An input of four candidates: whole numbers from 0 to 127 in the low halves, rounded to nearest even by an addition. */
// @ts-ignore: decorator
@inline
function quantise(physics: usize, network: usize, input: usize, value: v128): v128 {
  const scale = v128.load32_splat(network + (input << 2), NETWORK_SCALES);
  const offset = v128.load32_splat(network + (input << 2), NETWORK_OFFSETS);
  const bounded = min(max(add(mul(value, scale), offset), splat(0)), all(physics, LARGEST_ACTIVATION));
  return add(bounded, all(physics, ROUNDING));
}

/** Low halves of `a` and `b` in turn. */
// @ts-ignore: decorator
@inline
function pair(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, i32x4.shl(b, 16), 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}

/** Four inputs, from `input` on, of four candidates. */
// @ts-ignore: decorator
@inline
function quad(
  physics: usize, network: usize, input: usize, to: usize, value0: v128, value1: v128, value2: v128, value3: v128,
): void {
  const a = quantise(physics, network, input, value0);
  const b = quantise(physics, network, input + 1, value1);
  const c = quantise(physics, network, input + 2, value2);
  const d = quantise(physics, network, input + 3, value3);
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, v128.or(pair(a, c), i32x4.shl(pair(b, d), 8)));
  } else {
    v128.store(to, pair(a, b));
    v128.store(to, pair(c, d), PANEL_STEP);
  }
}

/** Writes the activations of the first layer. */
export function activations(physics: usize, network: usize, lanes: i32, scratch: usize, to: usize): void {
  const quadBytes: usize = ASC_FEATURE_RELAXED_SIMD ? PANEL_STEP : 2 * PANEL_STEP;
  const panelBytes = <usize>(INPUT_COUNT / 4) * quadBytes;
  for (let lane = 0; lane < lanes; lane += 4) {
    const from = scratch + (<usize>lane << 2);
    let at = to + <usize>(lane >> 3) * panelBytes + (<usize>(lane & 4) << 2);
    const inverse = div(all(physics, ONE), v128.load(from, BASE));
    let input: usize = 0;
    for (; input < <usize>COMPONENT_COUNT; input += 4, at += quadBytes) {
      const column = from + input * COLUMN;
      quad(
        physics, network, input, at, ratio(physics, column, inverse), ratio(physics, column + COLUMN, inverse),
        ratio(physics, column + 2 * COLUMN, inverse), ratio(physics, column + 3 * COLUMN, inverse),
      );
    }
    for (; input < <usize>(COMPONENT_COUNT + SIZE_COUNT - 2); input += 4, at += quadBytes) {
      const column = from + input * COLUMN;
      quad(
        physics, network, input, at, size(physics, column), size(physics, column + COLUMN),
        size(physics, column + 2 * COLUMN), size(physics, column + 3 * COLUMN),
      );
    }
    // Two sizes and the flags, which are inputs as they are.
    const column = from + input * COLUMN;
    quad(
      physics, network, input, at, size(physics, column), size(physics, column + COLUMN),
      v128.load(column, COMPONENTS + 2 * COLUMN), v128.load(column, COMPONENTS + 3 * COLUMN),
    );
  }
}
