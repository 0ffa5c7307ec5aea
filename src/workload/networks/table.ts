import { type Layer, toLayerShape } from "../layer.ts";
import type { Workload } from "../workload.ts";

// The notation of the built-in layer tables. Every layer passes through the same check as a user's.

/** A network; its layers have names of their own. */
export function network(workload: Workload): Workload {
  return workload;
}

/**
 * A convolution of `inputs` channels to `outputs` at a square output size (or [width, height]), with a square filter. With
 * `groups`, the layer is one group of it and runs `groups` times as often.
 */
export function conv(
  name: string,
  inputs: number,
  outputs: number,
  size: number | readonly [number, number],
  filter: number,
  {
    stride = 1,
    count = 1,
    groups = 1,
  }: { readonly stride?: number; readonly count?: number; readonly groups?: number } = {},
): Layer {
  const [P, Q] = typeof size === "number" ? [size, size] : size;
  const shape = toLayerShape({
    K: outputs / groups,
    C: inputs / groups,
    P,
    Q,
    R: filter,
    S: filter,
    Wstride: stride,
    Hstride: stride,
  });
  return { name, count: count * groups, groups, shape };
}

/** A matrix product of rows x inner by inner x columns, run `count` times. */
export function matmul(name: string, rows: number, inner: number, columns: number, count = 1): Layer {
  return { name, count, groups: 1, shape: toLayerShape({ P: rows, C: inner, K: columns }) };
}
