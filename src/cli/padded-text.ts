import { DIMS, type LayerShape } from "../workload/layer.ts";

/** A mapping, and what it pads of its layer. */
export function mappingText({
  mapping,
  shape,
  paddedFrom,
}: {
  readonly mapping: string;
  readonly shape: LayerShape;
  readonly paddedFrom?: LayerShape;
}): string {
  if (!paddedFrom) return mapping;
  const grown = DIMS.filter((dim) => paddedFrom[dim] !== shape[dim]);
  return `${mapping} (padded: ${grown.map((dim) => `${dim} ${paddedFrom[dim]} to ${shape[dim]}`).join(", ")})`;
}
