/** Stage 5: cycles of the loads of weights over all tiles, and of all loads together (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ALIGNMENT_K, ARRAY, BLOCKS_C, CALLS, COMMANDS_OF_CALL, INPUT_COMMANDS, LASTS, LOAD, LOAD_INPUTS, LOAD_PADDING,
  LOAD_START, LOAD_WEIGHTS, ONE, TILES, TRIPS, WEIGHT_COMMAND, WEIGHT_LINE, WEIGHT_MISSES, WEIGHT_MISS_CYCLES,
  ZERO_COMMANDS,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, bound, div, mul, rowStep, sumTiles } from "../arithmetic";
import { missLines, requestLines, requestsOf, rowCycles } from "./requests";

export function loadWeights(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const array = all(physics, ARRAY);
  const boundK = bound(physics, K);
  const taps = mul(bound(physics, R), bound(physics, S));
  const rows = mul(taps, bound(physics, C));
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const lastK = v128.load(scratch, LASTS + K * COLUMN);
    const step = rowStep(physics, tileK, tripsK, ALIGNMENT_K);
    const lines = requestLines(physics, tileK, step);
    const linesLast = requestLines(physics, lastK, step);
    const tapCycles = sumTiles(
      one, tripsK,
      rowCycles(tileK, lines, array, physics, WEIGHT_LINE),
      rowCycles(lastK, linesLast, array, physics, WEIGHT_LINE),
    );
    const missed = sumTiles(one, tripsK, missLines(physics, tileK, boundK, lines), missLines(physics, lastK, boundK, linesLast));
    const requests = sumTiles(one, tripsK, requestsOf(physics, tileK), requestsOf(physics, lastK));

    const visits = mul(
      mul(v128.load(scratch, TRIPS + P * COLUMN), v128.load(scratch, TRIPS + Q * COLUMN)), v128.load(scratch, TRIPS + N * COLUMN),
    );
    const tapRows = mul(rows, visits);
    const commands = mul(mul(mul(taps, v128.load(scratch, BLOCKS_C)), visits), requests);
    const misses = mul(mul(tapRows, missed), v128.load(scratch, WEIGHT_MISS_CYCLES));
    const weights = add(add(mul(tapRows, tapCycles), mul(all(physics, WEIGHT_COMMAND), commands)), misses);

    const calls = v128.load(scratch, CALLS);
    const loads = add(
      add(v128.load(scratch, LOAD_INPUTS), weights),
      add(v128.load(scratch, LOAD_PADDING), mul(all(physics, LOAD_START), calls)),
    );
    const allCommands = add(add(v128.load(scratch, INPUT_COMMANDS), commands), v128.load(scratch, ZERO_COMMANDS));
    v128.store(scratch, weights, LOAD_WEIGHTS);
    v128.store(scratch, misses, WEIGHT_MISSES);
    v128.store(scratch, loads, LOAD);
    v128.store(scratch, mul(allCommands, div(one, calls)), COMMANDS_OF_CALL);
  }
}
