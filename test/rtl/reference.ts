// What the RTL must compute, as a convolution is written in a textbook, and what it must move, counted tile by tile from the mapping
// alone. Shares no code with the host side of the RTL.
import { imageExtent, NO_PADDING, type RtlLayer } from "../../src/rtl/layer.ts";
import type { Operands } from "../../src/rtl/simulator.ts";

/** Outputs N Q P K of a layer. */
export function convolve(layer: RtlLayer, { inputs, weights }: Operands): Int8Array {
  const { N, K, C, P, Q, R, S, Wstride, Hstride, Wdilation, Hdilation } = layer.shape;
  const { padding = NO_PADDING, shift = 0, relu = false } = layer;
  const { width, height } = imageExtent(layer);
  const outputs = new Int8Array(N * Q * P * K);
  const sums = new Int32Array(K);
  let at = 0;
  for (let n = 0; n < N; n++) {
    for (let q = 0; q < Q; q++) {
      for (let p = 0; p < P; p++) {
        sums.fill(0);
        for (let s = 0; s < S; s++) {
          const y = q * Hstride + s * Hdilation - padding.top;
          if (y < 0 || y >= height) continue;
          for (let r = 0; r < R; r++) {
            const x = p * Wstride + r * Wdilation - padding.left;
            if (x < 0 || x >= width) continue;
            for (let c = 0; c < C; c++) {
              const input = inputs[((n * height + y) * width + x) * C + c] as number;
              const from = ((s * R + r) * C + c) * K;
              for (let k = 0; k < K; k++) {
                sums[k] = (sums[k] as number) + input * (weights[from + k] as number);
              }
            }
          }
        }
        for (const sum of sums) outputs[at++] = quantise(sum, shift, relu);
      }
    }
  }
  return outputs;
}

/** clip(round half up(sum / 2^shift)). */
function quantise(sum: number, shift: number, relu: boolean): number {
  const scaled = Math.floor(sum / 2 ** shift + 0.5);
  return Math.min(127, Math.max(relu ? 0 : -128, scaled));
}
