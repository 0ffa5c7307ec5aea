import { InputError, quote } from "../errors.ts";
import { instantiateNow, type KernelExports } from "../kernels/kernels.ts";
import * as at from "../kernels/walk-layout.ts";
import { createRng } from "../rng.ts";
import { formatMapping } from "../space/mapping.ts";
import { geneMapping, readTiles, writeTiles } from "./gene.ts";
import {
  type AnnealAnswer,
  type AnnealJob,
  type BreedAnswer,
  type BreedJob,
  spreadMappings,
  type WalkedDesign,
  type WalkProblem,
  type Waypoint,
} from "./request.ts";
import { SPACE, type SpaceRecord, writeSpace } from "./space-record.ts";

/** Most members of a population. */
const MOST_MEMBERS = 256;

/** Walks through the designs of one problem, in an instance of the kernels of its own. */
export class Walker {
  private readonly problem: WalkProblem;
  private readonly exports: KernelExports;
  private readonly view: DataView;
  private readonly record: SpaceRecord;

  /**
   * @param module the compiled kernels
   */
  constructor(module: WebAssembly.Module, problem: WalkProblem) {
    const { memory, exports } = instantiateNow(module);
    // Room for a population, and for the child and the gene at hand.
    this.record = writeSpace(memory, problem, MOST_MEMBERS + 2);
    this.problem = problem;
    this.exports = exports;
    this.view = new DataView(memory.buffer);
  }

  /** Simulated annealing (assembly/search/anneal.ts). */
  anneal({ seed, start, rounds, moves, relax, hot, cold }: AnnealJob): AnnealAnswer {
    const [current, best, spare] = [this.design(0), this.design(1), this.design(2)];
    this.begin(seed);
    this.place(current, start);
    const fall = (cold / hot) ** (1 / rounds);
    this.exports.anneal(SPACE, current, best, spare, rounds, moves, relax, hot, fall);
    return { best: this.read(best), evaluated: this.evaluated() };
  }

  /** A genetic algorithm (assembly/search/genetic.ts). */
  breed({ seed, size, children, learn, members }: BreedJob): BreedAnswer {
    if (size > MOST_MEMBERS)
      throw new RangeError(`a population has at most ${MOST_MEMBERS} members, not ${size}`);
    const spare = this.design(size);
    this.begin(seed);
    for (let i = 0; i < size; i++) this.place(this.design(i), members[i]);
    this.exports.found(SPACE, this.design(0), size, spare, learn);
    this.exports.breed(SPACE, this.design(0), size, spare, children, learn);
    const places = Array.from({ length: size }, (_, i) => i).sort(
      (a, b) => this.cost(a) - this.cost(b) || a - b,
    );
    return {
      best: this.read(this.design(places[0] ?? 0)),
      members: places.map((place) => this.waypoint(this.design(place))),
      evaluated: this.evaluated(),
    };
  }

  private design(place: number): number {
    return this.record.free + place * this.record.designBytes;
  }

  private cost(place: number): number {
    return this.view.getFloat64(this.design(place) + at.DESIGN_COST, true);
  }

  private evaluated(): number {
    return this.view.getFloat64(SPACE + at.SPACE_EVALUATED, true);
  }

  private begin(seed: number): void {
    const rng = createRng(seed);
    for (let i = 0; i < 4; i++) {
      this.view.setUint32(SPACE + at.SPACE_RANDOM + 4 * i, Math.floor(rng() * 2 ** 32), true);
    }
    this.view.setFloat64(SPACE + at.SPACE_EVALUATED, 0, true);
  }

  /** Puts a waypoint, or a random design, in place. */
  private place(design: number, start: Waypoint | undefined): void {
    if (!this.exports.scatter(SPACE, design)) {
      throw new InputError({
        where: "maxAreaMm2",
        expected: "an area that hardware drawn at random has now and then",
        found: String(this.problem.space.maxAreaMm2),
        hint: "raise it, or narrow the space",
      });
    }
    if (!start) return;
    const { arrays, scratchpadKib, accumulatorKib } = this.problem.space;
    const { hardware } = start;
    const set = (offset: number, index: number, what: string): void => {
      if (index < 0) throw new RangeError(`${what} of a waypoint is not in the space: ${quote(hardware)}`);
      this.view.setInt32(design + offset, index, true);
    };
    set(
      at.DESIGN_ARRAY,
      arrays.findIndex((one) => one.peDim === hardware.peDim && one.bandwidth === hardware.bandwidth),
      "the array",
    );
    set(at.DESIGN_SCRATCHPAD, scratchpadKib.indexOf(hardware.scratchpadKib), "the scratchpad");
    set(at.DESIGN_ACCUMULATOR, accumulatorKib.indexOf(hardware.accumulatorKib), "the accumulator");
    for (const [i, { shape }] of this.record.layers.entries()) {
      writeTiles(this.view, this.gene(design, i), shape, start.tiles[i] ?? "");
    }
  }

  private gene(design: number, layer: number): number {
    return design + at.DESIGN_GENES + layer * at.GENE_BYTES;
  }

  private waypoint(design: number): Waypoint {
    const { arrays, scratchpadKib, accumulatorKib } = this.problem.space;
    const index = (offset: number): number => this.view.getInt32(design + offset, true);
    const array = arrays[index(at.DESIGN_ARRAY)];
    if (!array) throw new RangeError("a design has an array that is not in the space");
    return {
      hardware: {
        ...array,
        scratchpadKib: scratchpadKib[index(at.DESIGN_SCRATCHPAD)] ?? 0,
        accumulatorKib: accumulatorKib[index(at.DESIGN_ACCUMULATOR)] ?? 0,
      },
      tiles: this.record.layers.map(({ shape }, i) =>
        readTiles(this.view, this.gene(design, i), shape).join(" "),
      ),
    };
  }

  private read(design: number): WalkedDesign {
    const waypoint = this.waypoint(design);
    const { peDim } = waypoint.hardware;
    const mappings = spreadMappings(
      this.problem.workloads,
      this.record.layers.map(({ shape }, i) =>
        formatMapping(geneMapping(this.view, this.gene(design, i), shape, peDim)),
      ),
    );
    const sums = mappings.map((_, network) => ({
      latencyCycles: this.view.getFloat64(design + at.DESIGN_SUMS + 16 * network, true),
      energyPj: this.view.getFloat64(design + at.DESIGN_SUMS + 16 * network + 8, true),
    }));
    return { ...waypoint, mappings, sums };
  }
}
