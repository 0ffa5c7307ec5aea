/**
 * Load, execute and store engines over a strip of tiles. The processor issues a call for each tile; two are under way at a time,
 * and a third is taken when the older has issued all it has. A convolution computes when its loads are complete, a matrix
 * product follows its loads. Stores and loads share the way to memory. All times are cycles from the start.
 */
import {
  CALL_ISSUE, CALL_WAIT, COMPUTE_LATENCY, COMPUTE_LATENCY_DIM, ENGINE_EXECUTE, ENGINE_EXECUTED,
  ENGINE_EXECUTE_BEFORE, ENGINE_FREE, ENGINE_FREE_BEFORE, ENGINE_FRONT, ENGINE_ISSUED, ENGINE_LOAD, ENGINE_LOADED,
  ENGINE_STORE, ENGINE_STORED, ENGINE_TOTAL, LAST_LOAD_SHARE, LOAD_LATENCY, LOAD_WAIT_SHARE, LOAD_WAIT_SHARE_DIM,
  QUEUED_COMPUTES, QUEUED_LOADS, STORE_LATENCY, STORE_LOAD_SHARE, STORE_OVERLAP, TILE_BLOCK_STEP, TILE_BYTES,
  TILE_COMPUTE_STEP, TILE_EXECUTE, TILE_LEAVES, TILE_LOAD, TILE_LOAD_STEP, TILE_STORE, TILE_WEIGHT,
} from "../../src/kernels/event-layout";

/** Runs `count` tiles from `tile` on and adds to what the engines in `state` have done. */
export function run(tile: usize, count: i32, coefficients: usize, dim: f64, matmul: bool, state: usize): void {
  const callWait = load<f64>(coefficients, CALL_WAIT);
  const callIssue = load<f64>(coefficients, CALL_ISSUE);
  const loadLatency = load<f64>(coefficients, LOAD_LATENCY);
  const computeLatency = load<f64>(coefficients, COMPUTE_LATENCY) + load<f64>(coefficients, COMPUTE_LATENCY_DIM) * dim;
  const storeLatency = load<f64>(coefficients, STORE_LATENCY);
  const queuedLoads = load<f64>(coefficients, QUEUED_LOADS);
  const queuedComputes = load<f64>(coefficients, QUEUED_COMPUTES);
  const lastLoad = load<f64>(coefficients, LAST_LOAD_SHARE);
  const overlapped = 1 - load<f64>(coefficients, LOAD_WAIT_SHARE) - load<f64>(coefficients, LOAD_WAIT_SHARE_DIM) * dim;
  const storeOverlap = matmul ? load<f64>(coefficients, STORE_OVERLAP) : 0;
  const storeShare = load<f64>(coefficients, STORE_LOAD_SHARE);

  let issued = load<f64>(state, ENGINE_ISSUED);
  let free = load<f64>(state, ENGINE_FREE);
  let freeBefore = load<f64>(state, ENGINE_FREE_BEFORE);
  let loaded = load<f64>(state, ENGINE_LOADED);
  let executed = load<f64>(state, ENGINE_EXECUTED);
  let stored = load<f64>(state, ENGINE_STORED);
  let executeBefore = load<f64>(state, ENGINE_EXECUTE_BEFORE);
  let front = load<f64>(state, ENGINE_FRONT);
  let total = load<f64>(state, ENGINE_TOTAL);
  let busyLoad = load<f64>(state, ENGINE_LOAD);
  let busyExecute = load<f64>(state, ENGINE_EXECUTE);
  let busyStore = load<f64>(state, ENGINE_STORE);

  for (let end = tile + <usize>count * TILE_BYTES; tile < end; tile += TILE_BYTES) {
    const loads = load<f64>(tile, TILE_LOAD);
    const execute = load<f64>(tile, TILE_EXECUTE);
    const stores = load<f64>(tile, TILE_STORE);
    const step = queuedLoads * load<f64>(tile, TILE_LOAD_STEP);
    const weight = load<f64>(tile, TILE_WEIGHT);

    issued = max(issued + callWait, freeBefore) + callIssue;
    const loadStart = max(max(loaded, issued), executed - overlapped * executeBefore);
    loaded = loadStart + loads;
    const ready = loaded + loadLatency;
    let computeStart: f64;
    let rest: f64;
    if (matmul) {
      computeStart = max(executed, loadStart + loadLatency + step);
      rest = lastLoad * load<f64>(tile, TILE_BLOCK_STEP);
    } else {
      computeStart = max(executed, max(loadStart + loadLatency, ready - step));
      rest = execute - lastLoad * load<f64>(tile, TILE_BLOCK_STEP);
    }
    const done = max(computeStart + execute, ready + rest);
    executeBefore = execute;
    let released = done - min(execute, queuedComputes * load<f64>(tile, TILE_COMPUTE_STEP));
    if (load<f64>(tile, TILE_LEAVES) != 0) {
      const storeStart = max(stored, done + computeLatency - storeOverlap * min(stores, execute));
      stored = storeStart + stores;
      released = max(released, stored - storeLatency);
      loaded += storeShare * stores;
    }
    executed = done;
    freeBefore = free;
    free = released;

    const reached = max(front, max(done, stored));
    total += weight * (reached - front);
    front = reached;
    busyLoad += weight * loads;
    busyExecute += weight * execute;
    busyStore += weight * stores;
  }

  store<f64>(state, issued, ENGINE_ISSUED);
  store<f64>(state, free, ENGINE_FREE);
  store<f64>(state, freeBefore, ENGINE_FREE_BEFORE);
  store<f64>(state, loaded, ENGINE_LOADED);
  store<f64>(state, executed, ENGINE_EXECUTED);
  store<f64>(state, stored, ENGINE_STORED);
  store<f64>(state, executeBefore, ENGINE_EXECUTE_BEFORE);
  store<f64>(state, front, ENGINE_FRONT);
  store<f64>(state, total, ENGINE_TOTAL);
  store<f64>(state, busyLoad, ENGINE_LOAD);
  store<f64>(state, busyExecute, ENGINE_EXECUTE);
  store<f64>(state, busyStore, ENGINE_STORE);
}
