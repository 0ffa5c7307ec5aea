/**
 * Stage 3: cycles of the engines over all tiles, and the latency of the closed form (four candidates a step).
 *
 * Totals are sums over the tile walk in closed form: a sum over the tiles of a dim is (trips - 1) x that of a full tile + that of
 * the last one, and sums over several dims are products. What the event model simulates, loads of one call beside the execution
 * of another, is replaced by the slowest of the engines and of the chains between them. docs/starlight.md has the equations.
 */
import { C, COLUMN, K, N, P, Q, R, S } from "../../src/kernels/layout";
import {
  ALIGNMENT_C, ALIGNMENT_K, ARRAY, ARRAY_SIZE, BASE, BIAS_COMMAND, BIAS_ROW, BOUND, CALLS, CALL_ISSUE, CALL_WAIT,
  CHANNEL_SHARE, COMMANDS_OF_CALL, COMPUTES_OF_CALL, COMPUTE_COMMAND, CONVOLUTION, EXECUTE, EXECUTE_CALL,
  EXECUTE_START, FILL, INPUT_COMMAND, INPUT_FOOTPRINT, INPUT_H, INPUT_LINE, INPUT_MISS_CYCLES, INPUT_W, IN_FLIGHT,
  IN_FLIGHT_LIMIT, ISSUE, KERNEL_SHARE, LASTS, LAST_BLOCK, LAST_BLOCKS, LAST_LOAD_SHARE, LOAD, LOAD_INPUTS,
  LOAD_LATENCY, LOAD_MISSES, LOAD_PADDING, LOAD_START, LOAD_WAIT_SHARE, LOAD_WEIGHTS, ONE, OUTPUT_FOOTPRINT,
  OUTPUT_MISS_CYCLES, PADDING_H, PADDING_W, PAIRED, PER_LINE, PRELOAD, PRELOADS_OF_CALL, QUEUED_COMPUTES,
  QUEUED_LOADS, RAGGED, RUN, SERIAL, SHORT_ROW, START, STORE, STORE_BEAT, STORE_COMMAND, STORE_LATENCY, STORE_LINE,
  STORE_LOAD_SHARE, STORE_MISSES, STORE_OVERLAP, STORE_ROW, STORE_RUN, STORE_START, STORE_WORDS, STREAMED, STRIDE,
  STRIDE_H, STRIDE_W, SUM_STEPS, TAPS, TILES, TILE_CHANNELS, TILE_COLUMNS, TILE_KERNELS, TRIPS, WEIGHT_COMMAND,
  WEIGHT_FOOTPRINT, WEIGHT_LINE, WEIGHT_MISSES, WEIGHT_MISS_CYCLES, ZERO_COMMAND, ZERO_ROW,
} from "../../src/kernels/starlight-layout";
import { all } from "../lanes";
import { add, ceilDiv, div, least, modulo, most, mul, number, powerOfTwoIn, sub, where } from "./arithmetic";
import { lastBlock, shortBlock } from "./blocks";
import { blocksAlong, outside } from "./edges";
import { missLines, requestLines, rowCycles } from "./requests";

/** Sum over the tiles of a dim. */
// @ts-ignore: decorator
@inline
function over(physics: usize, trips: v128, full: v128, last: v128): v128 {
  return add(mul(sub(trips, all(physics, ONE)), full), last);
}

export function engines(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const zero = number(0);
  const array = all(physics, ARRAY);
  const conv = all(physics, CONVOLUTION);
  const isConv = load<i32>(physics, CONVOLUTION) != 0;
  const boundC = all(physics + (C << 2), BOUND);
  const boundK = all(physics + (K << 2), BOUND);
  const boundP = all(physics + (P << 2), BOUND);
  const boundQ = all(physics + (Q << 2), BOUND);
  const boundN = all(physics + (N << 2), BOUND);
  const taps = mul(all(physics + (R << 2), BOUND), all(physics + (S << 2), BOUND));
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const inputW = all(physics, INPUT_W);
  const inputH = all(physics, INPUT_H);
  const paddingW = all(physics, PADDING_W);
  const paddingH = all(physics, PADDING_H);
  const boundR = all(physics + (R << 2), BOUND);
  const boundS = all(physics + (S << 2), BOUND);
  const behindW = most(zero, sub(sub(add(mul(boundP, strideW), sub(boundR, one)), paddingW), inputW));
  const behindH = most(zero, sub(sub(add(mul(boundQ, strideH), sub(boundS, one)), paddingH), inputH));
  const reachW = <i32>max(load<f32>(physics, PADDING_W), f32x4.extract_lane(behindW, 0));
  const reachH = <i32>max(load<f32>(physics, PADDING_H), f32x4.extract_lane(behindH, 0));
  const limitC = i32x4.splat(load<i32>(physics, ALIGNMENT_C));
  const limitK = i32x4.splat(load<i32>(physics, ALIGNMENT_K));
  const alignmentC = f32x4.convert_i32x4_s(limitC);
  const alignmentK = f32x4.convert_i32x4_s(limitK);

  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const nN = v128.load(scratch, TRIPS + N * COLUMN);
    const nK = v128.load(scratch, TRIPS + K * COLUMN);
    const nC = v128.load(scratch, TRIPS + C * COLUMN);
    const nP = v128.load(scratch, TRIPS + P * COLUMN);
    const nQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const nR = v128.load(scratch, TRIPS + R * COLUMN);
    const nS = v128.load(scratch, TRIPS + S * COLUMN);
    const tK = v128.load(scratch, TILES + K * COLUMN);
    const tC = v128.load(scratch, TILES + C * COLUMN);
    const tP = v128.load(scratch, TILES + P * COLUMN);
    const tQ = v128.load(scratch, TILES + Q * COLUMN);
    const tR = v128.load(scratch, TILES + R * COLUMN);
    const tS = v128.load(scratch, TILES + S * COLUMN);
    const eK = v128.load(scratch, LASTS + K * COLUMN);
    const eC = v128.load(scratch, LASTS + C * COLUMN);
    const eP = v128.load(scratch, LASTS + P * COLUMN);
    const eQ = v128.load(scratch, LASTS + Q * COLUMN);
    const eR = v128.load(scratch, LASTS + R * COLUMN);
    const eS = v128.load(scratch, LASTS + S * COLUMN);

    const sumSteps = mul(mul(nR, nS), nC);
    const stores = mul(mul(nP, nQ), mul(nK, nN));
    const calls = mul(sumSteps, stores);

    // Execute.
    const blocksC = over(physics, nC, ceilDiv(tC, array), ceilDiv(eC, array));
    const blocksK = over(physics, nK, ceilDiv(tK, array), ceilDiv(eK, array));
    const blocksP = over(physics, nP, ceilDiv(tP, array), ceilDiv(eP, array));
    const weightBlocks = mul(mul(blocksC, blocksK), mul(taps, boundN));
    const lines = mul(weightBlocks, boundQ);
    const streamed = mul(lines, boundP);
    const computes = mul(lines, blocksP);
    const preloads = mul(weightBlocks, mul(nP, nQ));
    const restP = modulo(tP, array);
    const restLast = modulo(eP, array);
    const shortRow = all(physics, SHORT_ROW);
    const short = mul(lines, over(physics, nP, shortBlock(restP, array, shortRow), shortBlock(restLast, array, shortRow)));
    const lastBlocks = mul(
      mul(all(physics, LAST_BLOCK), mul(weightBlocks, nQ)),
      over(physics, nP, lastBlock(restP, array), lastBlock(restLast, array)),
    );
    const issued = add(
      add(add(streamed, short), add(lastBlocks, mul(all(physics, COMPUTE_COMMAND), computes))),
      add(mul(all(physics, PRELOAD), preloads), mul(all(physics, EXECUTE_CALL), calls)),
    );
    const inFlight = add(mul(computes, all(physics, IN_FLIGHT)), mul(calls, all(physics, EXECUTE_START)));
    const execute = most(issued, inFlight);

    // Loads of inputs.
    const stepC = v128.bitselect(powerOfTwoIn(physics, tC, limitC), alignmentC, f32x4.gt(nC, one));
    const linesC = requestLines(physics, tC, stepC);
    const linesLastC = requestLines(physics, eC, stepC);
    const pixelCycles = over(
      physics, nC,
      rowCycles(tC, linesC, array, physics, INPUT_LINE),
      rowCycles(eC, linesLastC, array, physics, INPUT_LINE),
    );
    const missedC = over(physics, nC, missLines(physics, tC, boundC, linesC), missLines(physics, eC, boundC, linesLastC));
    const requestsC = over(physics, nC, f32x4.ceil(mul(tC, all(physics, PER_LINE))), f32x4.ceil(mul(eC, all(physics, PER_LINE))));
    let columns = boundP;
    let rows = boundQ;
    let usedColumns = boundP;
    let usedRows = boundQ;
    let columnBlocks = blocksP;
    let edges = zero;
    if (isConv) {
      columns = sub(add(mul(nR, mul(boundP, strideW)), mul(nP, boundR)), mul(nP, nR));
      rows = sub(add(mul(nS, mul(boundQ, strideH)), mul(nQ, boundS)), mul(nQ, nS));
      usedColumns = most(one, sub(columns, outside(physics, paddingW, behindW, nP, eP, tP, nR, eR, tR, strideW, reachW)));
      usedRows = most(one, sub(rows, outside(physics, paddingH, behindH, nQ, eQ, tQ, nS, eS, tS, strideH, reachH)));
      columnBlocks = mul(nR, blocksAlong(physics, paddingW, behindW, nP, tP, eP, tR, strideW, inputW, array));
      edges = add(where(f32x4.gt(paddingW, zero), one), where(f32x4.gt(behindW, zero), one));
    }
    const repeats = mul(boundN, nK);
    const pixels = mul(mul(usedColumns, usedRows), repeats);
    const inputCommands = mul(mul(usedRows, columnBlocks), mul(requestsC, repeats));
    const inputMisses = mul(mul(pixels, missedC), v128.load(scratch, INPUT_MISS_CYCLES));
    const inputs = add(add(mul(pixels, pixelCycles), mul(all(physics, INPUT_COMMAND), inputCommands)), inputMisses);

    // Zeros instead of inputs outside, and where sums begin.
    let padding = zero;
    let zeroCommands = zero;
    if (isConv) {
      const zeros = sub(mul(mul(columns, rows), repeats), pixels);
      zeroCommands = mul(
        mul(add(mul(sub(rows, usedRows), columnBlocks), mul(usedRows, edges)), requestsC), repeats,
      );
      const outputs = mul(mul(mul(boundN, boundQ), blocksK), boundP);
      const biasCommands = mul(mul(mul(boundN, boundQ), blocksK), blocksP);
      padding = add(
        add(mul(mul(all(physics, ZERO_ROW), zeros), blocksC), mul(all(physics, ZERO_COMMAND), zeroCommands)),
        add(mul(all(physics, BIAS_ROW), outputs), mul(all(physics, BIAS_COMMAND), biasCommands)),
      );
      zeroCommands = add(zeroCommands, biasCommands);
    }

    // Loads of weights.
    const stepK = v128.bitselect(powerOfTwoIn(physics, tK, limitK), alignmentK, f32x4.gt(nK, one));
    const linesK = requestLines(physics, tK, stepK);
    const linesLastK = requestLines(physics, eK, stepK);
    const tapCycles = over(
      physics, nK,
      rowCycles(tK, linesK, array, physics, WEIGHT_LINE),
      rowCycles(eK, linesLastK, array, physics, WEIGHT_LINE),
    );
    const missedK = over(physics, nK, missLines(physics, tK, boundK, linesK), missLines(physics, eK, boundK, linesLastK));
    const requestsK = over(physics, nK, f32x4.ceil(mul(tK, all(physics, PER_LINE))), f32x4.ceil(mul(eK, all(physics, PER_LINE))));
    const places = mul(mul(nP, nQ), nN);
    const tapRows = mul(mul(taps, boundC), places);
    const weightCommands = mul(mul(mul(taps, blocksC), places), requestsK);
    const weightMisses = mul(mul(tapRows, missedK), v128.load(scratch, WEIGHT_MISS_CYCLES));
    const weights = add(add(mul(tapRows, tapCycles), mul(all(physics, WEIGHT_COMMAND), weightCommands)), weightMisses);

    const loads = add(add(inputs, weights), add(padding, mul(all(physics, LOAD_START), calls)));

    // Stores: convolutions in requests of one block of the array, matrix products in those of the reads.
    const outputs = mul(mul(boundN, boundQ), boundP);
    let storeCommands = mul(mul(boundN, blocksP), requestsK);
    let storeLinesFull = linesK;
    let storeLinesLast = linesLastK;
    if (isConv) {
      storeCommands = mul(mul(mul(boundN, boundQ), blocksP), blocksK);
      const step = least(stepK, array);
      const perBlock = sub(all(physics, ONE), mul(step, all(physics, PER_LINE)));
      storeLinesFull = add(mul(tK, all(physics, PER_LINE)), mul(ceilDiv(tK, array), perBlock));
      storeLinesLast = add(mul(eK, all(physics, PER_LINE)), mul(ceilDiv(eK, array), perBlock));
    }
    const storeMisses = mul(
      mul(
        outputs,
        over(physics, nK, missLines(physics, tK, boundK, storeLinesFull), missLines(physics, eK, boundK, storeLinesLast)),
      ),
      v128.load(scratch, OUTPUT_MISS_CYCLES),
    );
    const storeRows = mul(all(physics, STORE_ROW), mul(outputs, blocksK));
    const storeWords = mul(all(physics, STORE_WORDS), mul(outputs, blocksK));
    const storeBeats = mul(
      all(physics, STORE_BEAT),
      mul(outputs, over(physics, nK, f32x4.ceil(mul(tK, number(1.0 / 16))), f32x4.ceil(mul(eK, number(1.0 / 16))))),
    );
    const moved = f32x4.sqrt(add(add(mul(storeRows, storeRows), mul(storeWords, storeWords)), mul(storeBeats, storeBeats)));
    const store = add(
      add(mul(all(physics, STORE_COMMAND), storeCommands), moved),
      add(
        add(mul(mul(all(physics, STORE_LINE), outputs), over(physics, nK, storeLinesFull, storeLinesLast)), storeMisses),
        mul(all(physics, STORE_START), stores),
      ),
    );

    // One call and one store on average, and the chains between the engines.
    const perCall = div(one, calls);
    const e = mul(execute, perCall);
    const l = mul(loads, perCall);
    const s = div(store, stores);
    const commands = mul(add(add(inputCommands, weightCommands), zeroCommands), perCall);
    const step = div(l, most(one, commands));
    const blocksOfCall = most(one, mul(preloads, perCall));
    const latency = all(physics, LOAD_LATENCY);
    const ahead = mul(all(physics, QUEUED_LOADS), step);
    const share = mul(all(physics, LAST_LOAD_SHARE), div(e, blocksOfCall));
    const span = isConv
      ? most(add(add(most(latency, add(l, sub(latency, ahead))), e), zero), add(add(l, latency), sub(e, share)))
      : most(add(add(latency, ahead), e), add(add(l, latency), share));
    const apart = sub(span, mul(sub(one, all(physics, LOAD_WAIT_SHARE)), e));
    const issue = all(physics, CALL_ISSUE);
    const call = add(all(physics, CALL_WAIT), issue);
    const early = least(e, mul(all(physics, QUEUED_COMPUTES), div(e, most(one, mul(computes, perCall)))));
    const lateStore = sub(all(physics, STORE_LATENCY), isConv ? zero : mul(all(physics, STORE_OVERLAP), least(s, e)));
    const half = number(0.5);
    const pair = mul(half, add(issue, sub(span, early)));
    const pairStoring = mul(half, add(add(issue, span), add(lateStore, s)));
    const sharing = mul(all(physics, STORE_LOAD_SHARE), s);

    const quiet = sub(calls, stores);
    const serial = add(mul(calls, most(l, apart)), mul(stores, sharing));
    const paired = add(mul(quiet, pair), mul(stores, most(pair, pairStoring)));
    const issues = mul(calls, call);
    // Stores spread out, and in runs, during which the engines wait for them alone.
    const spread = most(most(most(execute, issues), most(serial, paired)), store);
    const plain = most(most(e, call), most(most(l, apart), pair));
    const storing = most(most(most(e, call), most(add(most(l, apart), sharing), s)), most(pair, pairStoring));
    const bunched = add(mul(quiet, plain), mul(stores, storing));
    const run = v128.load(scratch, RUN);
    const steady = v128.bitselect(most(spread, bunched), spread, f32x4.gt(run, one));
    const fill = add(add(call, span), add(lateStore, s));
    const base = add(all(physics, START), add(fill, mul(steady, sub(one, perCall))));

    v128.store(scratch, streamed, STREAMED);
    v128.store(scratch, execute, EXECUTE);
    v128.store(scratch, inFlight, IN_FLIGHT_LIMIT);
    v128.store(scratch, lastBlocks, LAST_BLOCKS);
    v128.store(scratch, loads, LOAD);
    v128.store(scratch, inputs, LOAD_INPUTS);
    v128.store(scratch, weights, LOAD_WEIGHTS);
    v128.store(scratch, inputMisses, LOAD_MISSES);
    v128.store(scratch, padding, LOAD_PADDING);
    v128.store(scratch, store, STORE);
    v128.store(scratch, storeMisses, STORE_MISSES);
    v128.store(scratch, issues, ISSUE);
    v128.store(scratch, serial, SERIAL);
    v128.store(scratch, paired, PAIRED);
    v128.store(scratch, fill, FILL);
    v128.store(scratch, weightMisses, WEIGHT_MISSES);

    v128.store(scratch, sumSteps, SUM_STEPS);
    v128.store(scratch, run, STORE_RUN);
    v128.store(scratch, calls, CALLS);
    v128.store(scratch, blocksOfCall, PRELOADS_OF_CALL);
    v128.store(scratch, mul(computes, perCall), COMPUTES_OF_CALL);
    v128.store(scratch, commands, COMMANDS_OF_CALL);
    v128.store(scratch, tP, TILE_COLUMNS);
    v128.store(scratch, tC, TILE_CHANNELS);
    v128.store(scratch, tK, TILE_KERNELS);
    v128.store(scratch, div(tC, boundC), CHANNEL_SHARE);
    v128.store(scratch, div(tK, boundK), KERNEL_SHARE);
    const padded = mul(mul(mul(nK, tK), mul(nC, tC)), mul(mul(nP, tP), mul(nQ, tQ)));
    v128.store(scratch, div(padded, mul(mul(boundK, boundC), mul(boundP, boundQ))), RAGGED);
    v128.store(scratch, mul(mul(inputW, inputH), mul(boundC, boundN)), INPUT_FOOTPRINT);
    v128.store(scratch, mul(taps, mul(boundC, boundK)), WEIGHT_FOOTPRINT);
    v128.store(scratch, mul(outputs, boundK), OUTPUT_FOOTPRINT);
    v128.store(scratch, array, ARRAY_SIZE);
    v128.store(scratch, taps, TAPS);
    v128.store(scratch, strideW, STRIDE);
    v128.store(scratch, base, BASE);
  }
}
