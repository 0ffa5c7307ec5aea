/** Latency, its interval and EDP from the closed form and the ensemble; and the stages in their order. */
import {
  COLUMN, EDP_J_CYCLES, ENERGY_PJ, INFEASIBLE_MASK, LATENCY_CYCLES, LATENCY_HIGH, LATENCY_LOW, STATUS,
} from "../../src/kernels/layout";
import {
  ACTIVATIONS_A, ACTIVATIONS_B, BASE, FACTORS, FORM, LOAD, NETWORK, NETWORK_LAYER_1, NETWORK_LAYER_2, NETWORK_LAYER_3, NETWORK_NETS,
  ONE, SPREAD_FLOOR, SPREAD_LOAD, SPREAD_SCALE, SPREAD_STORE, STORE, STREAMED, TILES,
} from "../../src/kernels/starlight-layout";
import { LOADS, STORES } from "../../src/kernels/starlight-machine-layout";
import { all } from "../lanes";
import { add, div, exp2, max, mul, splat, sub } from "./arithmetic";
import { gemminiForm } from "./gemmini/closed-form";
import { activations, logarithms } from "./inputs";
import { machineForm } from "./machine/closed-form";
import { price } from "./machine/energy";
import { hiddenLayer, lastLayer } from "./network";
import { tiles } from "./tiles";

/**
 * Starlight's prediction of up to LANES candidates of one block that the analytical model has priced: writes latency, interval
 * and EDP; keeps the analytical energy of Gemmini, writes that of our own RTL. `scratch` has STARLIGHT_SCRATCH_BYTES.
 */
export function predictBlock(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  const rounded = (lanes + 7) & ~7;
  describeBlock(physics, block, rounded, scratch);
  if (load<i32>(physics, FORM)) price(physics, block, rounded, scratch);
  const network = <usize>load<i32>(physics, NETWORK);
  let nets = 1;
  if (network == 0) {
    memory.fill(scratch + FACTORS, 0, COLUMN);
  } else {
    const a = scratch + ACTIVATIONS_A;
    const b = scratch + ACTIVATIONS_B;
    const panels = rounded >> 3;
    activations(physics, network, rounded, scratch, a);
    hiddenLayer(<usize>load<i32>(network, NETWORK_LAYER_1), a, b, panels);
    hiddenLayer(<usize>load<i32>(network, NETWORK_LAYER_2), b, a, panels);
    lastLayer(<usize>load<i32>(network, NETWORK_LAYER_3), a, scratch + FACTORS, panels);
    nets = load<i32>(network, NETWORK_NETS);
  }
  outcome(physics, block, rounded, scratch, nets);
}

/** Column where the bound is kept, since a logarithm takes its place: tiles are not needed any more. */
const KEPT_BOUND: usize = TILES;

/** The inputs of the network. */
export function inputsOfBlock(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  describeBlock(physics, block, lanes, scratch);
  memory.copy(scratch + KEPT_BOUND, scratch + STREAMED, COLUMN);
  logarithms(physics, lanes, scratch);
}

/** The closed form alone: all columns of the scratch up to BASE. */
export function describeBlock(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  tiles(physics, block, lanes, scratch);
  if (load<i32>(physics, FORM)) machineForm(physics, block, lanes, scratch);
  else gemminiForm(physics, block, lanes, scratch);
}

/** e^x. */
// @ts-ignore: decorator
@inline
function exp(physics: usize, x: v128): v128 {
  return exp2(physics, mul(x, splat(1.44269504)));
}

/** Latency, interval and EDP from BASE and the ensemble's factors, of which there are `nets` columns. */
function outcome(physics: usize, block: usize, lanes: i32, scratch: usize, nets: i32): void {
  const share = splat(<f32>1 / <f32>nets);
  const floor = all(physics, SPREAD_FLOOR);
  const scale = all(physics, SPREAD_SCALE);
  const perLoad = all(physics, SPREAD_LOAD);
  const perStore = all(physics, SPREAD_STORE);
  const own = load<i32>(physics, FORM);
  const loads: usize = own ? LOADS : LOAD;
  const stores: usize = own ? STORES : STORE;
  const infinity = splat(Infinity);
  let wideOut = block;
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16, wideOut += 32) {
    let sum = splat(0);
    for (let net = 0; net < nets; net++) sum = add(sum, v128.load(scratch + <usize>net * COLUMN, FACTORS));
    const mean = mul(sum, share);
    let squares = splat(0);
    for (let net = 0; net < nets; net++) {
      const apart = sub(v128.load(scratch + <usize>net * COLUMN, FACTORS), mean);
      squares = add(squares, mul(apart, apart));
    }
    const moved = add(mul(perLoad, v128.load(scratch + loads)), mul(perStore, v128.load(scratch + stores)));
    const certain = add(floor, mul(moved, div(all(physics, ONE), v128.load(scratch, BASE))));
    const width = exp(physics, add(certain, mul(scale, f32x4.sqrt(mul(squares, share)))));
    const bound = v128.load(scratch, STREAMED);
    const status = v128.and(v128.load(block, STATUS), i32x4.splat(INFEASIBLE_MASK));
    const broken = i32x4.ne(status, i32x4.splat(0));
    const cycles = v128.bitselect(infinity, f32x4.nearest(max(bound, mul(v128.load(scratch, BASE), exp(physics, mean)))), broken);
    v128.store(block, f32x4.floor(max(bound, div(cycles, width))), LATENCY_LOW);
    v128.store(block, f32x4.ceil(mul(cycles, width)), LATENCY_HIGH);
    keep(wideOut, f64x2.promote_low_f32x4(cycles));
    keep(wideOut + 16, f64x2.promote_low_f32x4(i8x16.shuffle(cycles, cycles, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0)));
  }
}

// @ts-ignore: decorator
@inline
function keep(at: usize, cycles: v128): void {
  v128.store(at, cycles, LATENCY_CYCLES);
  v128.store(at, f64x2.mul(f64x2.mul(v128.load(at, ENERGY_PJ), f64x2.splat(1e-12)), cycles), EDP_J_CYCLES);
}
