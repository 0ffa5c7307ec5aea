// The analytical model as a walk of the loop nest: slow, and meant to be checked by eye. It goes through
// every temporal iteration of all four levels and counts the words that move, by watching tiles change and
// words being touched. It holds no closed form and shares no code with the model but the names of dims and
// levels.
import assert from "node:assert/strict";
import type { Explanation } from "../../src/fidelity/explanation.ts";
import type { Bandwidth, Hardware } from "../../src/hardware/hardware.ts";
import type { BoundBy } from "../../src/kernels/batch.ts";
import { LEVELS, type Level, type Mapping } from "../../src/space/mapping.ts";
import type { Dim, LayerShape } from "../../src/workload/layer.ts";

export interface Walk extends Explanation {
  /**
   * Input words that stayed in the scratchpad although a DRAM loop other than the innermost advanced (the
   * corner rule).
   */
  readonly inputWordsKeptAcrossLoops: number;
}

/** One number per dim: where a tile begins, or how far it extends. */
type PerDim = Record<Dim, number>;

/** A temporal loop, and how far one iteration moves along its dim. */
interface NestLoop {
  readonly dim: Dim;
  readonly bound: number;
  readonly step: number;
}

/** The loops of each level, outermost first, and the extents of the tile that each level holds. */
interface Nest {
  readonly loops: Readonly<Record<Level, readonly NestLoop[]>>;
  readonly extents: Readonly<Record<Level, Readonly<PerDim>>>;
  /** Distance along K from one PE column to the next. */
  readonly columnStep: number;
}

/**
 * Counts, and then prices, what a mapping does, whether its tiles fit or not. Takes as long as the layer has
 * MACs per PE.
 */
export function walkLoopNest(mapping: Mapping, shape: LayerShape, hardware: Hardware): Walk {
  const counts = countWords(mapping, shape);
  const { columns, cycles } = counts;

  const level = (reads: readonly number[], writes: readonly number[], bandwidth: Bandwidth): number =>
    slowdown(reads, writes, cycles, bandwidth);
  const slowdowns: Readonly<Record<BoundBy, number>> = {
    compute: 1,
    accumulator: level(
      [counts.accumulatorReads / columns],
      [(counts.accumulatorUpdates + counts.accumulatorFills) / columns],
      hardware.accumulatorBandwidth,
    ),
    scratchpad: level(
      [counts.registerFills, counts.inputReads],
      [counts.weightFills, counts.inputFills],
      hardware.scratchpadBandwidth,
    ),
    dram: level([counts.weightFills, counts.inputFills, counts.outputReloads], [counts.outputWritebacks], {
      kind: "shared",
      words: hardware.dramBandwidthWords,
    }),
  };
  const rooflineCycles = { compute: 0, accumulator: 0, scratchpad: 0, dram: 0 };
  let boundBy: BoundBy = "compute";
  // From the MACs outwards: ties go to the first.
  for (const resource of ["compute", "accumulator", "scratchpad", "dram"] as const) {
    rooflineCycles[resource] = Math.ceil(cycles / slowdowns[resource]);
    if (slowdowns[resource] < slowdowns[boundBy]) boundBy = resource;
  }
  const latencyCycles = Math.max(...Object.values(rooflineCycles));

  // The scratchpad is read and written in whole rows, DRAM in bursts of 64 words; each operand counts by
  // itself.
  const rows = (words: number): number => Math.ceil(words / hardware.peDim);
  const bursts = (words: number): number => Math.ceil(words / 64);
  const energyByComponentPj = {
    mac: counts.macs * (8.63 / 16 + 0.0857 / 4),
    register: (counts.registerReads + counts.registerFills) * sramPj(8, 1),
    accumulator:
      (counts.accumulatorReads + counts.accumulatorUpdates + counts.accumulatorFills) *
      sramPj(32, hardware.accumulatorRows),
    scratchpad:
      (rows(counts.registerFills) +
        rows(counts.inputReads) +
        rows(counts.weightFills) +
        rows(counts.inputFills)) *
      sramPj(8 * hardware.peDim, hardware.scratchpadRows),
    dram:
      (bursts(counts.weightFills) +
        bursts(counts.inputFills) +
        bursts(counts.outputReloads) +
        bursts(counts.outputWritebacks)) *
      6400,
  };
  const energyPj = Object.values(energyByComponentPj).reduce((sum, component) => sum + component, 0);

  return {
    latencyCycles,
    energyPj,
    edpJCycles: energyPj * 1e-12 * latencyCycles,
    boundBy,
    accesses: {
      dram: {
        weights: { reads: counts.weightFills, writes: 0 },
        inputs: { reads: counts.inputFills, writes: 0 },
        outputs: { reads: counts.outputReloads, writes: counts.outputWritebacks },
      },
      scratchpad: {
        weights: { reads: counts.registerFills, writes: counts.weightFills },
        inputs: { reads: counts.inputReads, writes: counts.inputFills },
      },
      accumulator: {
        outputs: {
          reads: counts.accumulatorReads,
          writes: counts.accumulatorUpdates + counts.accumulatorFills,
          updates: counts.accumulatorUpdates,
          fills: counts.accumulatorFills,
        },
      },
      register: { weights: { reads: counts.registerReads, writes: counts.registerFills } },
    },
    rooflineCycles,
    energyByComponentPj,
    inputWordsKeptAcrossLoops: counts.inputWordsKeptAcrossLoops,
  };
}

/** The throughput that a memory allows, in units of the PE array's; words are added up operand by operand. */
function slowdown(
  reads: readonly number[],
  writes: readonly number[],
  cycles: number,
  bandwidth: Bandwidth,
): number {
  const perCycle = (words: readonly number[]): number =>
    words.reduce((sum, count) => sum + count / cycles, 0);
  return bandwidth.kind === "shared"
    ? bandwidth.words / (perCycle(writes) + perCycle(reads))
    : Math.min(bandwidth.readWords / perCycle(reads), bandwidth.writeWords / perCycle(writes));
}

/** Energy of one row access: the straight line through 0.5 KiB -> 1 pJ and 100 KiB -> 6 pJ per 16 bits. */
function sramPj(widthBits: number, rows: number): number {
  const kib = (widthBits * rows) / 8 / 1024;
  return (widthBits / 16) * (1 + ((kib - 0.5) * (6 - 1)) / (100 - 0.5));
}

/** Words moved, totals over all instances. */
function countWords(mapping: Mapping, shape: LayerShape) {
  const { loops, extents, columnStep } = buildNest(mapping);
  const { spatialK: columns, spatialC: rows } = mapping;
  const weightTile = words(extents.scratchpad, ["R", "S", "C", "K"]);
  const registerTile = words(extents.register, ["R", "S", "C", "K"]);
  const outputTile = words(extents.accumulator, ["P", "Q", "K", "N"]);
  const inputs = createInputTile(loops.dram, extents.scratchpad, shape);

  const counts = {
    columns,
    /** Cycles of the PE array alone. */
    cycles: 0,
    macs: 0,
    weightFills: 0,
    registerFills: 0,
    registerReads: 0,
    inputFills: 0,
    inputReads: 0,
    inputWordsKeptAcrossLoops: 0,
    outputWritebacks: 0,
    outputReloads: 0,
    accumulatorFills: 0,
    accumulatorUpdates: 0,
    accumulatorReads: 0,
  };
  const at: PerDim = { N: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0 };
  const weightAt = (): number => ((at.K * shape.C + at.C) * shape.R + at.R) * shape.S + at.S;
  const outputAt = (k: number): number => ((at.N * shape.K + k) * shape.P + at.P) * shape.Q + at.Q;
  let heldWeights = -1;
  let heldByRegisters = -1;
  let heldOutputs = -1;
  const seenOutputTiles = new Set<number>();
  const updatedOutputs = new Uint8Array(words(shape, ["P", "Q", "K", "N"]));

  let advanced: NestLoop | undefined;
  /** Runs `body` in every iteration of nested loops, given outermost first; `at` follows. */
  const forEach = (nested: readonly NestLoop[], body: () => void, depth = 0): void => {
    const loop = nested[depth];
    if (!loop) {
      body();
      return;
    }
    for (let iteration = 0; iteration < loop.bound; iteration++) {
      if (iteration > 0) {
        at[loop.dim] += loop.step;
        advanced = loop;
      }
      forEach(nested, body, depth + 1);
    }
    at[loop.dim] -= (loop.bound - 1) * loop.step;
  };

  forEach(loops.dram, () => {
    // Here the scratchpad takes other tiles, or the same once more.
    if (weightAt() !== heldWeights) counts.weightFills += weightTile;
    heldWeights = weightAt();
    const { fetched, kept } = inputs.move(at, advanced);
    counts.inputFills += fetched;
    counts.inputWordsKeptAcrossLoops += kept;

    forEach(loops.scratchpad, () => {
      // Here each accumulator bank does. A bank is filled always, but DRAM is read only if the tile has been
      // there before.
      if (outputAt(at.K) !== heldOutputs) {
        heldOutputs = outputAt(at.K);
        counts.accumulatorFills += columns * outputTile;
        if (seenOutputTiles.has(heldOutputs)) counts.outputReloads += columns * outputTile;
        seenOutputTiles.add(heldOutputs);
        // What comes in goes out again some time.
        counts.outputWritebacks += columns * outputTile;
      }

      forEach(loops.accumulator, () => {
        // Here each register does.
        if (weightAt() !== heldByRegisters) counts.registerFills += columns * rows * registerTile;
        heldByRegisters = weightAt();

        forEach(loops.register, () => {
          // A step of every PE: a row takes one input for all columns, a column adds its rows' products to
          // one output.
          counts.cycles++;
          counts.macs += columns * rows;
          counts.registerReads += columns * rows;
          counts.inputReads += rows;
          for (let column = 0; column < columns; column++) {
            const output = outputAt(at.K + column * columnStep);
            if (updatedOutputs[output]) counts.accumulatorReads++;
            updatedOutputs[output] = 1;
            counts.accumulatorUpdates++;
          }
        });
      });
    });
  });
  assert.ok(!updatedOutputs.includes(0), "the walk missed an output");
  return counts;
}

/**
 * Works out from the inside what each tile extends over, and so how far an iteration of the loop around it
 * moves.
 */
function buildNest(mapping: Mapping): Nest {
  const loops: Record<Level, NestLoop[]> = { dram: [], scratchpad: [], accumulator: [], register: [] };
  const extents = {} as Record<Level, PerDim>;
  const covered: PerDim = { N: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1 };
  let columnStep = 1;
  for (const level of LEVELS.toReversed()) {
    // PEs are side by side inside the temporal loops of the level that feeds them.
    if (level === "accumulator") covered.C *= mapping.spatialC;
    if (level === "scratchpad") {
      columnStep = covered.K;
      covered.K *= mapping.spatialK;
    }
    for (const { dim, bound } of mapping.loops[level].toReversed()) {
      loops[level].unshift({ dim, bound, step: covered[dim] });
      covered[dim] *= bound;
    }
    extents[level] = { ...covered };
  }
  return { loops, extents, columnStep };
}

function words(extents: Readonly<PerDim>, dims: readonly Dim[]): number {
  return dims.reduce((product, dim) => product * extents[dim], 1);
}

/** A place, a distance or a size on the axes of the input tensor: W, H, C, N. */
type Axes = readonly [number, number, number, number];

/**
 * The input tile in the scratchpad as Timeloop sees it: a box of points that moves with the DRAM loops.
 *
 * When a loop advances, Timeloop takes the tile to have moved by one step of the loop, less one step of each
 * loop inside it. It keeps the words that the tile has in common with itself before the move, but only if the
 * tile moved the same way the last time, or if it does not know how the tile moved then; else it fetches the
 * whole tile and forgets the move.
 */
function createInputTile(loops: readonly NestLoop[], extents: Readonly<PerDim>, shape: LayerShape) {
  const size: Axes = [
    (extents.P - 1) * shape.Wstride + (extents.R - 1) * shape.Wdilation + 1,
    (extents.Q - 1) * shape.Hstride + (extents.S - 1) * shape.Hdilation + 1,
    extents.C,
    extents.N,
  ];
  const tile = size[0] * size[1] * size[2] * size[3];
  const place = (at: Readonly<PerDim>): Axes => [
    at.P * shape.Wstride + at.R * shape.Wdilation,
    at.Q * shape.Hstride + at.S * shape.Hdilation,
    at.C,
    at.N,
  ];
  const shift = ({ dim, step }: NestLoop): Axes =>
    place({ N: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0, [dim]: step });
  const supposedMove = (advanced: NestLoop): Axes =>
    loops
      .slice(loops.indexOf(advanced) + 1)
      .filter(({ bound }) => bound > 1)
      .reduce((move, inside) => minus(move, shift(inside)), shift(advanced));
  const innermost = loops.findLast(({ bound }) => bound > 1);
  let lastMove: Axes | undefined;

  /** Moves the tile to where the DRAM loops are now, after the advance of one of them (none at the start). */
  const move = (at: Readonly<PerDim>, advanced: NestLoop | undefined) => {
    if (!advanced) return { fetched: tile, kept: 0 };
    const moved = supposedMove(advanced);
    if (lastMove && !equal(moved, lastMove)) {
      lastMove = undefined;
      return { fetched: tile, kept: 0 };
    }
    // After a move along several axes at once the words in common are less than a box less a slab, which is
    // all that Timeloop can subtract. It never comes to that: the move known here is always one of the
    // innermost loop, along one axis.
    assert.ok(moved.filter((distance) => distance !== 0).length <= 1, "a move along several axes");
    lastMove = moved;
    const fetched = wordsOutside(place(at), minus(place(at), moved), size);
    return { fetched, kept: advanced === innermost ? 0 : tile - fetched };
  };
  return { move };
}

/** Points of a box at `here` that are not in the box of the same size at `there`. */
function wordsOutside(here: Axes, there: Axes, size: Axes): number {
  const [w0, h0, c0, n0] = minus(here, there);
  let outside = 0;
  for (let w = w0; w < w0 + size[0]; w++) {
    for (let h = h0; h < h0 + size[1]; h++) {
      for (let c = c0; c < c0 + size[2]; c++) {
        for (let n = n0; n < n0 + size[3]; n++) {
          const inside = within(w, size[0]) && within(h, size[1]) && within(c, size[2]) && within(n, size[3]);
          if (!inside) outside++;
        }
      }
    }
  }
  return outside;
}

function within(place: number, size: number): boolean {
  return place >= 0 && place < size;
}

function minus(a: Axes, b: Axes): Axes {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]];
}

function equal(a: Axes, b: Axes): boolean {
  return minus(a, b).every((distance) => distance === 0);
}
