import type { Hardware } from "./hardware.ts";
import { ACCUMULATOR_AREAS, type AreaPoint, SCRATCHPAD_AREAS } from "./sram-area-table.ts";

/** Silicon area at 40 nm. */
export interface Area {
  readonly mm2: number;
  /**
   * `table` when every macro is a tabulated CACTI result, `interpolated` when one lies between two (mean error: accumulator
   * 1.3 %, scratchpad 1.6 % at 16 PEs a side and 4 to 11 % at others), `extrapolated` when one lies beyond the table.
   */
  readonly source: AreaSource;
}
export type AreaSource = "table" | "interpolated" | "extrapolated";

/** MAC (Aladdin, 4600/16 + 179/4 um2) and 8-bit register (8 x 5.98 um2) of one PE. */
const PE_MM2 = 380.09e-6;
/** CACTI is never asked for fewer rows: smaller macros cost as much. */
const LEAST_ROWS = 64;
/** Accumulators below 64 bytes are registers to Accelergy's table, which then prices them at 1 um2. */
const TINY_ACCUMULATOR_ROWS = 16;
const TINY_ACCUMULATOR_MM2 = 1e-6;

/** Area of the PE array, the scratchpad and one accumulator bank per PE column. */
export function area(hardware: Hardware): Area {
  const { peDim, scratchpadRows, accumulatorRows } = hardware;
  const scratchpad = scratchpadArea(peDim, scratchpadRows);
  const bank = accumulatorArea(accumulatorRows);
  return {
    mm2: sumAreas(peDim, scratchpad.mm2, bank.mm2),
    source: worse(scratchpad.source, bank.source),
  };
}

/** mm2 of an accelerator from those of its scratchpad and of one accumulator bank. */
export function sumAreas(peDim: number, scratchpadMm2: number, bankMm2: number): number {
  return scratchpadMm2 + peDim * bankMm2 + peDim * peDim * PE_MM2;
}

/** One accumulator bank of 32-bit rows. */
export function accumulatorArea(rows: number): Area {
  if (rows < TINY_ACCUMULATOR_ROWS) return { mm2: TINY_ACCUMULATOR_MM2, source: "table" };
  return lookUp(ACCUMULATOR_AREAS, Math.max(rows, LEAST_ROWS));
}

/** A scratchpad of rows of `peDim` words. Between tabulated array sizes: log-log interpolation in `peDim` at equal capacity. */
export function scratchpadArea(peDim: number, rows: number): Area {
  const exact = SCRATCHPAD_AREAS.get(peDim);
  if (exact) return lookUp(exact, Math.max(rows, LEAST_ROWS));
  const sizes = [...SCRATCHPAD_AREAS.keys()];
  const next = sizes.findIndex((size) => size > peDim);
  const above = next < 0 ? sizes.length - 1 : Math.max(next, 1);
  const [low, high] = [sizes[above - 1] ?? 0, sizes[above] ?? 0];
  const words = Math.max(rows, LEAST_ROWS) * peDim;
  const at = (size: number): Area =>
    lookUp(SCRATCHPAD_AREAS.get(size) ?? [], Math.max(words / size, LEAST_ROWS));
  const [below, beyond] = [at(low), at(high)];
  return {
    mm2: between(low, below.mm2, high, beyond.mm2, peDim),
    source: worse(next > 0 ? "interpolated" : "extrapolated", worse(below.source, beyond.source)),
  };
}

/** Log-log interpolation in a table sorted by rows. */
function lookUp(table: readonly AreaPoint[], rows: number): Area {
  let next = table.findIndex(([tabulated]) => tabulated >= rows);
  const hit = table[next];
  if (hit?.[0] === rows) return { mm2: hit[1], source: "table" };
  const outside = next <= 0;
  if (next < 0) next = table.length - 1;
  if (next === 0) next = 1;
  const [x0, y0] = table[next - 1] ?? [1, 0];
  const [x1, y1] = table[next] ?? [1, 0];
  return { mm2: between(x0, y0, x1, y1, rows), source: outside ? "extrapolated" : "interpolated" };
}

/**
 * The straight line through two points in log-log space, to 1e-8 mm2 as in the table: engines differ in the last bits of
 * logarithm and power, and an answer must not.
 */
function between(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return Math.round(1e8 * y0 * (y1 / y0) ** (Math.log(x / x0) / Math.log(x1 / x0))) / 1e8;
}

function worse(a: AreaSource, b: AreaSource): AreaSource {
  const order: readonly AreaSource[] = ["table", "interpolated", "extrapolated"];
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? "extrapolated";
}
