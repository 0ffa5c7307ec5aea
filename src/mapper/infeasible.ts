import { InputError } from "../errors.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { divisors } from "../space/divisors.ts";
import { tileWords } from "../space/validity.ts";
import { DIMS, type Dim, type LayerShape } from "../workload/layer.ts";
import type { FixedTiles } from "./problem.ts";

/**
 * Why no mapping of a layer fits an accelerator when some tile extents are given: which operands do not fit where, by how
 * many bytes, and the nearest change that makes them fit. Undefined if something fits.
 */
export function whyNot(
  name: string,
  shape: LayerShape,
  hardware: Hardware,
  tiles: FixedTiles = {},
): InputError | undefined {
  const needs = leastWords(shape, hardware, tiles);
  const excesses: { readonly what: string; readonly change: string }[] = [];
  const overPad = needs.weights + needs.inputs - hardware.scratchpadWords;
  if (overPad > 0) {
    excesses.push({
      what: `weights ${needs.weights} + inputs ${needs.inputs} bytes for a scratchpad of ${hardware.scratchpadWords}: ${overPad} bytes too many`,
      change: `a scratchpad of ${Math.ceil((Math.ceil((needs.weights + needs.inputs) / hardware.peDim) * hardware.peDim) / 1024)} KiB`,
    });
  }
  const overBank = needs.outputs - hardware.accumulatorWords;
  if (overBank > 0) {
    excesses.push({
      what: `outputs ${4 * needs.outputs} bytes for an accumulator bank of ${4 * hardware.accumulatorWords}: ${4 * overBank} bytes too many`,
      change: `an accumulator of ${Math.ceil((4 * needs.outputs * hardware.peDim) / 1024)} KiB`,
    });
  }
  if (excesses.length === 0) return undefined;
  const smaller = nearestTiles(shape, hardware, tiles);
  const given = DIMS.filter((dim) => tiles[dim] !== undefined).map((dim) => `${dim}=${tiles[dim]}`);
  return new InputError({
    where: name,
    expected: `a mapping${given.length > 0 ? ` with tile ${given.join(",")}` : ""} that fits`,
    found: excesses.map(({ what }) => what).join("; "),
    hint: [
      `it fits with ${excesses.map(({ change }) => change).join(" and ")}`,
      ...(smaller ? [`or with tile ${smaller}`] : []),
    ].join(", "),
  });
}

/** Words that the smallest tile with given extents takes: every other extent is 1, K spread as wide as it goes. */
function leastWords(
  shape: LayerShape,
  hardware: Hardware,
  tiles: FixedTiles,
): { readonly weights: number; readonly inputs: number; readonly outputs: number } {
  const tile = (dim: Dim): number => tiles[dim] ?? 1;
  const spatialK = divisors(tile("K")).findLast((factor) => factor <= hardware.peDim) ?? 1;
  const words = tileWords(
    {
      loops: {
        dram: [],
        scratchpad: [],
        accumulator: DIMS.map((dim) => ({ dim, bound: dim === "K" ? tile(dim) / spatialK : tile(dim) })),
        register: [],
      },
      spatialK,
      spatialC: 1,
    },
    shape,
  );
  return {
    weights: words.scratchpadWeights,
    inputs: words.scratchpadInputs,
    outputs: words.accumulatorOutputs,
  };
}

/** The given extents with one of them taken down to the largest divisor with which all fits, the one that changes least. */
function nearestTiles(shape: LayerShape, hardware: Hardware, tiles: FixedTiles): string | undefined {
  let best: { readonly text: string; readonly change: number } | undefined;
  for (const dim of DIMS) {
    const given = tiles[dim];
    if (given === undefined) continue;
    const fitting = divisors(shape[dim]).findLast((extent) => {
      if (extent >= given) return false;
      const { weights, inputs, outputs } = leastWords(shape, hardware, { ...tiles, [dim]: extent });
      return weights + inputs <= hardware.scratchpadWords && outputs <= hardware.accumulatorWords;
    });
    if (fitting === undefined || given / fitting >= (best?.change ?? Number.POSITIVE_INFINITY)) continue;
    best = { text: `${dim}=${fitting}`, change: given / fitting };
  }
  return best?.text;
}
