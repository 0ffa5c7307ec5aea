import { listOf, type NodeView, type Shape } from "./known.ts";

/** A filter or a pool along one axis. */
export interface WindowAxis {
  readonly input: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
}

/** Along each spatial axis, outermost (depth or height) first. */
export type Window = readonly WindowAxis[];

/** The window that `strides`, `dilations`, `pads` and `auto_pad` make of a kernel; undefined if they do not fit it. */
export function windowOf(node: NodeView, input: Shape, kernel: Shape): Window | undefined {
  const rank = kernel.length;
  const ones = kernel.map(() => 1);
  const strides = listOf(node, "strides") ?? ones;
  const dilations = listOf(node, "dilations") ?? ones;
  const pads = listOf(node, "pads") ?? [...ones, ...ones].map(() => 0);
  if (input.length !== rank || strides.length !== rank || dilations.length !== rank) return undefined;
  const auto = node.attribute("auto_pad")?.text ?? "NOTSET";
  return kernel.map((taps, axis) => {
    const bare = {
      input: input[axis] as number,
      taps,
      stride: strides[axis] as number,
      dilation: dilations[axis] as number,
    };
    if (auto === "NOTSET" || auto === "")
      return { ...bare, padBegin: pads[axis] ?? 0, padEnd: pads[axis + rank] ?? 0 };
    if (auto === "VALID") return { ...bare, padBegin: 0, padEnd: 0 };
    const whole = (Math.ceil(bare.input / bare.stride) - 1) * bare.stride + reach(bare);
    const total = Math.max(0, whole - bare.input);
    const small = Math.floor(total / 2);
    return auto === "SAME_UPPER"
      ? { ...bare, padBegin: small, padEnd: total - small }
      : { ...bare, padBegin: total - small, padEnd: small };
  });
}

/** Inputs from the first tap to the last. */
export function reach({ taps, dilation }: Pick<WindowAxis, "taps" | "dilation">): number {
  return (taps - 1) * dilation + 1;
}

/** Places of the window along the axis: whole ones, or with `ceil` also a last one that hangs over the end. */
export function outputExtent(axis: WindowAxis, ceil = false): number {
  const room = axis.input + axis.padBegin + axis.padEnd - reach(axis);
  const places = (ceil ? Math.ceil(room / axis.stride) : Math.floor(room / axis.stride)) + 1;
  // A window that begins in the padding after the end is none.
  return ceil && (places - 1) * axis.stride >= axis.input + axis.padBegin ? places - 1 : places;
}
