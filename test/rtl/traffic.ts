// Counts what one run of the RTL must move and do, from layer and mapping alone: a walk of the DRAM loops that looks at every pixel,
// weight row and output of every tile. Shares nothing with the host side of the RTL but the names of things.
import type { Counters } from "../../src/rtl/counters.ts";
import { imageExtent, NO_PADDING, type RtlLayer } from "../../src/rtl/layer.ts";
import type { Mapping } from "../../src/space/mapping.ts";
import { DIMS, type Dim } from "../../src/workload/layer.ts";

export interface Traffic extends Partial<Record<keyof Counters, number>> {}

type Range = readonly [from: number, to: number];
type Tile = Readonly<Record<Dim, Range>>;

export interface TrafficRequest {
  readonly layer: RtlLayer;
  readonly mapping: Mapping;
  readonly dim: number;
  readonly busBytes: number;
  readonly reuse: boolean;
  /** Byte addresses of the operands in DRAM. */
  readonly at: {
    readonly inputs: number;
    readonly weights: number;
    readonly outputs: number;
    readonly partials: number;
  };
}

/** Counters that do not depend on time. */
export function countTraffic(request: TrafficRequest): Traffic {
  const { layer, mapping, dim, busBytes, reuse, at } = request;
  const { K, C, P, Q, R } = layer.shape;
  const { Wstride, Hstride, Wdilation, Hdilation } = layer.shape;
  const { padding = NO_PADDING } = layer;
  const image = imageExtent(layer);
  const tiles = [...walk(layer, mapping)];
  const group = Math.max(1, Math.floor(64 / dim)) * dim;
  const count = {
    tiles: tiles.length,
    executeRows: 0,
    loadRequests: 0,
    storeRows: 0,
    readBeats: 0,
    writeBeats: 0,
    inputBytes: 0,
    weightBytes: 0,
    partialReadBytes: 0,
    partialWriteBytes: 0,
    outputBytes: 0,
    paddingRows: 0,
    scratchpadInputReads: 0,
    scratchpadWeightReads: 0,
    scratchpadWrites: 0,
    accumulatorReads: 0,
    accumulatorWrites: 0,
    accumulatorStoreReads: 0,
    accumulatorPartialWrites: 0,
    macs: 0,
    paddingMacs: 0,
    weightRegisterWrites: 0,
  };
  const beats = (address: number, bytes: number): number =>
    Math.floor((address + bytes - 1) / busBytes) - Math.floor(address / busBytes) + 1;
  const length = ([from, to]: Range): number => to - from;
  const visits = new Map<string, number>();

  tiles.forEach((tile, index) => {
    const [before, after] = [tiles[index - 1], tiles[index + 1]];
    const same = (other: Tile | undefined, dims: readonly Dim[]): boolean =>
      other !== undefined && dims.every((d) => other[d][0] === tile[d][0]);
    const outputs = length(tile.N) * length(tile.Q) * length(tile.P);
    const kBlocks = Math.ceil(length(tile.K) / dim);

    if (!reuse || !same(before, ["N", "C", "P", "Q", "R", "S"])) {
      const [x0, x1] = [
        tile.P[0] * Wstride + tile.R[0] * Wdilation,
        (tile.P[1] - 1) * Wstride + (tile.R[1] - 1) * Wdilation,
      ];
      const [y0, y1] = [
        tile.Q[0] * Hstride + tile.S[0] * Hdilation,
        (tile.Q[1] - 1) * Hstride + (tile.S[1] - 1) * Hdilation,
      ];
      for (let n = tile.N[0]; n < tile.N[1]; n++) {
        for (let y = y0 - padding.top; y <= y1 - padding.top; y++) {
          for (let x = x0 - padding.left; x <= x1 - padding.left; x++) {
            const outside = y < 0 || x < 0 || y >= image.height || x >= image.width;
            for (let c = tile.C[0]; c < tile.C[1]; c += group) {
              const bytes = Math.min(group, tile.C[1] - c);
              const rows = Math.ceil(bytes / dim);
              count.loadRequests++;
              count.scratchpadWrites += rows;
              if (outside) count.paddingRows += rows;
              else {
                count.inputBytes += bytes;
                count.readBeats += beats(
                  at.inputs + ((n * image.height + y) * image.width + x) * C + c,
                  bytes,
                );
              }
            }
          }
        }
      }
    }
    if (!reuse || !same(before, ["K", "C", "R", "S"])) {
      for (let s = tile.S[0]; s < tile.S[1]; s++) {
        for (let r = tile.R[0]; r < tile.R[1]; r++) {
          for (let c = tile.C[0]; c < tile.C[1]; c++) {
            for (let k = tile.K[0]; k < tile.K[1]; k += group) {
              const bytes = Math.min(group, tile.K[1] - k);
              count.loadRequests++;
              count.scratchpadWrites += Math.ceil(bytes / dim);
              count.weightBytes += bytes;
              count.readBeats += beats(at.weights + ((s * R + r) * C + c) * K + k, bytes);
            }
          }
        }
      }
    }

    const name = (["N", "K", "P", "Q"] as const).map((d) => tile[d][0]).join();
    const visited = visits.get(name) ?? 0;
    const arrives = !same(before, ["N", "K", "P", "Q"]);
    const leaves = !same(after, ["N", "K", "P", "Q"]);
    const taps = length(tile.S) * length(tile.R);
    const done = visited + length(tile.C) * taps;
    visits.set(name, done);
    const complete = done === C * layer.shape.R * layer.shape.S;
    forEachOutputRow(tile, dim, (n, q, p, k, channels) => {
      const element = ((n * Q + q) * P + p) * K + k;
      if (arrives && visited > 0) {
        count.loadRequests++;
        count.accumulatorPartialWrites++;
        count.partialReadBytes += 4 * channels;
        count.readBeats += beats(at.partials + 4 * element, 4 * channels);
      }
      if (leaves) {
        count.storeRows++;
        count.writeBeats += complete
          ? beats(at.outputs + element, channels)
          : beats(at.partials + 4 * element, 4 * channels);
        if (complete) count.outputBytes += channels;
        else count.partialWriteBytes += 4 * channels;
      }
    });

    const cBlocks = Math.ceil(length(tile.C) / dim);
    count.executeRows += kBlocks * cBlocks * taps * outputs;
    count.accumulatorReads += (kBlocks * cBlocks * taps - (visited > 0 ? 0 : kBlocks)) * outputs;
    count.scratchpadWeightReads += kBlocks * length(tile.C) * taps;
    count.weightRegisterWrites += length(tile.K) * length(tile.C) * taps;
    count.macs += length(tile.K) * length(tile.C) * taps * outputs;
  });
  count.scratchpadInputReads = count.executeRows;
  count.accumulatorWrites = count.executeRows;
  count.accumulatorStoreReads = count.storeRows;
  count.paddingMacs = count.executeRows * dim * dim - count.macs;
  return count;
}

/** Tiles in the order of the DRAM loops, as ranges of each dim. */
function* walk(layer: RtlLayer, mapping: Mapping): Generator<Tile> {
  const extent = (dim: Dim): number => {
    let product = dim === "K" ? mapping.spatialK : dim === "C" ? mapping.spatialC : 1;
    for (const level of ["scratchpad", "accumulator", "register"] as const) {
      for (const loop of mapping.loops[level]) if (loop.dim === dim) product *= loop.bound;
    }
    return product;
  };
  const loops = mapping.loops.dram;
  function* nest(depth: number, first: Readonly<Record<Dim, number>>): Generator<Tile> {
    const loop = loops[depth];
    if (!loop) {
      yield Object.fromEntries(
        DIMS.map((dim) => [dim, [first[dim], Math.min(first[dim] + extent(dim), layer.shape[dim])]]),
      ) as unknown as Tile;
      return;
    }
    for (let at = 0; at < layer.shape[loop.dim]; at += extent(loop.dim)) {
      yield* nest(depth + 1, { ...first, [loop.dim]: at });
    }
  }
  yield* nest(0, Object.fromEntries(DIMS.map((dim) => [dim, 0])) as Record<Dim, number>);
}

function forEachOutputRow(
  tile: Tile,
  dim: number,
  visit: (n: number, q: number, p: number, k: number, channels: number) => void,
): void {
  for (let k = tile.K[0]; k < tile.K[1]; k += dim) {
    for (let n = tile.N[0]; n < tile.N[1]; n++) {
      for (let q = tile.Q[0]; q < tile.Q[1]; q++) {
        for (let p = tile.P[0]; p < tile.P[1]; p++) visit(n, q, p, k, Math.min(dim, tile.K[1] - k));
      }
    }
  }
}
