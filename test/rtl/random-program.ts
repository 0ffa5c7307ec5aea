// Random (layer, mapping, machine) for the RTL: small enough to simulate by the thousand, and meant to hit what is hard: ragged tiles,
// memories that hold one tile and no more, slow DRAM, queues of one, partial sums that leave and come back, padding, dilation.
import type { Rng } from "../../src/rng.ts";
import type { RtlLayer } from "../../src/rtl/layer.ts";
import { imageExtent } from "../../src/rtl/layer.ts";
import type { Machine } from "../../src/rtl/machine.ts";
import type { Operands } from "../../src/rtl/simulator.ts";
import { tileRows, toTiling } from "../../src/rtl/tiling.ts";
import { primeFactors } from "../../src/space/divisors.ts";
import type { Mapping } from "../../src/space/mapping.ts";
import { DIMS, type Dim, inputExtent, macs } from "../../src/workload/layer.ts";
import { integer, pick } from "../kernels/random-mapping.ts";

export interface RandomProgram {
  readonly machine: Machine;
  readonly layer: RtlLayer;
  readonly mapping: Mapping;
  readonly reuse: boolean;
}

/** Tiles and MACs of the largest case. */
const MAX_TILES = 400;
const MAX_MACS = 300_000;

/** A case for an array of `dim` PEs a side. */
export function randomProgram(dim: number, rng: Rng): RandomProgram {
  for (;;) {
    const layer = randomLayer(dim, rng);
    const mapping = randomDramMapping(layer, rng);
    const tiling = toTiling(mapping, layer);
    const tiles = tiling.loops.reduce((product, { trips }) => product * trips, 1);
    if (tiles > MAX_TILES || macs(layer.shape) > MAX_MACS) continue;
    return { machine: randomMachine(dim, layer, mapping, rng), layer, mapping, reuse: rng() < 0.8 };
  }
}

function randomLayer(dim: number, rng: Rng): RtlLayer {
  const matmul = rng() < 0.25;
  const channels = (): number => integer(rng, 1, rng() < 0.5 ? 3 * dim : Math.max(4, dim + 2));
  const spatial = (most: number): number => (matmul ? 1 : integer(rng, 1, most));
  const shape = {
    N: integer(rng, 1, rng() < 0.7 ? 1 : 3),
    K: channels(),
    C: channels(),
    P: matmul ? integer(rng, 1, 40) : spatial(10),
    Q: spatial(10),
    R: spatial(4),
    S: spatial(4),
    Wstride: spatial(3),
    Hstride: spatial(3),
    Wdilation: spatial(3),
    Hdilation: spatial(3),
  };
  const border = (extent: number): number =>
    rng() < 0.5 ? 0 : integer(rng, 0, Math.min(3, (extent - 1) >> 1));
  const width = inputExtent(shape.P, shape.Wstride, shape.R, shape.Wdilation);
  const height = inputExtent(shape.Q, shape.Hstride, shape.S, shape.Hdilation);
  return {
    shape,
    padding: { left: border(width), right: border(width), top: border(height), bottom: border(height) },
    shift: integer(rng, 0, 10),
    relu: rng() < 0.3,
  };
}

/** Tile factors and DRAM loops in any order; in half of the cases factors cover more than the bound, so that tiles are ragged. */
function randomDramMapping({ shape }: RtlLayer, rng: Rng): Mapping {
  const ragged = rng() < 0.5;
  const greed = rng();
  const inner: { dim: Dim; bound: number }[] = [];
  const dram: { dim: Dim; bound: number }[] = [];
  const spread = { K: 1, C: 1 };
  for (const dim of DIMS) {
    let tile = 1;
    if (ragged) tile = integer(rng, 1, shape[dim]);
    else for (const prime of primeFactors(shape[dim])) if (rng() < greed) tile *= prime;
    const trips = Math.ceil(shape[dim] / tile);
    if (tile > 1 && (dim === "K" || dim === "C") && rng() < 0.5) spread[dim] = tile;
    else if (tile > 1) inner.push({ dim, bound: tile });
    if (trips > 1) dram.push({ dim, bound: trips });
  }
  for (let i = dram.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [dram[i], dram[j]] = [dram[j] as (typeof dram)[0], dram[i] as (typeof dram)[0]];
  }
  return {
    loops: { dram, scratchpad: [], accumulator: inner, register: [] },
    spatialK: spread.K,
    spatialC: spread.C,
  };
}

function randomMachine(dim: number, layer: RtlLayer, mapping: Mapping, rng: Rng): Machine {
  const rows = tileRows(layer, toTiling(mapping, layer).extents, dim);
  const room = (least: number): number => pick([least, least + integer(rng, 0, least), 3 * least], rng);
  return {
    dim,
    scratchpadRows: room(rows.inputs + rows.weights),
    accumulatorRows: room(rows.outputs),
    busBytes: pick([4, 8, 16, 32, 64], rng),
    dramBytesPerCycle: pick([0.25, 1, 2.5, 8, 16, 64], rng),
    dramLatencyCycles: pick([1, 3, 20, 40, 200], rng),
    maxInflight: pick([1, 2, 4, 16, 64], rng),
    tileIssueCycles: pick([0, 1, 10, 50, 200], rng),
    loadQueue: pick([1, 2, 3, 8], rng),
    executeQueue: pick([1, 2, 3, 8], rng),
    storeQueue: pick([1, 2, 3, 8], rng),
    minRows: pick([2, 4, 4, 7, 16], rng),
  };
}

/** Data of a layer, extremes included. */
export function randomOperands(layer: RtlLayer, rng: Rng): Operands {
  const { N, K, C, R, S } = layer.shape;
  const { width, height } = imageExtent(layer);
  const bytes = (length: number): Int8Array => Int8Array.from({ length }, () => integer(rng, -128, 127));
  return { inputs: bytes(N * height * width * C), weights: bytes(S * R * C * K) };
}
