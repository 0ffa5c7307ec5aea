import { csvParseRows } from "d3-dsv";
import { InputError, quote } from "../errors.ts";
import { type Layer, toLayerShape } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";

/** Columns after the name: of a convolution, and of a matrix product. */
const CONVOLUTION = [
  "IFMAP Height",
  "IFMAP Width",
  "Filter Height",
  "Filter Width",
  "Channels",
  "Num Filter",
  "Strides",
] as const;
const PRODUCT = ["M", "N", "K"] as const;

/** Whether a table's first line is that of a SCALE-Sim topology. */
export function isScaleSim(header: string): boolean {
  return /^\s*layer( name)?\s*,\s*(ifmap|m\s*,)/i.test(header.replace(/"/g, ""));
}

/**
 * A workload from a SCALE-Sim topology: convolutions by the size of their (padded) input, or matrix products (M x K)·(K x N).
 * A trailing comma, a second stride and the sparsity of newer versions are read over. A dimension that the stride does not divide is
 * rounded up, as SCALE-Sim does.
 *
 * @throws InputError naming the row
 */
export function parseScaleSim(text: string, where: string): Workload {
  const [header = [], ...rows] = csvParseRows(text.replace(/^\ufeff/, ""));
  const product = header[1]?.trim().toUpperCase() === "M";
  const columns: readonly string[] = product ? PRODUCT : CONVOLUTION;
  const layers: Layer[] = [];
  const names = new Set<string>();
  for (const [index, cells] of rows.entries()) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    const place = `${where}: row ${index + 2}`;
    const values = columns.map((column, i) => {
      const cell = (cells[i + 1] ?? "").trim();
      if (/^\d{1,8}$/.test(cell)) return Number(cell);
      throw new InputError({ where: `${place}: ${column}`, expected: "an integer", found: quote(cell) });
    });
    const bare = (cells[0] ?? "").trim() || `layer${index}`;
    let name = bare;
    for (let more = 2; names.has(name); more++) name = `${bare}.${more}`;
    names.add(name);
    try {
      layers.push({ name, count: 1, groups: 1, shape: product ? toProduct(values) : toConvolution(values) });
    } catch (error) {
      throw error instanceof InputError ? error.within(place) : error;
    }
  }
  if (layers.length === 0) throw new InputError({ where, expected: "at least one layer", found: "none" });
  const name = where.replace(/^.*[/\\]/, "").replace(/\.csv$/i, "");
  return { name, source: "SCALE-Sim topology", layers };
}

function toProduct([m = 0, n = 0, k = 0]: readonly number[]): Layer["shape"] {
  return toLayerShape({ P: m, K: n, C: k });
}

function toConvolution([
  height = 0,
  width = 0,
  S = 0,
  R = 0,
  C = 0,
  K = 0,
  stride = 0,
]: readonly number[]): Layer["shape"] {
  const places = (input: number, taps: number): number => Math.ceil((input - taps + stride) / stride);
  if (height < S || width < R) {
    throw new InputError({
      where: "IFMAP",
      expected: `an input of at least the filter's ${S} x ${R}`,
      found: `${height} x ${width}`,
    });
  }
  return toLayerShape({
    ...{ K, C, R, S, Wstride: stride, Hstride: stride },
    ...{ P: places(width, R), Q: places(height, S) },
  });
}
