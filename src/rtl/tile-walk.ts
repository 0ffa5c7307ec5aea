import { DIMS, type Dim } from "../workload/layer.ts";
import { FLAGS, TILE_FIELDS, TILE_WORDS, type TileField } from "./descriptor.ts";
import type { Image } from "./image.ts";
import { imageExtent, NO_PADDING, type RtlLayer } from "./layer.ts";
import type { Regions } from "./regions.ts";
import { type Extents, type Tiling, windowExtent } from "./tiling.ts";

/** Everything that the walk of one layer needs. */
export interface WalkContext {
  readonly layer: RtlLayer;
  readonly tiling: Tiling;
  readonly regions: Regions;
  readonly image: Image;
  /** Whether an operand that the next tile shares stays in the scratchpad. */
  readonly reuse: boolean;
}

const REDUCTION: readonly Dim[] = ["C", "R", "S"];
const RELEVANT = {
  inputs: ["N", "C", "P", "Q", "R", "S"],
  weights: ["K", "C", "R", "S"],
  outputs: ["N", "K", "P", "Q"],
} as const satisfies Record<string, readonly Dim[]>;

/** Whether sums leave the accumulator before they are complete: a reduction loop lies outside a loop over outputs. */
export function spillsPartials({ loops }: Tiling): boolean {
  const busy = loops.filter(({ trips }) => trips > 1);
  const reduction = busy.findIndex(({ dim }) => REDUCTION.includes(dim));
  return reduction >= 0 && busy.slice(reduction).some(({ dim }) => !REDUCTION.includes(dim));
}

/** Tiles of a walk. */
export function tileCount({ loops }: Tiling): number {
  return loops.reduce((product, { trips }) => product * trips, 1);
}

/** Walks the DRAM loops in the mapping's order and writes a descriptor for each tile. */
export class TileWalk {
  /** Index of the tile that is written next. */
  position = 0;
  readonly count: number;
  readonly #context: WalkContext;
  readonly #trips: Readonly<Record<Dim, number>>;
  /** Which tile along each dim. */
  #at: Record<Dim, number>;
  #previous: Readonly<Record<Dim, number>> | undefined;
  /** Region in use, by operand. */
  readonly #region = { inputs: 0, weights: 0, outputs: 0 };
  /** For each output tile the number of tiles up to and including its last store. */
  readonly #storedBefore: Map<number, number> | undefined;

  constructor(context: WalkContext) {
    this.#context = context;
    this.count = tileCount(context.tiling);
    const trips = Object.fromEntries(DIMS.map((dim) => [dim, 1])) as Record<Dim, number>;
    for (const loop of context.tiling.loops) trips[loop.dim] = loop.trips;
    this.#trips = trips;
    this.#at = Object.fromEntries(DIMS.map((dim) => [dim, 0])) as Record<Dim, number>;
    this.#storedBefore = spillsPartials(context.tiling) ? new Map() : undefined;
  }

  /** Fills `words` with the descriptors of the next tiles; how many there were. */
  write(words: Int32Array): number {
    const room = Math.floor(words.length / TILE_WORDS);
    let written = 0;
    while (written < room && this.position < this.count) {
      this.#writeTile(words.subarray(written * TILE_WORDS, (written + 1) * TILE_WORDS));
      written++;
    }
    return written;
  }

  #writeTile(words: Int32Array): void {
    const { layer, tiling, regions, image } = this.#context;
    const { shape, padding = NO_PADDING } = layer;
    const at = this.#at;
    const first = {} as Record<Dim, number>;
    const extents = {} as Record<Dim, number>;
    for (const dim of DIMS) {
      first[dim] = at[dim] * tiling.extents[dim];
      extents[dim] = Math.min(tiling.extents[dim], shape[dim] - first[dim]);
    }
    const next = this.#advance();
    const { flags, storedBefore } = this.#flags(next);
    const window = windowExtent(layer, extents);
    const origin = {
      x: first.P * shape.Wstride + first.R * shape.Wdilation - padding.left,
      y: first.Q * shape.Hstride + first.S * shape.Hdilation - padding.top,
    };
    const { width, height } = imageExtent(layer);
    const fields: Readonly<Record<TileField, number>> = {
      flags,
      ...lower(extents),
      window_height: window.height,
      window_width: window.width,
      window_y: origin.y,
      window_x: origin.x,
      input_address: image.inputs + ((first.N * height + origin.y) * width + origin.x) * shape.C + first.C,
      weight_address: image.weights + ((first.S * shape.R + first.R) * shape.C + first.C) * shape.K + first.K,
      output_index: ((first.N * shape.Q + first.Q) * shape.P + first.P) * shape.K + first.K,
      input_row: regions.inputs[this.#region.inputs] as number,
      weight_row: regions.weights[this.#region.weights] as number,
      output_row: regions.outputs[this.#region.outputs] as number,
      input_plane: extents.N * window.height * window.width,
      weight_plane: extents.C * extents.S * extents.R,
      output_plane: extents.N * extents.Q * extents.P,
      window_image: window.height * window.width,
      window_output_line: shape.Hstride * window.width,
      window_tap_line: shape.Hdilation * window.width,
      stored_before: storedBefore,
    };
    for (let word = 0; word < TILE_WORDS; word++) words[word] = fields[TILE_FIELDS[word] as TileField];
    this.#previous = at;
    this.#at = next ?? at;
    this.position++;
  }

  /** The tile after the one at hand; nothing after the last. */
  #advance(): Record<Dim, number> | undefined {
    const next = { ...this.#at };
    for (let i = this.#context.tiling.loops.length - 1; i >= 0; i--) {
      const { dim, trips } = this.#context.tiling.loops[i] as { dim: Dim; trips: number };
      next[dim]++;
      if (next[dim] < trips) return next;
      next[dim] = 0;
    }
    return undefined;
  }

  /** What is loaded, kept and stored, from the tile before and the tile after. Moves each operand to its region. */
  #flags(next: Readonly<Record<Dim, number>> | undefined): {
    readonly flags: number;
    readonly storedBefore: number;
  } {
    const { reuse, regions } = this.#context;
    const at = this.#at;
    const previous = this.#previous;
    const differs = (
      operand: keyof typeof RELEVANT,
      other: Readonly<Record<Dim, number>> | undefined,
    ): boolean => other === undefined || RELEVANT[operand].some((dim) => other[dim] !== at[dim]);
    const fresh = {
      inputs: !reuse || differs("inputs", previous),
      weights: !reuse || differs("weights", previous),
      outputs: differs("outputs", previous),
    };
    for (const operand of ["inputs", "weights", "outputs"] as const) {
      if (fresh[operand] && previous) {
        this.#region[operand] = (this.#region[operand] + 1) % regions[operand].length;
      }
    }
    const leaves = differs("outputs", next);
    const begun = REDUCTION.some((dim) => at[dim] > 0);
    const complete = REDUCTION.every((dim) => at[dim] === this.#trips[dim] - 1);
    const returns = fresh.outputs && begun;
    const tile = this.#outputTile();
    const storedBefore = returns ? (this.#storedBefore?.get(tile) ?? 0) : 0;
    if (leaves && !complete) this.#storedBefore?.set(tile, this.position + 1);
    const flags =
      (fresh.inputs ? FLAGS.loadInputs : 0) |
      (fresh.weights ? FLAGS.loadWeights : 0) |
      (returns ? FLAGS.loadPartials : 0) |
      (begun ? FLAGS.accumulate : 0) |
      (leaves ? FLAGS.store : 0) |
      (leaves && !complete ? FLAGS.storePartials : 0) |
      (this.#region.inputs ? FLAGS.inputRegion : 0) |
      (this.#region.weights ? FLAGS.weightRegion : 0) |
      (this.#region.outputs ? FLAGS.outputRegion : 0);
    return { flags, storedBefore };
  }

  /** A number for the output tile at hand. */
  #outputTile(): number {
    return RELEVANT.outputs.reduce((id, dim) => id * this.#trips[dim] + this.#at[dim], 0);
  }
}

function lower({
  N,
  Q,
  P,
  K,
  C,
  S,
  R,
}: Extents): Readonly<Record<"n" | "q" | "p" | "k" | "c" | "s" | "r", number>> {
  return { n: N, q: Q, p: P, k: K, c: C, s: S, r: R };
}
