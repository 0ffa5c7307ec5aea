/**
 * Stage 7: the latency of the closed form (four candidates a step). What the event model simulates, loads of one call beside the
 * execution of another, is replaced by the slowest of the engines and of the chains between them, of an average call and an average
 * store. docs/starlight.md has the equations, in the same names.
 */
import {
  BASE, CALLS, CALL_ISSUE, CALL_WAIT, COMMANDS_OF_CALL, COMPUTES_OF_CALL, CONVOLUTION, EXECUTE, FILL, ISSUE,
  LAST_LOAD_SHARE, LOAD, LOAD_LATENCY, LOAD_WAIT_SHARE, ONE, PAIRED, PRELOADS_OF_CALL, QUEUED_COMPUTES, QUEUED_LOADS,
  RUN, SERIAL, START, STORE, STORES, STORE_LATENCY, STORE_LOAD_SHARE, STORE_OVERLAP, STORE_RUN,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, div, max, min, mul, splat, sub } from "../arithmetic";

export function calls(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const half = splat(0.5);
  const isConvolution = load<i32>(physics, CONVOLUTION) != 0;
  const latency = all(physics, LOAD_LATENCY);
  const issue = all(physics, CALL_ISSUE);
  const call = add(all(physics, CALL_WAIT), issue);
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const execute = v128.load(scratch, EXECUTE);
    const store = v128.load(scratch, STORE);
    const calls = v128.load(scratch, CALLS);
    const stores = v128.load(scratch, STORES);
    const perCall = div(one, calls);
    const e = mul(execute, perCall);
    const l = mul(v128.load(scratch, LOAD), perCall);
    const s = div(store, stores);

    // A call from its first load to its last computation. A convolution computes when its loads are complete but for those queued, a
    // matrix product follows its loads.
    const ahead = mul(all(physics, QUEUED_LOADS), div(l, max(one, v128.load(scratch, COMMANDS_OF_CALL))));
    const share = mul(all(physics, LAST_LOAD_SHARE), div(e, v128.load(scratch, PRELOADS_OF_CALL)));
    const span = isConvolution
      ? max(add(max(latency, add(l, sub(latency, ahead))), e), add(add(l, latency), sub(e, share)))
      : max(add(add(latency, ahead), e), add(add(l, latency), share));
    const apart = sub(span, mul(sub(one, all(physics, LOAD_WAIT_SHARE)), e));
    const early = min(e, mul(all(physics, QUEUED_COMPUTES), div(e, max(one, v128.load(scratch, COMPUTES_OF_CALL)))));
    const lateStore = isConvolution
      ? all(physics, STORE_LATENCY)
      : sub(all(physics, STORE_LATENCY), mul(all(physics, STORE_OVERLAP), min(s, e)));
    const pair = mul(half, add(issue, sub(span, early)));
    const pairStoring = mul(half, add(add(issue, span), add(lateStore, s)));
    const sharing = mul(all(physics, STORE_LOAD_SHARE), s);

    const quiet = sub(calls, stores);
    const serial = add(mul(calls, max(l, apart)), mul(stores, sharing));
    const paired = add(mul(quiet, pair), mul(stores, max(pair, pairStoring)));
    const issues = mul(calls, call);
    // Stores spread out, and in runs, during which the engines wait for them alone.
    const spread = max(max(max(execute, issues), max(serial, paired)), store);
    const plain = max(max(e, call), max(max(l, apart), pair));
    const storing = max(max(max(e, call), max(add(max(l, apart), sharing), s)), max(pair, pairStoring));
    const bunched = add(mul(quiet, plain), mul(stores, storing));
    const run = v128.load(scratch, RUN);
    const steady = v128.bitselect(max(spread, bunched), spread, f32x4.gt(run, one));
    const fill = add(add(call, span), add(lateStore, s));

    v128.store(scratch, issues, ISSUE);
    v128.store(scratch, serial, SERIAL);
    v128.store(scratch, paired, PAIRED);
    v128.store(scratch, fill, FILL);
    v128.store(scratch, run, STORE_RUN);
    v128.store(scratch, add(all(physics, START), add(fill, mul(steady, sub(one, perCall)))), BASE);
  }
}
