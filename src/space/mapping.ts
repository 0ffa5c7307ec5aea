import { InputError, quote } from "../errors.ts";
import { DIMS, type Dim } from "../workload/layer.ts";

/** Memory levels of a mapping, outermost first. */
export const LEVELS = ["dram", "scratchpad", "accumulator", "register"] as const;
export type Level = (typeof LEVELS)[number];

/** A temporal loop: a tiling factor of one dim. */
export interface Loop {
  readonly dim: Dim;
  readonly bound: number;
}

/**
 * How one layer runs: temporal loops of each level, **outermost first**, and the two spatial factors (K over the PE columns,
 * inside the scratchpad loops; C over the PE rows, inside the accumulator loops). A dim occurs at most once in a level.
 */
export interface Mapping {
  readonly loops: Readonly<Record<Level, readonly Loop[]>>;
  readonly spatialK: number;
  readonly spatialC: number;
}

/** How DOSA writes each level: its number and the operands kept there. */
const HEADS: Readonly<Record<Level, string>> = {
  dram: "L3[WIO]",
  scratchpad: "L2[WI]",
  accumulator: "L1[O]",
  register: "L0[W]",
};
/** The dim that a level spreads over PEs. */
const SPATIAL: Readonly<Partial<Record<Level, Dim>>> = { scratchpad: "K", accumulator: "C" };

/** Longest mapping text that is read: 4 levels of 7 loops of 8 digits and 2 spatial factors fit twice over. */
const MAX_TEXT = 1024;

/** The tiling factor of `dim` among the temporal loops of `level`. */
export function factor(mapping: Mapping, level: Level, dim: Dim): number {
  let product = 1;
  for (const loop of mapping.loops[level]) if (loop.dim === dim) product *= loop.bound;
  return product;
}

/** The spatial factor of `dim` below or at `level`'s loops: K at the scratchpad, C at the accumulator. */
export function spatialFactor(mapping: Mapping, level: Level, dim: Dim): number {
  if (SPATIAL[level] !== dim) return 1;
  return dim === "K" ? mapping.spatialK : mapping.spatialC;
}

/** Product of all factors of `dim`: the bound of the problem that the mapping computes. */
export function coveredBound(mapping: Mapping, dim: Dim): number {
  let product = 1;
  for (const level of LEVELS) product *= factor(mapping, level, dim) * spatialFactor(mapping, level, dim);
  return product;
}

/** A mapping in DOSA's notation: `L3[WIO] P28 Q56 - L2[WI] N1 K4X - L1[O] S7 C3X - L0[W] P4`. */
export function formatMapping(mapping: Mapping): string {
  return LEVELS.map((level) => {
    const loops = mapping.loops[level];
    const temporal = loops.length === 0 ? " N1" : loops.map(({ dim, bound }) => ` ${dim}${bound}`).join("");
    const dim = SPATIAL[level];
    const spread = dim === undefined ? 1 : spatialFactor(mapping, level, dim);
    return `${HEADS[level]}${temporal}${spread > 1 ? ` ${dim}${spread}X` : ""}`;
  }).join(" - ");
}

/**
 * A mapping from DOSA's notation. `formatMapping` gives back the same text for everything that DOSA and this tool write;
 * loops of bound 1 are placeholders and are dropped.
 *
 * @throws InputError whose `where` is the character at fault
 */
export function parseMapping(text: string): Mapping {
  return new MappingReader(text).read();
}

/** A reader with one cursor; mappings are read by the hundred thousand, so nothing is split or matched by pattern. */
class MappingReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): Mapping {
    const { text } = this;
    if (text.length > MAX_TEXT) this.fail(`a mapping of at most ${MAX_TEXT} characters`, 0);
    const loops = { dram: [], scratchpad: [], accumulator: [], register: [] } as Record<Level, Loop[]>;
    const spread = { K: 1, C: 1 };
    for (let i = 0; i < LEVELS.length; i++) {
      const level = LEVELS[i] as Level;
      if (i > 0) this.expect(" - ");
      this.expect(HEADS[level]);
      this.readLevel(level, loops[level], spread);
    }
    if (this.at < text.length) this.fail("the end of the mapping");
    return { loops, spatialK: spread.K, spatialC: spread.C };
  }

  private readLevel(level: Level, loops: Loop[], spread: { K: number; C: number }): void {
    const { text } = this;
    let seen = 0;
    let spreadSeen = false;
    let count = 0;
    while (text.charCodeAt(this.at) === SPACE && text.charCodeAt(this.at + 1) !== DASH) {
      const start = ++this.at;
      const dim = DIM_OF_CODE[text.charCodeAt(this.at)];
      if (dim === undefined) this.fail(`a loop such as P28 (dims ${DIMS.join(" ")})`);
      this.at++;
      const bound = this.readBound();
      count++;
      if (text.charCodeAt(this.at) === CROSS) {
        this.at++;
        if (SPATIAL[level] !== dim || (dim !== "K" && dim !== "C")) {
          this.fail(
            SPATIAL[level] === undefined
              ? `no spatial factor at ${HEADS[level]}`
              : `${SPATIAL[level]} as the spatial factor of ${HEADS[level]}`,
            start,
          );
        }
        if (spreadSeen) this.fail(`one spatial factor at ${HEADS[level]}`, start);
        spreadSeen = true;
        spread[dim] = bound;
        continue;
      }
      if (spreadSeen) this.fail("temporal loops before the spatial factor", start);
      const bit = 1 << DIMS.indexOf(dim);
      if (seen & bit) this.fail(`one ${dim} loop at ${HEADS[level]}`, start);
      seen |= bit;
      if (bound > 1) loops.push({ dim, bound });
    }
    if (count === 0) this.fail(`at least one loop (N1 if there is none) after ${HEADS[level]}`);
  }

  private readBound(): number {
    const start = this.at;
    let value = 0;
    for (; this.at - start <= 8; this.at++) {
      const digit = this.text.charCodeAt(this.at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (this.at === start || value < 1 || value > 2 ** 24) this.fail("a factor from 1 to 2^24", start);
    return value;
  }

  private expect(token: string): void {
    if (!this.text.startsWith(token, this.at)) this.fail(quote(token.trim()));
    this.at += token.length;
  }

  private fail(expected: string, at = this.at): never {
    const rest = this.text.slice(at);
    const where = `character ${at + 1}`;
    throw new InputError({ where, expected, found: rest === "" ? "the end" : quote(rest, 40) });
  }
}

const SPACE = 32;
const DASH = 45;
const ZERO = 48;
const CROSS = 88;
const DIM_OF_CODE: readonly (Dim | undefined)[] = (() => {
  const table: (Dim | undefined)[] = new Array(128).fill(undefined);
  for (const dim of DIMS) table[dim.charCodeAt(0)] = dim;
  return table;
})();
