import { imageExtent, type RtlLayer } from "./layer.ts";

/**
 * Where the operands lie in DRAM, in bytes. Channels are innermost everywhere: inputs N H W C, weights S R C K, outputs N Q P K
 * (all int8), partial sums as the outputs (int32).
 */
export interface Image {
  readonly inputs: number;
  readonly weights: number;
  readonly outputs: number;
  readonly partials: number;
  readonly bytes: number;
}

/** Operands begin at multiples of this many bytes. */
const ALIGNMENT = 64;

/** Lays out a layer; without `partials` there is no room for partial sums, which only some loop orders need. */
export function layOut(layer: RtlLayer, partials: boolean): Image {
  const { N, K, C, P, Q, R, S } = layer.shape;
  const { width, height } = imageExtent(layer);
  const outputs = N * Q * P * K;
  let end = 0;
  const take = (bytes: number): number => {
    const start = end;
    end = Math.ceil((start + bytes) / ALIGNMENT) * ALIGNMENT;
    return start;
  };
  return {
    inputs: take(N * height * width * C),
    weights: take(S * R * C * K),
    outputs: take(outputs),
    partials: take(partials ? 4 * outputs : 0),
    bytes: end,
  };
}
