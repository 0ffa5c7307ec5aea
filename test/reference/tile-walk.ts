import { factor, LEVELS, type Level, type Mapping, spatialFactor } from "../../src/space/mapping.ts";
import { DIMS, type Dim, type LayerShape } from "../../src/workload/layer.ts";

/** What the RTL moves and computes for a mapping under the rules of `gemmini-firesim`, counted one by one. */
export interface TileCounts {
  calls: number;
  computeCommands: number;
  weightBlocks: number;
  rowsStreamed: number;
  /** Rows of the last block of each weight block that the array's other rows wait for; rows padded up to 4 and to 8. */
  lastBlockRows: number;
  shortRows: number;
  inputCommands: number;
  weightCommands: number;
  scratchpadRows: number;
  zeroRows: number;
  zeroCommands: number;
  biasRows: number;
  biasCommands: number;
  storeCommands: number;
  storeTiles: number;
  /** Requests of more than 32 and up to 64 bytes, and of up to 8, for inputs and weights. */
  requestsOf64: number;
  requestsUpTo8: number;
}

/**
 * The literal walk: every tile, in it every pixel, tap and block, with `for` loops and no formula for an edge. Independent of the
 * kernel, and slow.
 */
export function walkTiles(shape: LayerShape, mapping: Mapping, peDim: number): TileCounts {
  const matmul = shape.Q === 1 && shape.R === 1 && shape.S === 1;
  const below = (dim: Dim): number => {
    let product = 1;
    for (const level of LEVELS.slice(1) as Level[])
      product *= factor(mapping, level, dim) * spatialFactor(mapping, level, dim);
    return product;
  };
  const stride = matmul ? 1 : shape.Wstride;
  const padding = Math.trunc(shape.R / 2);
  const inputs = shape.P * stride;
  // A position is an output while its taps end inside the padded input.
  let outputs = 0;
  while (outputs * stride + shape.R <= inputs + 2 * padding) outputs++;
  const bound: Record<Dim, number> = matmul
    ? { ...shape, Q: 1 }
    : { ...shape, P: outputs, Q: outputs, S: shape.R };
  const tile = Object.fromEntries(DIMS.map((dim) => [dim, below(dim)])) as Record<Dim, number>;
  if (matmul) {
    for (const dim of ["P", "C", "K"] as const) tile[dim] = Math.max(1, tile[dim] >> 4) * peDim;
  }

  const counts: TileCounts = {
    calls: 0,
    computeCommands: 0,
    weightBlocks: 0,
    rowsStreamed: 0,
    lastBlockRows: 0,
    shortRows: 0,
    inputCommands: 0,
    weightCommands: 0,
    scratchpadRows: 0,
    zeroRows: 0,
    zeroCommands: 0,
    biasRows: 0,
    biasCommands: 0,
    storeCommands: 0,
    storeTiles: 0,
    requestsOf64: 0,
    requestsUpTo8: 0,
  };
  /** Pieces of at most `size` of a range. */
  const pieces = (length: number, size: number): readonly number[] => {
    const found: number[] = [];
    for (let left = length; left > 0; left -= size) found.push(Math.min(left, size));
    return found;
  };
  const request = (bytes: number, rows: number): void => {
    for (const piece of pieces(bytes, 64)) {
      if (piece === 64) counts.requestsOf64 += rows;
      if (piece <= 8) counts.requestsUpTo8 += rows;
    }
  };
  const starts = (dim: Dim): readonly number[] => {
    const found: number[] = [];
    for (let at = 0; at < bound[dim]; at += tile[dim]) found.push(at);
    return found;
  };
  const visit = (at: Record<Dim, number>): void => {
    const size = Object.fromEntries(
      DIMS.map((dim) => [dim, Math.min(tile[dim], bound[dim] - at[dim])]),
    ) as Record<Dim, number>;
    const { N, K, C, P, Q, R, S } = size;
    counts.calls++;
    const blocksC = pieces(C, peDim).length;
    const blocksK = pieces(K, peDim).length;

    for (let weightBlock = 0; weightBlock < blocksC * blocksK * R * S * N; weightBlock++) {
      counts.weightBlocks++;
      for (let q = 0; q < Q; q++) {
        for (const rows of pieces(P, peDim)) {
          counts.computeCommands++;
          counts.rowsStreamed += rows;
          if (rows < Math.min(8, peDim)) counts.shortRows += Math.min(8, peDim) - Math.max(4, rows);
        }
      }
      const last = pieces(P, peDim).at(-1) as number;
      if (last < peDim) counts.lastBlockRows += peDim - Math.max(4, last);
    }

    const firstColumn = at.P * stride + at.R - (matmul ? 0 : padding);
    const firstRow = at.Q * stride + at.S - (matmul ? 0 : padding);
    const columns = matmul ? P : P * stride + R - 1;
    const rows = matmul ? 1 : Q * stride + S - 1;
    const chunks = pieces(C, 64).length;
    for (let image = 0; image < N; image++) {
      for (let y = firstRow; y < firstRow + rows; y++) {
        const inside = matmul || (y >= 0 && y < inputs);
        let left = 0;
        let used = 0;
        let right = 0;
        for (let x = firstColumn; x < firstColumn + columns; x++) {
          if (x < 0) left++;
          else if (x >= inputs) right++;
          else used++;
        }
        if (!inside) {
          counts.zeroRows += columns * blocksC;
          counts.zeroCommands += pieces(columns, peDim).length * chunks;
          continue;
        }
        counts.zeroRows += (left + right) * blocksC;
        counts.zeroCommands += (pieces(left, peDim).length + pieces(right, peDim).length) * chunks;
        counts.inputCommands += pieces(used, peDim).length * chunks;
        counts.scratchpadRows += used * blocksC;
        request(C, used);
      }
    }
    counts.weightCommands += R * S * blocksC * pieces(K, 64).length;
    counts.scratchpadRows += R * S * C * blocksK;
    request(K, R * S * C);

    const first = at.R === 0 && at.S === 0 && at.C === 0;
    const last = at.R + R === bound.R && at.S + S === bound.S && at.C + C === bound.C;
    if (first && !matmul) {
      counts.biasRows += N * Q * P * blocksK;
      counts.biasCommands += N * Q * pieces(P, peDim).length * blocksK;
    }
    if (last) {
      counts.storeTiles++;
      counts.storeCommands += N * Q * pieces(P, peDim).length * (matmul ? pieces(K, 64).length : blocksK);
    }
  };

  const at = { N: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0 };
  const walk = (depth: number): void => {
    const dim = DIMS[depth];
    if (dim === undefined) {
      visit(at);
      return;
    }
    for (const start of starts(dim)) {
      at[dim] = start;
      walk(depth + 1);
    }
  };
  walk(0);
  return counts;
}
