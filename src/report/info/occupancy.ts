import type { Hardware } from "../../hardware/hardware.ts";
import { tileWords } from "../../space/validity.ts";
import type { LayerInfo } from "./layers.ts";

/** How much of each memory and of the array a layer's mapping uses; fractions of what there is. */
export interface OccupancyInfo {
  readonly name: string;
  readonly scratchpadWeights: number;
  readonly scratchpadInputs: number;
  readonly accumulatorOutputs: number;
  readonly peColumns: number;
  readonly peRows: number;
}

export function occupancyInfo(layers: readonly LayerInfo[], hardware: Hardware): readonly OccupancyInfo[] {
  const { scratchpadWords, accumulatorWords, peDim } = hardware;
  return layers.map(({ name, record: { mapping, shape } }) => {
    const words = tileWords(mapping, shape);
    return {
      name,
      scratchpadWeights: words.scratchpadWeights / scratchpadWords,
      scratchpadInputs: words.scratchpadInputs / scratchpadWords,
      accumulatorOutputs: words.accumulatorOutputs / accumulatorWords,
      peColumns: mapping.spatialK / peDim,
      peRows: mapping.spatialC / peDim,
    };
  });
}
