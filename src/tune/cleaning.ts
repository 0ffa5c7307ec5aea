import type { Mapping } from "../space/mapping.ts";
import { tileExtent } from "../space/validity.ts";
import type { LayerShape } from "../workload/layer.ts";

/**
 * Why a measurement says nothing about the hardware, if it does not: an artefact of DOSA's FireSim harness (profile
 * `gemmini-firesim`), or a layer that the harness cannot run.
 */
export function unusable(shape: LayerShape, mapping: Mapping): string | undefined {
  if (shape.Wdilation !== 1 || shape.Hdilation !== 1) return "the harness runs no dilated layers";
  if (shape.Wstride !== shape.Hstride) return "the harness has one stride for both axes";
  const axes = [
    { tile: tileExtent(mapping, "scratchpad", "P"), taps: tileExtent(mapping, "scratchpad", "R") },
    { tile: tileExtent(mapping, "scratchpad", "Q"), taps: tileExtent(mapping, "scratchpad", "S") },
  ];
  if (!isMatmul(shape) && axes.some(({ tile, taps }) => liesInPadding(shape, tile, taps))) {
    return "a tile lies wholly inside the padding, where a 16-bit loop counter of the harness wraps around";
  }
  return undefined;
}

/** Whether the harness takes the layer for a matrix product: P x C by C x K. */
export function isMatmul(shape: LayerShape): boolean {
  return shape.Q === 1 && shape.R === 1 && shape.S === 1;
}

/**
 * Whether some tile of `tile` outputs and `taps` filter taps along an axis reads no input at all. The harness runs a square
 * layer of P x P outputs and R x R taps, R / 2 pixels padded on each side.
 */
function liesInPadding({ P, R, Wstride }: LayerShape, tile: number, taps: number): boolean {
  const padding = Math.floor(R / 2);
  const inputs = P * Wstride;
  const outputs = Math.floor((inputs - R + 2 * padding) / Wstride) + 1;
  for (let output = 0; output < outputs; output += tile) {
    for (let tap = 0; tap < R; tap += taps) {
      const first = output * Wstride + tap - padding;
      const extent = Math.min(tile, outputs - output) * Wstride + Math.min(taps, R - tap) - 1;
      if (extent - Math.max(0, -first) - Math.max(0, first + extent - inputs) < 0) return true;
    }
  }
  return false;
}
