import type { Machine } from "./machine.ts";
import type { TileRows } from "./tiling.ts";

/** First rows of the one or two regions of each operand. With two, the next tile loads while one is computed. */
export interface Regions {
  readonly inputs: readonly number[];
  readonly weights: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * Divides the memories: two regions for each operand where they fit; in the scratchpad else two for one operand, the inputs
 * first; else one each.
 */
export function divideMemories(machine: Machine, rows: TileRows): Regions {
  const spare = machine.scratchpadRows - rows.inputs - rows.weights;
  const twoInputs = rows.inputs <= spare;
  const twoWeights = rows.weights <= spare - (twoInputs ? rows.inputs : 0);
  const [inputs, end] = regionsFrom(0, rows.inputs, twoInputs);
  const [weights] = regionsFrom(end, rows.weights, twoWeights);
  const [outputs] = regionsFrom(0, rows.outputs, 2 * rows.outputs <= machine.accumulatorRows);
  return { inputs, weights, outputs };
}

function regionsFrom(first: number, rows: number, two: boolean): readonly [readonly number[], number] {
  return two ? [[first, first + rows], first + 2 * rows] : [[first], first + rows];
}
