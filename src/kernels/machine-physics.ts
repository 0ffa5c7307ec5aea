import type { LayerShape } from "../workload/layer.ts";
import { DIMS } from "../workload/layer.ts";
import { type PhysicsRun, type RunLayer, writeFrame } from "./physics.ts";
import * as starlight from "./starlight-layout.ts";
import * as at from "./starlight-machine-layout.ts";

/** What surrounds the array of our own RTL, named as its parameters are (docs/rtl.md). */
export interface MachineTiming {
  readonly busBytes: number;
  readonly dramBytesPerCycle: number;
  readonly dramLatencyCycles: number;
  readonly maxInflight: number;
  readonly tileIssueCycles: number;
  readonly loadQueue: number;
  readonly executeQueue: number;
  readonly storeQueue: number;
  readonly minRows: number;
}

/** What the machine's counters cost, pJ. */
export interface MachinePrices {
  readonly macPj: number;
  /** A weight moved to the array. */
  readonly registerPj: number;
  /** A row of each memory. */
  readonly accumulatorRowPj: number;
  readonly scratchpadRowPj: number;
  readonly dramBytePj: number;
}

/** Largest DMA request in bytes; a row of a larger array is one. */
const REQUEST_BYTES = 64;
/** Cycles of the sequencer for each tile, beside those of the processor. */
const SEQUENCER_CYCLES = 2;

/** A layer as our own RTL runs it: as it is. */
export function machineLayer(shape: LayerShape): RunLayer {
  const { N, K, C, P, Q, R, S, Wstride, Hstride, Wdilation, Hdilation } = shape;
  return {
    bounds: [N, K, C, P, Q, R, S],
    strideW: Wstride,
    strideH: Hstride,
    dilationW: Wdilation,
    dilationH: Hdilation,
    paddingW: 0,
    paddingH: 0,
    inputW: (P - 1) * Wstride + (R - 1) * Wdilation + 1,
    inputH: (Q - 1) * Hstride + (S - 1) * Hdilation + 1,
    matmul: Q === 1 && R === 1 && S === 1,
    tileUnit: 0,
  };
}

/**
 * Writes the record that Starlight's kernel reads for our own RTL.
 *
 * @param machine what surrounds the array
 * @param prices without them, energies stay those of the analytical model
 */
export function writeMachinePhysics(
  memory: WebAssembly.Memory,
  address: number,
  run: PhysicsRun,
  machine: MachineTiming,
  prices?: MachinePrices,
): void {
  const { layer, array } = run;
  const view = writeFrame(memory, address, run);
  const f32 = (offset: number, value: number): void => view.setFloat32(offset, value, true);
  const i32 = (offset: number, value: number): void => view.setInt32(offset, value, true);
  const bound = (dim: "C" | "K"): number => layer.bounds[DIMS.indexOf(dim)] as number;
  i32(starlight.FORM, 1);
  f32(at.DILATION_W, layer.dilationW);
  f32(at.DILATION_H, layer.dilationH);
  f32(at.MIN_ROWS, machine.minRows);
  i32(at.ODD_STRIDE, layer.strideW % 2 === 1 ? -1 : 0);
  f32(at.GROUP, Math.max(array, REQUEST_BYTES));
  f32(at.BUS_BYTES, machine.busBytes);
  f32(at.BEAT_CYCLES, Math.max(1, machine.busBytes / machine.dramBytesPerCycle));
  f32(at.DRAM_LATENCY, machine.dramLatencyCycles);
  f32(at.REQUESTS_UNDER_WAY, machine.maxInflight);
  f32(at.DISPATCH, machine.tileIssueCycles + SEQUENCER_CYCLES);
  f32(at.TILES_UNDER_WAY, Math.min(machine.loadQueue, machine.executeQueue, machine.storeQueue));
  i32(at.BEAT_C, powerIn(bound("C"), machine.busBytes));
  i32(at.BEAT_K, powerIn(bound("K"), machine.busBytes));
  i32(at.ALIKE_C, bound("C") % machine.busBytes === 0 ? -1 : 0);
  i32(at.ALIKE_K, bound("K") % machine.busBytes === 0 ? -1 : 0);
  f32(at.FIXED_PJ, prices === undefined ? 0 : layerMacs(layer) * (prices.macPj + prices.registerPj));
  f32(at.REGISTER_PJ, prices?.registerPj ?? 0);
  f32(at.ACCUMULATOR_PJ, prices?.accumulatorRowPj ?? 0);
  f32(at.SCRATCHPAD_PJ, prices?.scratchpadRowPj ?? 0);
  f32(at.DRAM_PJ, prices?.dramBytePj ?? 0);
}

function layerMacs({ bounds }: RunLayer): number {
  return bounds.reduce((product, bound) => product * bound, 1);
}

/** Largest power of two, at most `most`, that divides a count of bytes. */
function powerIn(bytes: number, most: number): number {
  return Math.min(most, bytes & -bytes);
}
