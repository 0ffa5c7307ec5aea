import { InputError, quote } from "../errors.ts";

/** Problem dimensions: batch, output and input channels, output width and height, filter width and height. */
export const DIMS = ["N", "K", "C", "P", "Q", "R", "S"] as const;
export type Dim = (typeof DIMS)[number];

/** Strides and dilations; W goes with P and R (width), H with Q and S (height), as Timeloop and DOSA have it. */
export const STEPS = ["Wstride", "Hstride", "Wdilation", "Hdilation"] as const;
export type Step = (typeof STEPS)[number];

/** One loop nest: seven bounds, strides and dilations. A matmul of M x C by C x K is P = M, Q = R = S = 1. */
export type LayerShape = Readonly<Record<Dim | Step, number>>;

/** A named loop nest and how often the network runs it. */
export interface Layer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  /**
   * Groups of the convolution this layer is a part of, 1 if it is none. The shape is then one group
   * (K / groups output and C / groups input channels) and `count` includes the factor `groups`.
   */
  readonly groups: number;
}

/** Largest bound and largest input extent: integers are exact in the f32 columns of a batch up to here. */
export const MAX_BOUND = 2 ** 24;
/** Largest number of words any count can reach: f64 sums and the kernel's rounded divisions are exact below. */
const MAX_WORDS = 2 ** 50;

/** Multiply-accumulates of one run of the layer. */
export function macs(shape: LayerShape): number {
  return shape.N * shape.K * shape.C * shape.P * shape.Q * shape.R * shape.S;
}

/** Words of the whole weight tensor. */
export function weightWords(shape: LayerShape): number {
  return shape.R * shape.S * shape.C * shape.K;
}

/** Words of the whole output tensor. */
export function outputWords(shape: LayerShape): number {
  return shape.P * shape.Q * shape.K * shape.N;
}

/** Words along one input axis under `outputs` positions, `stride` apart, of `taps` taps, `dilation` apart. */
export function inputExtent(outputs: number, stride: number, taps: number, dilation: number): number {
  return (outputs - 1) * stride + (taps - 1) * dilation + 1;
}

/**
 * A shape that the models take, from fields that may be missing (then 1).
 *
 * @throws InputError naming the field, relative to the caller's `where`.
 */
export function toLayerShape(fields: Readonly<Partial<Record<Dim | Step, unknown>>>): LayerShape {
  const shape = {} as Record<Dim | Step, number>;
  for (const key of [...DIMS, ...STEPS]) {
    const value = fields[key] ?? 1;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_BOUND) {
      throw new InputError({
        where: key,
        expected: `an integer from 1 to ${MAX_BOUND}`,
        found: quote(value),
      });
    }
    shape[key] = value;
  }
  checkExtent("P", shape.P, shape.Wstride, "R", shape.R, shape.Wdilation);
  checkExtent("Q", shape.Q, shape.Hstride, "S", shape.S, shape.Hdilation);
  const words =
    macs(shape) * Math.max(shape.Wstride, shape.Wdilation) * Math.max(shape.Hstride, shape.Hdilation);
  if (words > MAX_WORDS) {
    throw new InputError({
      where: "layer",
      expected: "at most 2^50 MACs (times stride or dilation), above which counts are not exact",
      found: words.toExponential(3),
    });
  }
  return shape;
}

function checkExtent(
  dim: Dim,
  outputs: number,
  stride: number,
  tap: Dim,
  taps: number,
  dilation: number,
): void {
  if (
    outputs * stride <= MAX_BOUND &&
    taps * dilation <= MAX_BOUND &&
    inputExtent(outputs, stride, taps, dilation) <= MAX_BOUND
  ) {
    return;
  }
  throw new InputError({
    where: `${dim}, ${tap}`,
    expected: `an input axis of at most ${MAX_BOUND} words`,
    found: String(inputExtent(outputs, stride, taps, dilation)),
  });
}

/** Two layers with the same shape have the same metrics under the same mapping. */
export function shapeKey(shape: LayerShape): string {
  return [...DIMS, ...STEPS].map((key) => shape[key]).join(",");
}
