import { InputError, quote } from "../errors.ts";
import { DIMS, type Dim, MAX_BOUND } from "../workload/layer.ts";
import { RawMapping } from "./raw-mapping.ts";

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
  return toMapping(readMapping(text, new RawMapping()));
}

/** A mapping from its numeric form. */
export function toMapping(raw: RawMapping): Mapping {
  const loops = LEVELS.map((_, level): Loop[] => {
    const order = raw.orders[level] as number;
    const ranked = DIMS.map((dim, d) => ({
      dim,
      bound: raw.factor(level, d),
      rank: (order >>> (4 * d)) & 15,
    }));
    return ranked
      .filter(({ bound }) => bound > 1)
      .sort((a, b) => b.rank - a.rank)
      .map(({ dim, bound }) => ({ dim, bound }));
  });
  const [dram = [], scratchpad = [], accumulator = [], register = []] = loops;
  return {
    loops: { dram, scratchpad, accumulator, register },
    spatialK: raw.spatialK,
    spatialC: raw.spatialC,
  };
}

/** The numeric form of a mapping, written to `raw`. */
export function fromMapping(mapping: Mapping, raw: RawMapping): RawMapping {
  raw.clear();
  raw.spatialK = mapping.spatialK;
  raw.spatialC = mapping.spatialC;
  for (let level = 0; level < LEVELS.length; level++) {
    const loops = mapping.loops[LEVELS[level] as Level];
    for (const { dim, bound } of loops) raw.push(DIMS.indexOf(dim), bound);
    raw.endLevel(level);
  }
  return raw;
}

/**
 * Reads DOSA's notation into the numeric form: `parseMapping` without the objects, for tables of millions of rows.
 *
 * @throws InputError whose `where` is the character at fault
 */
export function readMapping(text: string, into: RawMapping): RawMapping {
  into.clear();
  if (text.length > MAX_TEXT) fail(text, 0, `a mapping of at most ${MAX_TEXT} characters`);
  let at = 0;
  for (let level = 0; level < LEVELS.length; level++) {
    if (level > 0) at = expect(text, at, " - ");
    at = expect(text, at, HEAD_TEXTS[level] as string);
    at = readLevel(text, at, level, into);
  }
  if (at < text.length) fail(text, at, "the end of the mapping");
  return into;
}

/** Reads the loops of one level from `at` on; the place after them. */
function readLevel(text: string, from: number, level: number, into: RawMapping): number {
  let at = from;
  let seen = 0;
  let loops = 0;
  let spread = false;
  const spatial = SPATIAL_CODES[level] as number;
  while (text.charCodeAt(at) === SPACE && text.charCodeAt(at + 1) !== DASH) {
    const start = at + 1;
    const code = text.charCodeAt(start);
    const dim = DIM_OF_CODE[code];
    if (dim === undefined) fail(text, start, `a loop such as P28 (dims ${DIMS.join(" ")})`);
    let bound = 0;
    for (at = start + 1; at - start <= 9; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      bound = bound * 10 + digit;
    }
    if (bound < 1 || bound > MAX_BOUND) fail(text, start + 1, "a factor from 1 to 2^24");
    loops++;
    if (text.charCodeAt(at) === CROSS) {
      at++;
      if (code !== spatial) {
        const named = spatial ? `${String.fromCharCode(spatial)} as the` : "no";
        fail(text, start, `${named} spatial factor at ${HEAD_TEXTS[level]}`);
      }
      if (spread) fail(text, start, `one spatial factor at ${HEAD_TEXTS[level]}`);
      spread = true;
      if (code === CODE_K) into.spatialK = bound;
      else into.spatialC = bound;
      continue;
    }
    if (spread) fail(text, start, "temporal loops before the spatial factor");
    if (seen & (1 << dim)) fail(text, start, `one ${DIMS[dim]} loop at ${HEAD_TEXTS[level]}`);
    seen |= 1 << dim;
    if (bound > 1) into.push(dim, bound);
  }
  if (loops === 0) fail(text, at, `at least one loop (N1 if there is none) after ${HEAD_TEXTS[level]}`);
  into.endLevel(level);
  return at;
}

function expect(text: string, at: number, token: string): number {
  if (!text.startsWith(token, at)) fail(text, at, quote(token.trim()));
  return at + token.length;
}

function fail(text: string, at: number, expected: string): never {
  const rest = text.slice(at);
  throw new InputError({
    where: `character ${at + 1}`,
    expected,
    found: rest === "" ? "the end" : quote(rest, 40),
  });
}

const HEAD_TEXTS = LEVELS.map((level) => HEADS[level]);
/** Character of the dim that each level may spread; 0 for none. */
const SPATIAL_CODES = LEVELS.map((level) => SPATIAL[level]?.charCodeAt(0) ?? 0);
const CODE_K = 75;
const SPACE = 32;
const DASH = 45;
const ZERO = 48;
const CROSS = 88;
/** Index of a dim by its character. */
const DIM_OF_CODE: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const index = (DIMS as readonly string[]).indexOf(String.fromCharCode(code));
  return index < 0 ? undefined : index;
});
