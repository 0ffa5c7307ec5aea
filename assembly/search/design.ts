/**
 * A design of a co-design: hardware, and for each layer a gene, the tile extents below DRAM. What the mapper proves to be best is
 * not searched: spatial factors are the widest ones, and of the DRAM orders the one with the least share of the objective is taken.
 */
import {
  ACCUMULATOR_ENERGY, C, CONTEXT_BYTES, H_DILATION, H_STRIDE, K, N, P, Q, R, S, SCRATCHPAD_ENERGY, W_DILATION, W_STRIDE,
} from "../../src/kernels/layout";
import { CLASS_BYTES, CLASS_COUNT, CLASS_ORDER, CLASSES } from "../../src/kernels/mapper-layout";
import {
  ARRAY_ACCUMULATORS, ARRAY_BYTES, ARRAY_MM2, ARRAY_SCRATCHPADS, DESIGN_ACCUMULATOR, DESIGN_ARRAY, DESIGN_COST, DESIGN_GENES,
  DESIGN_SCRATCHPAD, DESIGN_SUMS, GENE_BYTES, GENE_ENERGY, GENE_LATENCY, GENE_ORDER, LAYER_BYTES, LAYER_CONTEXTS, LAYER_COUNT,
  LAYER_NETWORK, LAYER_PROBLEM, LAYER_SPREADS, MEMORY_BYTES, MEMORY_MM2, MEMORY_PJ, MEMORY_WORDS, SPACE_ARRAY_TABLE,
  SPACE_DESIGN_BYTES, SPACE_ENERGY_POWER, SPACE_EVALUATED, SPACE_LATENCY_POWER, SPACE_LAYER_TABLE, SPACE_LAYERS, SPACE_NETWORKS,
  SPREAD_BYTES, SPREAD_C,
} from "../../src/kernels/walk-layout";
import { chooseTileC, chooseTileK, energyPj, latencyCycles, tally } from "../mapper/candidate";
import { divisor, divisorCount, exists, extent, openWindow } from "../mapper/window";
import { ln } from "./logarithm";

// @ts-ignore: decorator
@inline
export function layerAt(space: usize, index: i32): usize {
  return <usize>load<u32>(space, SPACE_LAYER_TABLE) + <usize>index * LAYER_BYTES;
}

// @ts-ignore: decorator
@inline
export function geneAt(design: usize, index: i32): usize {
  return design + DESIGN_GENES + <usize>index * GENE_BYTES;
}

// @ts-ignore: decorator
@inline
export function problemOf(layer: usize): usize {
  return <usize>load<u32>(layer, LAYER_PROBLEM);
}

// @ts-ignore: decorator
@inline
function contextOf(layer: usize, array: i32): usize {
  return <usize>load<u32>(layer, LAYER_CONTEXTS) + <usize>array * CONTEXT_BYTES;
}

// @ts-ignore: decorator
@inline
function arrayOf(space: usize, design: usize): usize {
  return <usize>load<u32>(space, SPACE_ARRAY_TABLE) + <usize>load<i32>(design, DESIGN_ARRAY) * ARRAY_BYTES;
}

// @ts-ignore: decorator
@inline
function scratchpadOf(space: usize, design: usize): usize {
  return <usize>load<u32>(arrayOf(space, design), ARRAY_SCRATCHPADS) + <usize>load<i32>(design, DESIGN_SCRATCHPAD) * MEMORY_BYTES;
}

// @ts-ignore: decorator
@inline
function accumulatorOf(space: usize, design: usize): usize {
  return <usize>load<u32>(arrayOf(space, design), ARRAY_ACCUMULATORS) + <usize>load<i32>(design, DESIGN_ACCUMULATOR) * MEMORY_BYTES;
}

/** Area of a design's hardware in mm2, added up as src/hardware/area.ts does. */
export function areaMm2(space: usize, design: usize): f64 {
  return (
    load<f64>(scratchpadOf(space, design), MEMORY_MM2) + load<f64>(accumulatorOf(space, design), MEMORY_MM2) +
    load<f64>(arrayOf(space, design), ARRAY_MM2)
  );
}

/** Makes the contexts of a design's array those of its memories. To be called whenever another design is priced. */
export function enter(space: usize, design: usize): void {
  const scratchpad = load<f64>(scratchpadOf(space, design), MEMORY_PJ);
  const accumulator = load<f64>(accumulatorOf(space, design), MEMORY_PJ);
  const array = load<i32>(design, DESIGN_ARRAY);
  for (let i = 0; i < load<i32>(space, SPACE_LAYERS); i++) {
    const context = contextOf(layerAt(space, i), array);
    store<f64>(context, scratchpad, SCRATCHPAD_ENERGY);
    store<f64>(context, accumulator, ACCUMULATOR_ENERGY);
  }
}

// @ts-ignore: decorator
@inline
export function tileIndex(gene: usize, dim: i32): i32 {
  return <i32>load<u16>(gene + (<usize>dim << 1));
}

// @ts-ignore: decorator
@inline
export function setTileIndex(gene: usize, dim: i32, index: i32): void {
  store<u16>(gene + (<usize>dim << 1), <u16>index);
}

// @ts-ignore: decorator
@inline
function tile(problem: usize, gene: usize, dim: i32): f64 {
  return divisor(problem, dim, tileIndex(gene, dim));
}

/** The widest spatial factor of a gene's tile of K or C. */
// @ts-ignore: decorator
@inline
function spread(layer: usize, array: i32, gene: usize, dim: i32): f64 {
  const table = <usize>load<u32>(layer, LAYER_SPREADS) + <usize>array * SPREAD_BYTES + (dim == C ? <usize>SPREAD_C : 0);
  return <f64>load<u8>(table + <usize>tileIndex(gene, dim));
}

/** Whether a gene's tiles fit the memories of a design. */
export function fits(space: usize, design: usize, layer: usize, gene: usize): bool {
  const array = load<i32>(design, DESIGN_ARRAY);
  const context = contextOf(layer, array);
  const problem = problemOf(layer);
  const tP = tile(problem, gene, P);
  const tQ = tile(problem, gene, Q);
  const tR = tile(problem, gene, R);
  const tS = tile(problem, gene, S);
  const tN = tile(problem, gene, N);
  const tK = tile(problem, gene, K);
  const bank = load<f64>(accumulatorOf(space, design), MEMORY_WORDS);
  if (tP * tQ * tN * tK > bank * spread(layer, array, gene, K)) return false;
  const width = extent(tP, load<f32>(context, W_STRIDE), tR, load<f32>(context, W_DILATION));
  const height = extent(tQ, load<f32>(context, H_STRIDE), tS, load<f32>(context, H_DILATION));
  const words = (tR * tS * tK + width * height * tN) * tile(problem, gene, C);
  return words <= load<f64>(scratchpadOf(space, design), MEMORY_WORDS);
}

/**
 * Prices a gene on the hardware entered and writes its DRAM order, latency and energy. The order is the one whose share of the
 * design's objective, by its slope at the sums so far, is least.
 */
export function priceGene(space: usize, design: usize, layer: usize, gene: usize): void {
  const array = load<i32>(design, DESIGN_ARRAY);
  const context = contextOf(layer, array);
  const problem = problemOf(layer);
  let window: f64 = <f64>tileIndex(gene, R);
  window = window * <f64>divisorCount(problem, S) + <f64>tileIndex(gene, S);
  window = window * <f64>divisorCount(problem, P) + <f64>tileIndex(gene, P);
  window = window * <f64>divisorCount(problem, Q) + <f64>tileIndex(gene, Q);
  window = window * <f64>divisorCount(problem, N) + <f64>tileIndex(gene, N);
  openWindow(context, problem, window);
  chooseTileC(problem, tileIndex(gene, C));
  chooseTileK(problem, tileIndex(gene, K));
  const spatialK = spread(layer, array, gene, K);
  const spatialC = spread(layer, array, gene, C);
  const sums = design + DESIGN_SUMS + (<usize>load<i32>(layer, LAYER_NETWORK) << 4);
  const perCycle = load<f64>(space, SPACE_LATENCY_POWER) / load<f64>(sums);
  const perPj = load<f64>(space, SPACE_ENERGY_POWER) / load<f64>(sums, 8);
  let least: f64 = Infinity;
  for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
    const order = problem + CLASSES + <usize>i * CLASS_BYTES;
    if (!exists(problem, order)) continue;
    tally(context, problem, order, spatialK, spatialC);
    const energy = energyPj(context, problem);
    const latency = latencyCycles(context, problem, spatialK, spatialC);
    const share = latency * perCycle + energy * perPj;
    store<f64>(space, load<f64>(space, SPACE_EVALUATED) + 1, SPACE_EVALUATED);
    if (share >= least) continue;
    least = share;
    store<u16>(gene, <u16>load<i32>(order, CLASS_ORDER), GENE_ORDER);
    store<f64>(gene, latency, GENE_LATENCY);
    store<f64>(gene, energy, GENE_ENERGY);
  }
}

/** Adds a design's layers up, writes its cost, and returns it. */
export function total(space: usize, design: usize): f64 {
  const networks = load<i32>(space, SPACE_NETWORKS);
  const sums = design + DESIGN_SUMS;
  memory.fill(sums, 0, <usize>networks << 4);
  for (let i = 0; i < load<i32>(space, SPACE_LAYERS); i++) {
    const layer = layerAt(space, i);
    const gene = geneAt(design, i);
    const count = load<f64>(layer, LAYER_COUNT);
    const sum = sums + (<usize>load<i32>(layer, LAYER_NETWORK) << 4);
    store<f64>(sum, load<f64>(sum) + count * load<f64>(gene, GENE_LATENCY));
    store<f64>(sum, load<f64>(sum, 8) + count * load<f64>(gene, GENE_ENERGY), 8);
  }
  let cost: f64 = 0;
  for (let i = 0; i < networks; i++) {
    const sum = sums + (<usize>i << 4);
    cost += load<f64>(space, SPACE_LATENCY_POWER) * ln(load<f64>(sum)) + load<f64>(space, SPACE_ENERGY_POWER) * ln(load<f64>(sum, 8));
  }
  store<f64>(design, cost, DESIGN_COST);
  return cost;
}

// @ts-ignore: decorator
@inline
export function copyDesign(space: usize, to: usize, from: usize): void {
  memory.copy(to, from, <usize>load<u32>(space, SPACE_DESIGN_BYTES));
}
