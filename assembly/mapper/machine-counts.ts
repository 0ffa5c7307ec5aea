/**
 * What our own RTL counts for the energy of a candidate, exactly: the sums of assembly/machine/counters.ts in closed form. A tile loads
 * what changes as the loops move on, so operands stay along the innermost run of loops that do not index them; sums that are not complete
 * when other outputs come leave for DRAM and come back, four bytes each.
 */
import { C, K, N, P, PE_DIM, Q, R, S } from "../../src/kernels/layout";
import {
  BANK_ROWS, BURSTS, DRAM_C, DRAM_K, EXTENT, FILTER_STEPS, OUTPUT_STEPS, PAD_ROWS, PLANE, REGISTERS,
} from "../../src/kernels/mapper-layout";
import { energyPj, tileC, tileK, trips } from "./candidate";

/** Bytes of a DRAM burst. */
const BURST: f64 = 64;
/** An int32 out and in again, in bytes, for each byte of a final output. */
const SPILLED: f64 = 8;

// @ts-ignore: decorator
@inline
function extent(problem: usize, dim: i32): f64 {
  return load<f64>(problem + (<usize>dim << 3), EXTENT);
}

/** Counts a candidate that loads inputs and weights, and visits outputs, so many times. */
function countVisits(context: usize, problem: usize, inputLoads: f64, weightLoads: f64, outputVisits: f64): void {
  const peDim = <f64>load<f32>(context, PE_DIM);
  const tC = tileC(problem);
  const tK = tileK(problem);
  const blocksC = ceil(tC / peDim);
  const blocksK = ceil(tK / peDim);
  const stepsK = load<f64>(problem, DRAM_K);
  const stepsC = load<f64>(problem, DRAM_C);
  const pixelSteps = load<f64>(problem, OUTPUT_STEPS);
  const taps = extent(problem, R) * extent(problem, S);
  const pixels = extent(problem, P) * extent(problem, Q) * extent(problem, N);
  const outputTiles = pixelSteps * stepsK;
  const tilePixels = pixels / pixelSteps;
  const tileTaps = taps / load<f64>(problem, FILTER_STEPS);
  const plane = load<f64>(problem, PLANE);
  const spills = outputVisits - outputTiles;
  const streamed = blocksK * stepsK * blocksC * stepsC * taps * pixels;
  const weightRows = taps * extent(problem, C) * blocksK * stepsK * pixelSteps;
  const accumulatorRows =
    2 * streamed - blocksK * stepsK * pixels + tilePixels * blocksK * (outputTiles + 2 * spills);
  const bytes =
    inputLoads * plane * tC + weightLoads * tileTaps * tC * tK + tilePixels * tK * (outputTiles + SPILLED * spills);
  store<f64>(problem, taps * extent(problem, C) * extent(problem, K) * pixelSteps, REGISTERS);
  store<f64>(problem, accumulatorRows * peDim, BANK_ROWS);
  store<f64>(problem, streamed + weightRows + inputLoads * plane * blocksC + weightLoads * tileTaps * tC * blocksK, PAD_ROWS);
  store<f64>(problem, bytes / BURST, BURSTS);
}

/** Tiles of the candidate at hand. */
// @ts-ignore: decorator
@inline
function tilesOf(problem: usize): f64 {
  return load<f64>(problem, OUTPUT_STEPS) * load<f64>(problem, FILTER_STEPS) * load<f64>(problem, DRAM_C) * load<f64>(problem, DRAM_K);
}

/** Counts the chosen tile under an order of its DRAM loops, dims innermost first. */
export function countInOrder(context: usize, problem: usize, loops: usize, length: usize): void {
  const tiles = tilesOf(problem);
  let inputs: f64 = 1;
  let weights: f64 = 1;
  let outputs: f64 = 1;
  // Along the innermost loops that are of one kind, the operand that they do not index stays.
  for (let i: usize = 0; i < length; i++) {
    const dim = <i32>load<u8>(loops + i);
    if (kindOf(dim) != kindOf(<i32>load<u8>(loops))) break;
    const steps = trips(problem, dim);
    if (dim == K) inputs *= steps;
    else if (dim == P || dim == Q || dim == N) weights *= steps;
    else outputs *= steps;
  }
  countVisits(context, problem, tiles / inputs, tiles / weights, tiles / outputs);
}

// @ts-ignore: decorator
@inline
function kindOf(dim: i32): i32 {
  return dim == K ? 0 : dim == P || dim == Q || dim == N ? 1 : 2;
}

/** Least energy of the chosen tile under any order: inputs stay, weights stay, or outputs do. */
export function leastCounted(context: usize, problem: usize): f64 {
  const tiles = tilesOf(problem);
  const outputSteps = load<f64>(problem, OUTPUT_STEPS);
  const sumSteps = load<f64>(problem, FILTER_STEPS) * load<f64>(problem, DRAM_C);
  countVisits(context, problem, tiles / load<f64>(problem, DRAM_K), tiles, tiles);
  let energy = energyPj(context, problem);
  countVisits(context, problem, tiles, tiles / outputSteps, tiles);
  energy = min(energy, energyPj(context, problem));
  countVisits(context, problem, tiles, tiles, tiles / sumSteps);
  return min(energy, energyPj(context, problem));
}
