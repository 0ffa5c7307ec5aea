// The analytical model by walking the loop nest: every temporal iteration of every level, in order, watching tiles change and
// words being touched. Slow and obvious on purpose; nothing here is a product of reload factors.
import { accessEnergies } from "../../src/hardware/energy.ts";
import type { Bandwidth, Hardware } from "../../src/hardware/hardware.ts";
import { LEVELS, type Level, type Mapping } from "../../src/space/mapping.ts";
import type { Dim, LayerShape } from "../../src/workload/layer.ts";

export interface WalkedCounts {
  dramWeightReads: number;
  dramInputReads: number;
  dramOutputReads: number;
  dramOutputWrites: number;
  scratchpadWeightReads: number;
  scratchpadInputReads: number;
  accumulatorOutputReads: number;
  accumulatorOutputUpdates: number;
  registerWeightReads: number;
  registerWeightWrites: number;
  /** Temporal iterations: cycles of the PE array. */
  computeCycles: number;
  /** Tiles that took the corner rule, so that tests know it was exercised. */
  corners: number;
}

interface WalkedLoop {
  readonly level: Level;
  readonly dim: Dim;
  readonly bound: number;
}

const WEIGHT_DIMS: readonly Dim[] = ["R", "S", "C", "K"];
const OUTPUT_DIMS: readonly Dim[] = ["P", "Q", "K", "N"];
type Axis = "W" | "H" | "C" | "N";
const AXES: readonly Axis[] = ["W", "H", "C", "N"];
type Vector = Readonly<Record<Axis, number>>;

/** Walks the nest and counts words. */
export function walk(mapping: Mapping, shape: LayerShape): WalkedCounts {
  const { spatialK, spatialC } = mapping;
  const loops: WalkedLoop[] = LEVELS.flatMap((level) =>
    mapping.loops[level].map((loop) => ({ level, ...loop })),
  );
  const at =
    (...levels: Level[]) =>
    (loop: WalkedLoop) =>
      levels.includes(loop.level);
  /** Extent of a dim covered by temporal loops of the given levels. */
  const extent = (dim: Dim, ...levels: Level[]): number =>
    loops
      .filter((loop) => loop.dim === dim && levels.includes(loop.level))
      .reduce((all, loop) => all * loop.bound, 1);
  /** Words of a tile as the sum over its points, one axis after another. */
  const words = (dims: readonly Dim[], ...levels: Level[]): number =>
    dims.reduce((all, dim) => all * extent(dim, ...levels), 1);

  const pad = (dim: Dim): number =>
    extent(dim, "scratchpad", "accumulator", "register") *
    (dim === "K" ? spatialK : dim === "C" ? spatialC : 1);
  const weightTile = WEIGHT_DIMS.reduce((all, dim) => all * pad(dim), 1);
  const registerTile = words(WEIGHT_DIMS, "register");
  const outputTile = words(OUTPUT_DIMS, "accumulator", "register");
  const inputs = createInputWalk(loops.filter(at("dram")), shape, pad);

  const counts: WalkedCounts = {
    dramWeightReads: 0,
    dramInputReads: 0,
    dramOutputReads: 0,
    dramOutputWrites: 0,
    scratchpadWeightReads: 0,
    scratchpadInputReads: 0,
    accumulatorOutputReads: 0,
    accumulatorOutputUpdates: 0,
    registerWeightReads: 0,
    registerWeightWrites: 0,
    computeCycles: 0,
    corners: 0,
  };
  const index = loops.map(() => 0);
  /** Which tile of an operand is held, told by the iterations of the loops outside it that index the operand. */
  const tileName = (dims: readonly Dim[], ...outside: Level[]): string =>
    loops.map((loop, i) => (outside.includes(loop.level) && dims.includes(loop.dim) ? index[i] : "")).join();
  const touched = new Set<string>();
  const visited = new Set<string>();
  let scratchpadTile: string | undefined;
  let accumulatorTile: string | undefined;
  let registerTileName: string | undefined;
  let dramIteration: string | undefined;

  for (;;) {
    const here = loops.map((loop, i) => (loop.level === "dram" ? index[i] : "")).join();
    if (here !== dramIteration) {
      counts.dramInputReads += inputs.step(index.filter((_, i) => loops[i]?.level === "dram"));
      dramIteration = here;
    }
    const weights = tileName(WEIGHT_DIMS, "dram");
    if (weights !== scratchpadTile) counts.dramWeightReads += weightTile;
    scratchpadTile = weights;

    const registers = tileName(WEIGHT_DIMS, "dram", "scratchpad", "accumulator");
    if (registers !== registerTileName) {
      counts.scratchpadWeightReads += registerTile * spatialK * spatialC;
      counts.registerWeightWrites += registerTile * spatialK * spatialC;
    }
    registerTileName = registers;

    const outputs = tileName(OUTPUT_DIMS, "dram", "scratchpad");
    if (outputs !== accumulatorTile) {
      // The tile that comes is read unless it comes for the first time; each tile that comes is written back in the end.
      if (visited.has(outputs)) counts.dramOutputReads += outputTile * spatialK;
      visited.add(outputs);
      counts.dramOutputWrites += outputTile * spatialK;
    }
    accumulatorTile = outputs;

    // One cycle of the array: every PE takes its weight, every row one input for all columns, every column one output.
    counts.computeCycles++;
    counts.registerWeightReads += spatialK * spatialC;
    counts.scratchpadInputReads += spatialC;
    counts.accumulatorOutputUpdates += spatialK;
    const word = tileName(OUTPUT_DIMS, ...LEVELS);
    if (touched.has(word)) counts.accumulatorOutputReads += spatialK;
    touched.add(word);

    let i = loops.length - 1;
    for (; i >= 0; i--) {
      index[i] = (index[i] as number) + 1;
      if ((index[i] as number) < (loops[i] as WalkedLoop).bound) break;
      index[i] = 0;
    }
    if (i < 0) break;
  }
  counts.corners = inputs.corners();
  return counts;
}

/**
 * Input tiles at DRAM as Timeloop moves them. A step's translation is that of the loop that advances less one step of every loop
 * inside it (Timeloop resets them from iteration 1, not from the last). The first translation after a refetch is remembered; while
 * the same one comes again only new words are fetched, any other one refetches the whole tile and is forgotten.
 */
function createInputWalk(dram: readonly WalkedLoop[], shape: LayerShape, pad: (dim: Dim) => number) {
  const size: Vector = {
    W: (pad("P") - 1) * shape.Wstride + (pad("R") - 1) * shape.Wdilation + 1,
    H: (pad("Q") - 1) * shape.Hstride + (pad("S") - 1) * shape.Hdilation + 1,
    C: pad("C"),
    N: pad("N"),
  };
  const shiftOf = (dim: Dim): Vector => ({
    W: dim === "P" ? pad("P") * shape.Wstride : dim === "R" ? pad("R") * shape.Wdilation : 0,
    H: dim === "Q" ? pad("Q") * shape.Hstride : dim === "S" ? pad("S") * shape.Hdilation : 0,
    C: dim === "C" ? pad("C") : 0,
    N: dim === "N" ? pad("N") : 0,
  });
  let previous: readonly number[] | undefined;
  let remembered: string | undefined;
  let cornersTaken = 0;

  /** Points of the tile moved by `by` that are not in the tile: counted one by one. */
  const newWords = (by: Vector): number => {
    let fresh = 0;
    for (let w = by.W; w < by.W + size.W; w++) {
      for (let h = by.H; h < by.H + size.H; h++) {
        for (let c = by.C; c < by.C + size.C; c++) {
          for (let n = by.N; n < by.N + size.N; n++) {
            const held =
              w >= 0 && w < size.W && h >= 0 && h < size.H && c >= 0 && c < size.C && n >= 0 && n < size.N;
            if (!held) fresh++;
          }
        }
      }
    }
    return fresh;
  };
  const whole = size.W * size.H * size.C * size.N;

  return {
    corners: () => cornersTaken,
    step(index: readonly number[]): number {
      if (previous === undefined) {
        previous = [...index];
        return whole;
      }
      // The loop that advances is the outermost whose index changed.
      const advanced = index.findIndex((value, i) => value !== previous?.[i]);
      previous = [...index];
      const shift = { ...shiftOf((dram[advanced] as WalkedLoop).dim) };
      for (const loop of dram.slice(advanced + 1)) {
        for (const axis of AXES) shift[axis] -= shiftOf(loop.dim)[axis];
      }
      const name = JSON.stringify(shift);
      if (remembered === undefined || remembered === name) {
        if (remembered === name && advanced < dram.length - 1) cornersTaken++;
        remembered = name;
        return newWords(shift);
      }
      remembered = undefined;
      return whole;
    },
  };
}

/** Cycles of every resource, as a textbook would take them from the counts. */
export function roofs(counts: WalkedCounts, mapping: Mapping, hardware: Hardware) {
  const cc = counts.computeCycles;
  const { spatialK } = mapping;
  const slow = (reads: readonly number[], writes: readonly number[], bandwidth: Bandwidth): number => {
    let rd = 0;
    let wr = 0;
    for (const words of reads) rd += words / cc;
    for (const words of writes) wr += words / cc;
    if (bandwidth.kind === "shared") return bandwidth.words / (wr + rd);
    return Math.min(bandwidth.readWords / rd, bandwidth.writeWords / wr);
  };
  const dram = slow(
    [counts.dramWeightReads, counts.dramInputReads, counts.dramOutputReads],
    [counts.dramOutputWrites],
    { kind: "shared", words: hardware.dramBandwidthWords },
  );
  const scratchpad = slow(
    [counts.scratchpadWeightReads, counts.scratchpadInputReads],
    [counts.dramWeightReads, counts.dramInputReads],
    hardware.scratchpadBandwidth,
  );
  const accumulator = slow(
    [counts.accumulatorOutputReads / spatialK],
    [(counts.accumulatorOutputUpdates + counts.dramOutputWrites) / spatialK],
    hardware.accumulatorBandwidth,
  );
  const cycles = (slowdown: number): number => Math.ceil(cc / slowdown);
  return {
    compute: cc,
    accumulator: cycles(accumulator),
    scratchpad: cycles(scratchpad),
    dram: cycles(dram),
  };
}

/** Energy of every component in pJ, from the counts. */
export function energies(counts: WalkedCounts, hardware: Hardware) {
  const each = accessEnergies(hardware);
  const rows = (words: number): number => Math.ceil(words / hardware.peDim);
  const bursts = (words: number): number => Math.ceil(words / 64);
  return {
    mac: counts.registerWeightReads * each.macPj,
    register: (counts.registerWeightReads + counts.registerWeightWrites) * each.registerPj,
    accumulator:
      (counts.accumulatorOutputReads + counts.accumulatorOutputUpdates + counts.dramOutputWrites) *
      each.accumulatorPj,
    scratchpad:
      (rows(counts.scratchpadWeightReads) +
        rows(counts.scratchpadInputReads) +
        rows(counts.dramWeightReads) +
        rows(counts.dramInputReads)) *
      each.scratchpadPj,
    dram:
      (bursts(counts.dramWeightReads) +
        bursts(counts.dramInputReads) +
        bursts(counts.dramOutputReads) +
        bursts(counts.dramOutputWrites)) *
      each.dramPj,
  };
}
