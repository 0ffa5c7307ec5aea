import { InputError, quote } from "../../errors.ts";
import { LEVELS, type Level, type Loop, type Mapping } from "../../space/mapping.ts";
import { DIMS, type Dim, MAX_BOUND } from "../../workload/layer.ts";
import { asRecord } from "../../workload/workload.ts";
import { COLUMNS, dimOf, ROWS, TARGETS, type TimeloopVersion, timeloopDim } from "./names.ts";

/** One directive of a Timeloop mapping. */
export type Directive = Readonly<Record<string, unknown>>;

/**
 * A mapping as Timeloop's `mapping:` section. Timeloop writes permutations **innermost first**, and every dim with its factor. In
 * version 0.3 a spatial loop belongs to the memory above the fan-out, in 0.4 to the container that is repeated.
 */
export function toTimeloopMapping(mapping: Mapping, version: TimeloopVersion): readonly Directive[] {
  const kept = LEVELS.map((level) => ({
    target: TARGETS[level].name,
    type: version === "0.3" ? "datatype" : "dataspace",
    keep: TARGETS[level].keep,
    bypass: TARGETS[level].bypass,
  }));
  const loops = LEVELS.flatMap((level): Directive[] => {
    const temporal = {
      target: TARGETS[level].name,
      type: "temporal",
      ...directions(mapping.loops[level], version),
    };
    const spread = spatialLoop(mapping, level);
    if (!spread) return [temporal];
    const spatial = {
      target: version === "0.3" ? TARGETS[level].name : spread.over,
      type: "spatial",
      ...directions([spread.loop], version),
      // The first loop of the permutation runs along X; the others are 1.
      split: 1,
    };
    return [temporal, spatial];
  });
  return [...kept, ...loops];
}

/** The dim that a level spreads over PEs. */
function spatialLoop(
  mapping: Mapping,
  level: Level,
): { readonly loop: Loop; readonly over: string } | undefined {
  if (level === "scratchpad") return { loop: { dim: "K", bound: mapping.spatialK }, over: COLUMNS };
  if (level === "accumulator") return { loop: { dim: "C", bound: mapping.spatialC }, over: ROWS };
  return undefined;
}

function directions(loops: readonly Loop[], version: TimeloopVersion): Directive {
  const bounds = new Map(loops.map(({ dim, bound }) => [dim, bound]));
  const inner = loops.map(({ dim }) => dim).reverse();
  const order = [...inner, ...DIMS.filter((dim) => !bounds.has(dim))].map(timeloopDim);
  const factors = DIMS.map((dim) => `${timeloopDim(dim)}=${bounds.get(dim) ?? 1}`);
  return version === "0.3"
    ? { factors: factors.join(" "), permutation: order.join("") }
    : { factors, permutation: order };
}

/**
 * The mapping of a `mapping:` section of either version, in the spellings of Timeloop (`C2 M4`), its front end (`[C=2, M=4]`)
 * and DOSA. A level that is not named has no loop.
 *
 * @throws InputError for what Gemmini cannot run: other levels, spatial loops or kept operands
 */
export function fromTimeloopMapping(section: unknown, where: string): Mapping {
  const list = Array.isArray(section) ? section : asRecord(section, where, "a list of directives")["nodes"];
  if (!Array.isArray(list))
    throw new InputError({ where, expected: "a list of directives", found: quote(section) });
  const loops: Partial<Record<Level, readonly Loop[]>> = {};
  let [spatialK, spatialC]: (number | undefined)[] = [];
  for (const [index, entry] of list.entries()) {
    const at = `${where}[${index}]`;
    const directive = asRecord(entry, at, "a directive with target and type");
    const { target, type } = directive;
    if (typeof target !== "string")
      throw new InputError({ where: `${at}.target`, expected: "text", found: quote(target) });
    const name = target.replace(/\[.*$/, "").trim();
    if (type === "spatial") {
      const [dim, over]: [Dim, string] | [] = isTarget(name, "scratchpad", COLUMNS)
        ? ["K", "PE columns"]
        : isTarget(name, "accumulator", ROWS)
          ? ["C", "PE rows"]
          : [];
      const spread = readLoops(directive, at);
      const wrong = spread.find((loop) => loop.dim !== dim);
      if (wrong) {
        throw new InputError({
          where: at,
          expected:
            dim === undefined ? `no spatial loop at ${name}` : `${timeloopDim(dim)} alone over the ${over}`,
          found: `${timeloopDim(wrong.dim)}=${wrong.bound}`,
        });
      }
      const bound = spread[0]?.bound ?? 1;
      if ((dim === "K" && spatialK !== undefined) || (dim === "C" && spatialC !== undefined))
        throw twice(at, name);
      if (dim === "K") spatialK = bound;
      if (dim === "C") spatialC = bound;
      continue;
    }
    const level = LEVELS.find((one) => isTarget(name, one));
    if (!level) {
      throw new InputError({
        where: `${at}.target`,
        expected: `a level of Gemmini: ${LEVELS.map((one) => TARGETS[one].name).join(", ")}`,
        found: quote(target),
      });
    }
    if (type === "temporal") {
      if (loops[level]) throw twice(at, name);
      loops[level] = readLoops(directive, at);
    } else if (type === "datatype" || type === "dataspace" || type === "bypass")
      checkKept(directive, level, at);
    else
      throw new InputError({
        where: `${at}.type`,
        expected: "temporal, spatial, datatype or dataspace",
        found: quote(type),
      });
  }
  const { dram = [], scratchpad = [], accumulator = [], register = [] } = loops;
  return {
    loops: { dram, scratchpad, accumulator, register },
    spatialK: spatialK ?? 1,
    spatialC: spatialC ?? 1,
  };
}

function twice(where: string, name: string): InputError {
  return new InputError({ where, expected: `one such directive for ${name}`, found: "two" });
}

function isTarget(name: string, level: Level, container?: string): boolean {
  return name.toLowerCase() === TARGETS[level].name.toLowerCase() || name === container;
}

/** Loops of a directive, outermost first, those of bound 1 left out. */
function readLoops(directive: Directive, where: string): readonly Loop[] {
  const bounds = readFactors(directive["factors"], `${where}.factors`);
  const place = `${where}.permutation`;
  const order = readOrder(directive["permutation"], place);
  const loops: Loop[] = [];
  for (const dim of order) {
    const bound = bounds.get(dim) ?? 1;
    if (bound > 1) loops.push({ dim, bound });
  }
  const left = [...bounds].filter(([dim, bound]) => bound > 1 && !order.includes(dim)).map(([dim]) => dim);
  // One loop needs no order; of several, the ones that are left out have none.
  const [only] = left;
  if (only !== undefined && (left.length > 1 || loops.length > 0))
    throw new InputError({
      where: place,
      expected: `a place for ${timeloopDim(only)}`,
      found: quote(directive["permutation"]),
    });
  if (only !== undefined) loops.push({ dim: only, bound: bounds.get(only) ?? 1 });
  return loops.reverse();
}

function readFactors(value: unknown, where: string): ReadonlyMap<Dim, number> {
  const parts = words(value, where, /[\s,]+/);
  const found = new Map<Dim, number>();
  for (const part of parts) {
    const [, name = "", digits] = /^([A-Za-z]+)\s*=?\s*(\d{1,8})$/.exec(part) ?? [];
    const dim = dimOf(name);
    const bound = Number(digits);
    if (!dim || !(bound >= 1 && bound <= MAX_BOUND))
      throw new InputError({ where, expected: "factors such as P=28", found: quote(part) });
    if (found.has(dim)) throw new InputError({ where, expected: `one factor of ${name}`, found: "two" });
    found.set(dim, bound);
  }
  return found;
}

/** Dims innermost first, as they stand. */
function readOrder(value: unknown, where: string): readonly Dim[] {
  const order = words(value, where, /[\s,]+|/).map((name) => {
    const dim = dimOf(name);
    if (!dim) throw new InputError({ where, expected: "dims R S P Q C M N", found: quote(name) });
    return dim;
  });
  if (new Set(order).size !== order.length)
    throw new InputError({ where, expected: "each dim once", found: quote(value) });
  return order;
}

function words(value: unknown, where: string, separator: RegExp): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return value.split(separator).filter((word) => word !== "");
  if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value;
  throw new InputError({ where, expected: "text or a list of texts", found: quote(value) });
}

function checkKept(directive: Directive, level: Level, where: string): void {
  const { keep, bypass, name } = TARGETS[level];
  for (const [key, fixed, other] of [
    ["keep", keep, bypass],
    ["bypass", bypass, keep],
  ] as const) {
    const wrong = words(directive[key], `${where}.${key}`, /[\s,]+/).find((operand) =>
      other.includes(operand),
    );
    if (wrong === undefined) continue;
    throw new InputError({
      where: `${where}.${key}`,
      expected: `${fixed.length === 0 ? "nothing" : fixed.join(", ")} (Gemmini's ${name})`,
      found: quote(wrong),
    });
  }
}
