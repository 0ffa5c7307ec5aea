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
 * Reads DOSA's notation into the numeric form: `parseMapping` without the objects.
 *
 * @throws InputError whose `where` is the character at fault
 */
export function readMapping(text: string, into: RawMapping): RawMapping {
  const codes = new Uint8Array(text.length);
  // A character beyond Latin-1 is as wrong as any other that no mapping holds.
  for (let at = 0; at < codes.length; at++) codes[at] = Math.min(text.charCodeAt(at), 255);
  try {
    return readCodes(codes, 0, codes.length, into);
  } catch (error) {
    throw error instanceof Fault ? error.within(text) : error;
  }
}

/**
 * `readMapping` of the Latin-1 text from `from` to `to`, for tables of millions of rows.
 *
 * @throws InputError whose `where` is the character at fault, counted from `from`
 */
export function readMappingBytes(bytes: Uint8Array, from: number, to: number, into: RawMapping): RawMapping {
  try {
    return readCodes(bytes, from, to, into);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    let text = "";
    for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] as number);
    throw error.within(text, from);
  }
}

/** Where a text stops being a mapping, and what would have been one. */
class Fault {
  readonly at: number;
  readonly expected: string;

  constructor(at: number, expected: string) {
    this.at = at;
    this.expected = expected;
  }

  /** The fault as one of the text that begins at `from`. */
  within(text: string, from = 0): InputError {
    const at = this.at - from;
    const rest = text.slice(at);
    return new InputError({
      where: `character ${at + 1}`,
      expected: this.expected,
      found: rest === "" ? "the end" : quote(rest, 40),
    });
  }
}

/** @throws Fault */
function readCodes(codes: Uint8Array, from: number, to: number, into: RawMapping): RawMapping {
  into.clear();
  if (to - from > MAX_TEXT) fail(from, `a mapping of at most ${MAX_TEXT} characters`);
  let at = from;
  for (let level = 0; level < LEVELS.length; level++) {
    if (level > 0) at = expect(codes, at, to, SEPARATOR);
    at = expect(codes, at, to, HEAD_CODES[level] as Uint8Array);
    at = readLevel(codes, at, to, level, into);
  }
  if (at < to) fail(at, "the end of the mapping");
  return into;
}

/** Reads the loops of one level from `from` on; the place after them. */
function readLevel(codes: Uint8Array, from: number, to: number, level: number, into: RawMapping): number {
  let at = from;
  let seen = 0;
  let loops = 0;
  let spread = false;
  const spatial = SPATIAL_CODES[level] as number;
  while (at < to && codes[at] === SPACE && !(at + 1 < to && codes[at + 1] === DASH)) {
    const start = at + 1;
    const code = start < to ? (codes[start] as number) : 0;
    const dim = DIM_OF_CODE[code] as number;
    if (dim < 0) fail(start, `a loop such as P28 (dims ${DIMS.join(" ")})`);
    let bound = 0;
    const end = Math.min(to, start + 10);
    for (at = start + 1; at < end; at++) {
      const digit = (codes[at] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      bound = bound * 10 + digit;
    }
    if (bound < 1 || bound > MAX_BOUND) fail(start + 1, "a factor from 1 to 2^24");
    loops++;
    if (at < to && codes[at] === CROSS) {
      at++;
      if (code !== spatial) {
        const named = spatial ? `${String.fromCharCode(spatial)} as the` : "no";
        fail(start, `${named} spatial factor at ${HEAD_TEXTS[level]}`);
      }
      if (spread) fail(start, `one spatial factor at ${HEAD_TEXTS[level]}`);
      spread = true;
      if (code === CODE_K) into.spatialK = bound;
      else into.spatialC = bound;
      continue;
    }
    if (spread) fail(start, "temporal loops before the spatial factor");
    if (seen & (1 << dim)) fail(start, `one ${DIMS[dim]} loop at ${HEAD_TEXTS[level]}`);
    seen |= 1 << dim;
    if (bound > 1) into.push(dim, bound);
  }
  if (loops === 0) fail(at, `at least one loop (N1 if there is none) after ${HEAD_TEXTS[level]}`);
  into.endLevel(level);
  return at;
}

function expect(codes: Uint8Array, from: number, to: number, token: Uint8Array): number {
  let at = 0;
  while (at < token.length && from + at < to && codes[from + at] === token[at]) at++;
  if (at < token.length) fail(from, quote(String.fromCharCode(...token).trim()));
  return from + at;
}

function fail(at: number, expected: string): never {
  throw new Fault(at, expected);
}

const codesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const HEAD_TEXTS = LEVELS.map((level) => HEADS[level]);
const HEAD_CODES = HEAD_TEXTS.map(codesOf);
const SEPARATOR = codesOf(" - ");
/** Character of the dim that each level may spread; 0 for none. */
const SPATIAL_CODES = LEVELS.map((level) => SPATIAL[level]?.charCodeAt(0) ?? 0);
const CODE_K = 75;
const SPACE = 32;
const DASH = 45;
const ZERO = 48;
const CROSS = 88;
/** Index of a dim by its character; -1 for others. */
const DIM_OF_CODE = Int8Array.from({ length: 256 }, (_, code) =>
  (DIMS as readonly string[]).indexOf(String.fromCharCode(code)),
);
