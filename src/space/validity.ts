import type { Hardware } from "../hardware/hardware.ts";
import { DIMS, type Dim, inputExtent, type LayerShape } from "../workload/layer.ts";
import { coveredBound, factor, LEVELS, type Level, type Mapping, spatialFactor } from "./mapping.ts";

/** One broken rule: which, on which level, and by how much. */
export interface Violation {
  readonly rule: "factors" | "scratchpad" | "accumulator" | "register" | "pe-rows" | "pe-columns";
  readonly level: Level;
  readonly needed: number;
  readonly available: number;
  readonly message: string;
}

/** Words that a mapping keeps at each level, the unit of every capacity rule. */
export interface TileWords {
  readonly scratchpadWeights: number;
  /** A bounding box: pixels skipped by stride or dilation count. */
  readonly scratchpadInputs: number;
  /** In one accumulator bank. */
  readonly accumulatorOutputs: number;
  /** In one PE register. */
  readonly registerWeights: number;
}

/** Extent of a dim in the tile held at `level`: all temporal factors of it and the levels below, spatial ones included. */
export function tileExtent(mapping: Mapping, level: Level, dim: Dim): number {
  let product = 1;
  for (let i = LEVELS.indexOf(level); i < LEVELS.length; i++) {
    const inner = LEVELS[i] as Level;
    product *= factor(mapping, inner, dim) * spatialFactor(mapping, inner, dim);
  }
  return product;
}

/** Tile sizes of a mapping. */
export function tileWords(mapping: Mapping, shape: LayerShape): TileWords {
  const pad = (dim: Dim): number => tileExtent(mapping, "scratchpad", dim);
  const bank = (dim: Dim): number => factor(mapping, "accumulator", dim) * factor(mapping, "register", dim);
  return {
    scratchpadWeights: pad("R") * pad("S") * pad("C") * pad("K"),
    scratchpadInputs:
      inputExtent(pad("P"), shape.Wstride, pad("R"), shape.Wdilation) *
      inputExtent(pad("Q"), shape.Hstride, pad("S"), shape.Hdilation) *
      pad("C") *
      pad("N"),
    accumulatorOutputs: bank("P") * bank("Q") * bank("K") * bank("N"),
    registerWeights: (["R", "S", "C", "K"] as const).reduce(
      (words, dim) => words * factor(mapping, "register", dim),
      1,
    ),
  };
}

/** Every rule that a mapping breaks on a layer and an accelerator; empty when it is valid. */
export function violations(mapping: Mapping, shape: LayerShape, hardware: Hardware): readonly Violation[] {
  const found: Violation[] = [];
  for (const dim of DIMS) {
    const covered = coveredBound(mapping, dim);
    if (covered === shape[dim]) continue;
    found.push({
      rule: "factors",
      level: "dram",
      needed: shape[dim],
      available: covered,
      message: `factors of ${dim} multiply to ${covered}, the layer has ${dim} = ${shape[dim]}`,
    });
  }
  const words = tileWords(mapping, shape);
  const limit = (
    rule: Violation["rule"],
    level: Level,
    needed: number,
    available: number,
    what: string,
  ): void => {
    if (needed <= available) return;
    found.push({
      rule,
      level,
      needed,
      available,
      message: `${what}: ${needed} needed, ${available} there (${excess(needed, available)})`,
    });
  };
  limit(
    "scratchpad",
    "scratchpad",
    words.scratchpadWeights + words.scratchpadInputs,
    hardware.scratchpadWords,
    `L2 scratchpad words (weights ${words.scratchpadWeights} + inputs ${words.scratchpadInputs})`,
  );
  limit(
    "accumulator",
    "accumulator",
    words.accumulatorOutputs,
    hardware.accumulatorWords,
    "L1 accumulator words per PE column",
  );
  limit("register", "register", words.registerWeights, hardware.registerWords, "L0 register weights per PE");
  limit("pe-columns", "scratchpad", mapping.spatialK, hardware.peDim, "L2 spatial K, PE columns");
  limit("pe-rows", "accumulator", mapping.spatialC, hardware.peDim, "L1 spatial C, PE rows");
  return found;
}

function excess(needed: number, available: number): string {
  return `${needed - available} or ${((100 * (needed - available)) / available).toPrecision(3)} % too many`;
}
