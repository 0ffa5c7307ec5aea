/**
 * Stage 6: how many tiles each DRAM loop makes, and what they load and store (four candidates a step). A tile follows the one before
 * it as some loop moves on and those inside it begin anew: that loop decides which operands change, and so what is loaded and stored
 * between the two. Goes from the innermost loop outwards; each tile takes as long as the slowest unit, or as the chain of tiles that
 * wait for each other, of which TILES_UNDER_WAY are under way. The rules are those of assembly/machine/walk.ts and tile.ts.
 */
import { C, COLUMN, K, N, ORDER_DRAM, P, Q, R, S } from "../../../src/kernels/layout";
import { BASE, K_INNERMOST, SUM_INNERMOST, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ARRAY_SIZE, BUSY, CHAINS, DISPATCH, DISPATCHES, DRAM_LATENCY, ENERGY, FILL, FIRST_WEIGHTS, INNERMOST, INPUTS,
  INPUTS_BUSY, INPUT_VISITS, LAST_WEIGHTS, LEFT_BEHIND_INPUTS, LEFT_BEHIND_WEIGHTS, LOADS, LOAD_OF_TILE, LOAD_OR_STORE,
  OUTPUT_VISITS, PARTIALS, PARTIALS_BUSY, SLOWEST, SPILLS, STORES, STORE_OF_TILE, STORE_RUN, SUM_STEPS, TILES_RUN,
  TILES_UNDER_WAY, TILE_FINALS, TILE_INPUTS, TILE_PARTIALS, TILE_SPILLS, TILE_WEIGHTS, TILE_WORK, WEIGHTS, WEIGHTS_BUSY,
  WEIGHT_VISITS, WORK, WORK_OR_LOAD, WORK_TO_FINAL,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, div, max, mul, splat, sub, where } from "../arithmetic";
import { energyPj } from "./energy";

/** Place of a loop of one trip, and of one that is done. */
const NOWHERE = 99;
/** From a dispatch to the first request, and from the last row through the array to its results written. */
const DISPATCH_TO_REQUEST: f32 = 3;
const RESULT_TO_WRITE: f32 = 4;

// @ts-ignore: decorator
@inline
function place(order: v128, dim: i32, trips: v128): v128 {
  const rank = v128.and(i32x4.shr_u(order, dim << 2), i32x4.splat(15));
  return v128.bitselect(rank, i32x4.splat(NOWHERE), f32x4.gt(trips, splat(1)));
}

// @ts-ignore: decorator
@inline
function innermostOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return i32x4.min_s(i32x4.min_s(a, b), i32x4.min_s(c, d));
}

export function walk(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  const one = splat(1);
  const zero = splat(0);
  const nowhere = i32x4.splat(NOWHERE);
  const dispatch = all(physics, DISPATCH);
  const latency = add(all(physics, DRAM_LATENCY), splat(DISPATCH_TO_REQUEST));
  const share = div(one, all(physics, TILES_UNDER_WAY));
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16) {
    const order = v128.load(block, ORDER_DRAM);
    const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
    const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
    const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
    let placeN = place(order, N, tripsN);
    let placeK = place(order, K, tripsK);
    let placeC = place(order, C, tripsC);
    let placeP = place(order, P, tripsP);
    let placeQ = place(order, Q, tripsQ);
    let placeR = place(order, R, tripsR);
    let placeS = place(order, S, tripsS);
    const work = v128.load(scratch, TILE_WORK);
    const inputs = v128.load(scratch, TILE_INPUTS);
    const weights = v128.load(scratch, TILE_WEIGHTS);
    const partials = v128.load(scratch, TILE_PARTIALS);
    const finals = v128.load(scratch, TILE_FINALS);
    const spills = v128.load(scratch, TILE_SPILLS);
    const inputsBusy = v128.load(scratch, INPUTS_BUSY);
    const weightsBusy = v128.load(scratch, WEIGHTS_BUSY);
    const partialsBusy = v128.load(scratch, PARTIALS_BUSY);
    const firstWeights = v128.load(scratch, FIRST_WEIGHTS);
    const lastWeights = v128.load(scratch, LAST_WEIGHTS);
    const behindInputs = v128.load(scratch, LEFT_BEHIND_INPUTS);
    const behindWeights = v128.load(scratch, LEFT_BEHIND_WEIGHTS);
    const toFinal = v128.load(scratch, WORK_TO_FINAL);
    const drain = add(mul(splat(2), v128.load(scratch, ARRAY_SIZE)), splat(RESULT_TO_WRITE));
    const tiles = v128.load(scratch, TILES_RUN);

    // Tiles that the loops outside the one at hand make, and steps of sums among them.
    let outside = tiles;
    let steps = v128.load(scratch, SUM_STEPS);
    let changesI = zero;
    let changesW = zero;
    let changesO = zero;
    // Loads of inputs and weights, stores of final and of partial sums, over all tiles: the first one loads, the last one stores.
    let loadsI = one;
    let loadsW = one;
    let storesFinal = one;
    let storesPartial = zero;
    let chains = zero;
    let workOrLoad = zero;
    let loadOrStore = zero;
    let slowest = zero;
    let innermost = zero;
    let sumInnermost = zero;
    let kInnermost = zero;
    let firstSum = zero;
    let run = one;
    let met = zero;

    for (;;) {
      let next = innermostOf(placeN, placeK, placeC, placeP);
      next = i32x4.min_s(next, i32x4.min_s(placeQ, i32x4.min_s(placeR, placeS)));
      const any = i32x4.lt_s(next, nowhere);
      if (!v128.any_true(any)) break;
      const isN = v128.and(any, i32x4.eq(placeN, next));
      const isK = v128.and(any, i32x4.eq(placeK, next));
      const isC = v128.and(any, i32x4.eq(placeC, next));
      const isP = v128.and(any, i32x4.eq(placeP, next));
      const isQ = v128.and(any, i32x4.eq(placeQ, next));
      const isR = v128.and(any, i32x4.eq(placeR, next));
      const isS = v128.and(any, i32x4.eq(placeS, next));
      const isSum = v128.or(isC, v128.or(isR, isS));
      const isPixel = v128.or(isN, v128.or(isP, isQ));
      const trips = v128.or(
        v128.or(v128.or(where(isN, tripsN), where(isK, tripsK)), v128.or(where(isC, tripsC), where(isP, tripsP))),
        v128.or(v128.or(where(isQ, tripsQ), where(isR, tripsR)), v128.or(where(isS, tripsS), v128.andnot(one, any))),
      );
      const inverse = div(one, trips);
      const made = mul(outside, sub(one, inverse));
      outside = mul(outside, inverse);
      steps = v128.bitselect(mul(steps, inverse), steps, isSum);
      changesI = v128.or(changesI, v128.or(isSum, isPixel));
      changesW = v128.or(changesW, v128.or(isSum, isK));
      changesO = v128.or(changesO, v128.or(isPixel, isK));
      // Share of the tiles whose sums were begun before, and whose predecessors left theirs incomplete.
      const partial = where(changesO, v128.bitselect(one, sub(one, div(one, steps)), isSum));
      const final = sub(where(changesO, one), partial);

      const load = add(add(where(changesI, inputs), where(changesW, weights)), mul(partial, partials));
      const store = add(mul(final, finals), mul(partial, spills));
      const busy = add(
        add(where(changesI, inputsBusy), where(changesW, weightsBusy)), add(mul(partial, partialsBusy), store),
      );
      const wait = where(v128.and(changesI, changesW), firstWeights);
      const lastInputs = sub(load, where(changesW, lastWeights));
      const loaded = max(add(load, behindWeights), add(lastInputs, behindInputs));
      const computed = add(latency, max(add(wait, work), loaded));
      const stored = add(add(computed, drain), max(zero, sub(store, sub(work, toFinal))));
      const chain = mul(share, stored);
      const faster = max(work, load);
      const tile = max(max(faster, busy), max(max(store, dispatch), chain));
      chains = add(chains, mul(made, chain));
      workOrLoad = add(workOrLoad, mul(made, faster));
      loadOrStore = add(loadOrStore, mul(made, max(load, store)));
      slowest = add(slowest, mul(made, tile));
      loadsI = add(loadsI, where(changesI, made));
      loadsW = add(loadsW, where(changesW, made));
      storesFinal = add(storesFinal, mul(made, final));
      storesPartial = add(storesPartial, mul(made, partial));

      const isFirst = v128.andnot(any, met);
      innermost = v128.bitselect(mul(made, tile), innermost, isFirst);
      sumInnermost = v128.or(sumInnermost, v128.and(isFirst, isSum));
      kInnermost = v128.or(kInnermost, v128.and(isFirst, isK));
      met = v128.or(met, any);
      firstSum = v128.or(firstSum, isSum);
      run = v128.bitselect(run, mul(run, trips), firstSum);
      placeN = v128.bitselect(nowhere, placeN, isN);
      placeK = v128.bitselect(nowhere, placeK, isK);
      placeC = v128.bitselect(nowhere, placeC, isC);
      placeP = v128.bitselect(nowhere, placeP, isP);
      placeQ = v128.bitselect(nowhere, placeQ, isQ);
      placeR = v128.bitselect(nowhere, placeR, isR);
      placeS = v128.bitselect(nowhere, placeS, isS);
    }

    const allInputs = mul(loadsI, inputs);
    const allWeights = mul(loadsW, weights);
    const allPartials = mul(storesPartial, partials);
    const allSpills = mul(storesPartial, spills);
    const loads = add(add(allInputs, allWeights), allPartials);
    const stores = add(mul(storesFinal, finals), allSpills);
    const busy = add(
      add(mul(loadsI, inputsBusy), mul(loadsW, weightsBusy)), add(mul(storesPartial, partialsBusy), stores),
    );
    const both = add(inputs, weights);
    const loaded = max(add(both, behindWeights), add(sub(both, lastWeights), behindInputs));
    const first = add(latency, max(add(firstWeights, work), loaded));
    const last = add(drain, max(zero, sub(finals, sub(work, toFinal))));
    const fill = add(dispatch, add(first, last));
    const perTile = div(one, tiles);

    v128.store(scratch, mul(work, tiles), WORK);
    v128.store(scratch, loads, LOADS);
    v128.store(scratch, allInputs, INPUTS);
    v128.store(scratch, allWeights, WEIGHTS);
    v128.store(scratch, allPartials, PARTIALS);
    v128.store(scratch, stores, STORES);
    v128.store(scratch, allSpills, SPILLS);
    v128.store(scratch, busy, BUSY);
    v128.store(scratch, mul(dispatch, tiles), DISPATCHES);
    v128.store(scratch, chains, CHAINS);
    v128.store(scratch, workOrLoad, WORK_OR_LOAD);
    v128.store(scratch, loadOrStore, LOAD_OR_STORE);
    v128.store(scratch, innermost, INNERMOST);
    v128.store(scratch, slowest, SLOWEST);
    v128.store(scratch, fill, FILL);
    v128.store(scratch, add(fill, slowest), BASE);

    v128.store(scratch, run, STORE_RUN);
    v128.store(scratch, mul(loads, perTile), LOAD_OF_TILE);
    v128.store(scratch, mul(stores, perTile), STORE_OF_TILE);
    v128.store(scratch, mul(loadsI, perTile), INPUT_VISITS);
    v128.store(scratch, mul(loadsW, perTile), WEIGHT_VISITS);
    v128.store(scratch, mul(add(storesFinal, storesPartial), perTile), OUTPUT_VISITS);
    v128.store(scratch, where(sumInnermost, one), SUM_INNERMOST);
    v128.store(scratch, where(kInnermost, one), K_INNERMOST);

    v128.store(scratch, energyPj(physics, scratch, loadsI, loadsW, storesFinal, storesPartial), ENERGY);
  }
}
