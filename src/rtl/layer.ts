import { inputExtent, type LayerShape } from "../workload/layer.ts";

/** A layer as the RTL runs it: a shape, what surrounds the image, and how sums leave the accumulator. */
export interface RtlLayer {
  readonly shape: LayerShape;
  /** Zero pixels around the image, which are never read from DRAM. Default none: a shape's inputs include their padding. */
  readonly padding?: Padding;
  /** Sums are divided by 2^shift, rounded half up. 0 to 31, default 0. */
  readonly shift?: number;
  /** Negative results become 0; default false. */
  readonly relu?: boolean;
}

export interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const NO_PADDING: Padding = { left: 0, top: 0, right: 0, bottom: 0 };

/** Width and height of the image in DRAM: what the window reaches, less the padding around it. */
export function imageExtent({ shape, padding = NO_PADDING }: RtlLayer): {
  readonly width: number;
  readonly height: number;
} {
  const { P, Q, R, S, Wstride, Hstride, Wdilation, Hdilation } = shape;
  return {
    width: inputExtent(P, Wstride, R, Wdilation) - padding.left - padding.right,
    height: inputExtent(Q, Hstride, S, Hdilation) - padding.top - padding.bottom,
  };
}
