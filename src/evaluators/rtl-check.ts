import { createRng } from "../rng.ts";
import type { RtlLayer } from "../rtl/layer.ts";
import type { Operands } from "../rtl/simulator.ts";
import { inputExtent, type LayerShape } from "../workload/layer.ts";

/** A layer whose sums, of operands drawn evenly from all int8 values, fill the range of its int8 outputs and clip now and then. */
export function checkedLayer(shape: LayerShape): RtlLayer {
  // Of the sum of n products the standard deviation is 74^2 sqrt(n); an eighth of the sums are to clip.
  const deviation = 74 ** 2 * Math.sqrt(shape.C * shape.R * shape.S);
  return { shape, shift: Math.max(0, Math.round(Math.log2((1.5 * deviation) / 127))) };
}

/** Operands of a layer without padding, drawn evenly from all int8 values. */
export function randomOperands({ shape }: RtlLayer, seed: number): Operands {
  const rng = createRng(seed);
  const draw = (length: number): Int8Array => Int8Array.from({ length }, () => Math.floor(rng() * 256) - 128);
  const { N, K, C, P, Q, R, S, Wstride, Hstride, Wdilation, Hdilation } = shape;
  const pixels = inputExtent(P, Wstride, R, Wdilation) * inputExtent(Q, Hstride, S, Hdilation);
  return { inputs: draw(N * pixels * C), weights: draw(S * R * C * K) };
}

/**
 * Outputs that differ from those of the layer's definition, computed one by one: the sum of products in 32 bits, divided by
 * 2^shift, rounded half up, clipped to int8.
 */
export function countWrongOutputs(
  { shape, shift = 0 }: RtlLayer,
  { inputs, weights }: Operands,
  outputs: Int8Array,
): number {
  const { N, K, C, P, Q, R, S, Wstride, Hstride, Wdilation, Hdilation } = shape;
  const width = inputExtent(P, Wstride, R, Wdilation);
  const height = inputExtent(Q, Hstride, S, Hdilation);
  const half = shift > 0 ? 2 ** (shift - 1) : 0;
  const sums = new Int32Array(K);
  let wrong = 0;
  let output = 0;
  for (let n = 0; n < N; n++) {
    for (let q = 0; q < Q; q++) {
      for (let p = 0; p < P; p++) {
        sums.fill(0);
        for (let s = 0; s < S; s++) {
          for (let r = 0; r < R; r++) {
            const y = q * Hstride + s * Hdilation;
            const x = p * Wstride + r * Wdilation;
            const pixel = ((n * height + y) * width + x) * C;
            for (let c = 0; c < C; c++) {
              const input = inputs[pixel + c] as number;
              const row = ((s * R + r) * C + c) * K;
              for (let k = 0; k < K; k++)
                sums[k] = (sums[k] as number) + input * (weights[row + k] as number);
            }
          }
        }
        for (let k = 0; k < K; k++) {
          const scaled = Math.floor(((sums[k] as number) + half) / 2 ** shift);
          if (outputs[output++] !== Math.max(-128, Math.min(127, scaled))) wrong++;
        }
      }
    }
  }
  return wrong;
}
