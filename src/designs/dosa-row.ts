import { InputError, nearest, quote } from "../errors.ts";
import {
  type Bandwidth,
  DRAM_BANDWIDTH_WORDS,
  type Hardware,
  MAX_MEMORY_WORDS,
} from "../hardware/hardware.ts";
import { readMapping, readMappingBytes } from "../space/mapping.ts";
import type { RawMapping } from "../space/raw-mapping.ts";
import { DIMS, type Dim, type LayerShape, STEPS, toLayerShape } from "../workload/layer.ts";

/** The layer and the accelerator of a row. */
export interface DesignContext {
  readonly shape: LayerShape;
  readonly hardware: Hardware;
}

/** One row; `readDesignMapping` reads the mapping. */
export interface DesignRow {
  /** The same object for all rows of a table that have both in common. */
  readonly context: DesignContext;
  readonly mapping: string;
}

/** Reads rows of one table. */
export interface DosaReader {
  /** Names of all columns, in order. */
  readonly columns: readonly string[];
  /**
   * One row.
   *
   * @throws InputError whose `where` is the column
   */
  read(cells: readonly string[]): DesignRow;
  /** The columns that make a context. */
  readonly contextColumns: readonly number[];
  readonly mappingColumn: number;
}

/** The column that holds the mapping. */
export const MAPPING_COLUMN = "mapping.mapping";
const REQUIRED = [
  MAPPING_COLUMN,
  "arch.meshX",
  "arch.mem1_entries",
  "arch.mem1_depth",
  "arch.mem2_entries",
  "arch.mem2_depth",
  ...DIMS.map((dim) => `prob.${dim}`),
  ...STEPS.map((step) => `prob.${step}`),
];
/** Contexts that a reader remembers: a table of ever new accelerators must not fill the memory. */
export const MAX_CONTEXTS = 1 << 14;
/** Optional columns that the model has one value for; a row that has another one is not this accelerator. */
const FIXED: Readonly<Record<string, (peDim: number) => number>> = {
  "arch.mem1_width": () => 32,
  "arch.mem2_width": (peDim) => 8 * peDim,
  "arch.mem1_instances": (peDim) => peDim,
  "arch.mem2_instances": () => 1,
  "arch.pe": (peDim) => peDim * peDim,
};

/**
 * A reader for a table in the format of the DOSA data: `mapping.mapping`, `arch.*` and `prob.*` columns in any order, any other
 * columns between them. Bandwidths are `arch.mem*_shared_bandwidth`, or `_read_bandwidth` with `_write_bandwidth`; a table
 * without them has DOSA's shared ones (scratchpad 2 x meshX, accumulator 2 words per cycle).
 *
 * @param header cells of the first row
 * @throws InputError if a column is missing or occurs twice
 */
export function createDosaReader(header: readonly string[]): DosaReader {
  const columns = header.map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ""));
  const index = new Map<string, number>();
  for (const [at, name] of columns.entries()) {
    if (index.has(name) && (name === MAPPING_COLUMN || /^(arch|prob)\./.test(name))) {
      throw new InputError({
        where: `column ${at + 1}`,
        expected: "each column once",
        found: `${quote(name)} twice`,
      });
    }
    index.set(name, at);
  }
  for (const name of REQUIRED) {
    if (index.has(name)) continue;
    // A column that has a meaning of its own is not the missing one misspelt.
    const meant = nearest(
      name,
      columns.filter((column) => !REQUIRED.includes(column)),
    );
    const all = `${columns.length} column${columns.length === 1 ? "" : "s"} without it`;
    throw new InputError({
      where: "header",
      expected: `a column ${name}`,
      found: meant === undefined ? all : quote(meant),
      hint: "a design table has the header of the DOSA data: mapping.mapping, arch.*, prob.*",
    });
  }
  const memories = ["arch.mem1", "arch.mem2"].map((memory) => {
    const shared = index.has(`${memory}_shared_bandwidth`);
    const read = index.has(`${memory}_read_bandwidth`);
    const write = index.has(`${memory}_write_bandwidth`);
    if (read !== write && !shared) {
      const missing = `${memory}_${read ? "write" : "read"}_bandwidth`;
      throw new InputError({ where: "header", expected: `a column ${missing}`, found: "none" });
    }
    return shared ? "shared" : read ? "split" : "default";
  });
  if (memories[0] !== memories[1]) {
    throw new InputError({
      where: "header",
      expected: "both memories with shared bandwidth, or both with read and write bandwidth",
      found: `mem1 ${memories[0]}, mem2 ${memories[1]}`,
    });
  }
  const regime = memories[0];
  const width = columns.length;
  const at = (name: string): number => index.get(name) as number;

  const shapeColumns = [...DIMS, ...STEPS].map((key) => ({
    key,
    at: at(`prob.${key}`),
    name: `prob.${key}`,
  }));
  const hardwareColumns = [...index.entries()]
    .filter(([name]) =>
      /^arch\.(meshX|pe|mem[12]_(entries|depth|width|instances|(shared|read|write)_bandwidth))$/.test(name),
    )
    .map(([name, column]) => ({ name, at: column }));
  const mappingColumn = at(MAPPING_COLUMN);

  const readShape = (cells: readonly string[]): LayerShape => {
    const fields: Record<string, number> = {};
    for (const column of shapeColumns)
      fields[column.key] = readNumber(cells[column.at] as string, column.name);
    try {
      return toLayerShape(fields);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { where } = error.problem;
      throw new InputError({ ...error.problem, where: where in fields ? `prob.${where}` : `prob: ${where}` });
    }
  };

  const readHardware = (cells: readonly string[]): Hardware => {
    const cell = (name: string, least: number, most: number): number => {
      const text = cells[at(name)] as string;
      const value = readNumber(text, name);
      if (value >= least && value <= most) return value;
      throw new InputError({
        where: name,
        expected: `a number from ${least} to ${most}`,
        found: quote(text),
      });
    };
    const whole = (name: string, most: number): number => {
      const value = cell(name, 1, most);
      if (Number.isInteger(value)) return value;
      throw new InputError({ where: name, expected: `an integer from 1 to ${most}`, found: String(value) });
    };
    const peDim = whole("arch.meshX", 4096);
    for (const [name, fixed] of Object.entries(FIXED)) {
      if (!index.has(name)) continue;
      const value = readNumber(cells[at(name)] as string, name);
      if (value === fixed(peDim)) continue;
      throw new InputError({
        where: name,
        expected: `${fixed(peDim)} for arch.meshX = ${peDim}`,
        found: quote(cells[at(name)]),
        hint: "the model is of Gemmini: a square array, one scratchpad row and one accumulator bank per PE row and column",
      });
    }
    const bandwidth = (memory: string, shared: number): Bandwidth =>
      regime === "split"
        ? {
            kind: "split",
            readWords: cell(`${memory}_read_bandwidth`, 2 ** -10, 2 ** 20),
            writeWords: cell(`${memory}_write_bandwidth`, 2 ** -10, 2 ** 20),
          }
        : {
            kind: "shared",
            words: regime === "shared" ? cell(`${memory}_shared_bandwidth`, 2 ** -10, 2 ** 20) : shared,
          };
    return {
      peDim,
      scratchpadWords: whole("arch.mem2_entries", MAX_MEMORY_WORDS),
      scratchpadRows: whole("arch.mem2_depth", MAX_MEMORY_WORDS),
      accumulatorWords: whole("arch.mem1_entries", MAX_MEMORY_WORDS),
      accumulatorRows: whole("arch.mem1_depth", MAX_MEMORY_WORDS),
      scratchpadBandwidth: bandwidth("arch.mem2", 2 * peDim),
      accumulatorBandwidth: bandwidth("arch.mem1", 2),
      dramBandwidthWords: DRAM_BANDWIDTH_WORDS,
      registerWords: 1,
    };
  };

  const contextColumns = [...shapeColumns, ...hardwareColumns].map((column) => column.at);
  // Layers and accelerators are few where their pairs are many.
  const shapeOf = remembering(shapeColumns, readShape);
  const hardwareOf = remembering(hardwareColumns, readHardware);
  const contextOf = remembering([...shapeColumns, ...hardwareColumns], (cells) => ({
    shape: shapeOf(cells),
    hardware: hardwareOf(cells),
  }));

  const read = (cells: readonly string[]): DesignRow => {
    if (cells.length !== width) {
      throw new InputError({
        where: "row",
        expected: `${width} cells, as in the header`,
        found: String(cells.length),
      });
    }
    return { context: contextOf(cells), mapping: cells[mappingColumn] as string };
  };

  return { columns, read, contextColumns, mappingColumn };
}

/** A function of some cells of a row that gives the same object again for rows in which they are the same. */
function remembering<T>(
  columns: readonly { readonly at: number }[],
  read: (cells: readonly string[]) => T,
): (cells: readonly string[]) => T {
  const known = new Map<string, T>();
  return (cells) => {
    const key = columns.map(({ at }) => cells[at]).join();
    let value = known.get(key);
    if (value === undefined) {
      value = read(cells);
      if (known.size >= MAX_CONTEXTS) known.clear();
      known.set(key, value);
    }
    return value;
  };
}

/**
 * Reads the mapping of a row and checks its factors against the layer's bounds. Whether its tiles fit is left to the caller
 * (`violations`, or the kernel's STATUS).
 *
 * @throws InputError whose `where` is the place in the cell
 */
export function readDesignMapping(text: string, { shape }: DesignContext, into: RawMapping): void {
  try {
    readMapping(text.trim(), into);
    checkFactors(into, shape);
  } catch (error) {
    throw error instanceof InputError ? error.within(MAPPING_COLUMN) : error;
  }
}

/** `readDesignMapping` of the Latin-1 text from `from` to `to`. */
export function readDesignMappingBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  { shape }: DesignContext,
  into: RawMapping,
): void {
  let [start, end] = [from, to];
  while (start < end && isSpace(bytes[start] as number)) start++;
  while (start < end && isSpace(bytes[end - 1] as number)) end--;
  try {
    readMappingBytes(bytes, start, end, into);
    checkFactors(into, shape);
  } catch (error) {
    throw error instanceof InputError ? error.within(MAPPING_COLUMN) : error;
  }
}

/** What `trim` takes away, within Latin-1. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160;
}

function checkFactors(mapping: RawMapping, shape: LayerShape): void {
  const { N, K, C, P, Q, R, S } = shape;
  const bounds = [N, K, C, P, Q, R, S];
  for (let dim = 0; dim < DIMS.length; dim++) {
    const covered = mapping.coveredBound(dim);
    if (covered === bounds[dim]) continue;
    const name = DIMS[dim] as Dim;
    throw new InputError({
      where: `factors of ${name}`,
      expected: `a product of ${shape[name]} (prob.${name})`,
      found: String(covered),
    });
  }
}

const NUMBER = /^[ \t]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?[ \t]*$/;

/** A decimal number; never NaN, Infinity, hexadecimal or empty. */
function readNumber(text: string, where: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InputError({ where, expected: "a number", found: quote(text) });
}
