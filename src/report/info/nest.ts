import type { Hardware } from "../../hardware/hardware.ts";
import { LEVELS, type Level, type Loop, spatialFactor } from "../../space/mapping.ts";
import { tileWords } from "../../space/validity.ts";
import { inputExtent, type LayerShape, macs, outputWords, weightWords } from "../../workload/layer.ts";
import type { LayerRecord } from "../result.ts";

/** What a level holds of an operand, and how much room there is for all it holds; words. */
export interface HeldOperand {
  readonly operand: "weights" | "inputs" | "outputs";
  readonly words: number;
}

export interface NestLevel {
  readonly level: Level;
  /** Temporal loops, outermost first. */
  readonly loops: readonly Loop[];
  /** The loop spread over PEs inside them, if there is one. */
  readonly spatial?: Loop & { readonly over: "columns" | "rows" };
  readonly held: readonly HeldOperand[];
  /** Words; undefined for DRAM. */
  readonly capacityWords?: number;
}

/** The loop nest of one mapping, outermost level first. */
export interface NestInfo {
  readonly name: string;
  readonly macs: number;
  readonly levels: readonly NestLevel[];
}

export function nestInfo({ name, mapping, shape }: LayerRecord, hardware: Hardware): NestInfo {
  const words = tileWords(mapping, shape);
  const held: Readonly<Record<Level, readonly HeldOperand[]>> = {
    dram: [
      { operand: "weights", words: weightWords(shape) },
      { operand: "inputs", words: inputWords(shape) },
      { operand: "outputs", words: outputWords(shape) },
    ],
    scratchpad: [
      { operand: "weights", words: words.scratchpadWeights },
      { operand: "inputs", words: words.scratchpadInputs },
    ],
    accumulator: [{ operand: "outputs", words: words.accumulatorOutputs }],
    register: [{ operand: "weights", words: words.registerWeights }],
  };
  const capacity: Readonly<Partial<Record<Level, number>>> = {
    scratchpad: hardware.scratchpadWords,
    accumulator: hardware.accumulatorWords,
    register: hardware.registerWords,
  };
  return {
    name,
    macs: macs(shape),
    levels: LEVELS.map((level): NestLevel => {
      const dim = level === "scratchpad" ? "K" : "C";
      const spread = spatialFactor(mapping, level, dim);
      const capacityWords = capacity[level];
      return {
        level,
        loops: mapping.loops[level],
        ...(spread > 1
          ? { spatial: { dim, bound: spread, over: dim === "K" ? ("columns" as const) : ("rows" as const) } }
          : {}),
        held: held[level],
        ...(capacityWords === undefined ? {} : { capacityWords }),
      };
    }),
  };
}

/** Words of the whole input tensor; a bounding box, as in the capacity rules. */
function inputWords(shape: LayerShape): number {
  return (
    inputExtent(shape.P, shape.Wstride, shape.R, shape.Wdilation) *
    inputExtent(shape.Q, shape.Hstride, shape.S, shape.Hdilation) *
    shape.C *
    shape.N
  );
}
