import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { Mapping } from "../space/mapping.ts";
import { tileExtent } from "../space/validity.ts";
import { inputExtent, type LayerShape } from "../workload/layer.ts";

/** Banks of Gemmini's default configuration. */
const SCRATCHPAD_BANKS = 4;
const ACCUMULATOR_BANKS = 2;

/** A layer with its mapping. */
export interface MappedLayerShape {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

/** The call of Gemmini's library that runs a layer, and what of the mapping it does not say. */
export interface GemminiCall {
  readonly layer: string;
  readonly function: "tiled_matmul" | "tiled_conv";
  /** Arguments that describe the layer and its tiles, by the names of gemmini.h. */
  readonly arguments: Readonly<Record<string, number>>;
  readonly notExpressed: readonly string[];
}

export interface GemminiParameters {
  /** Macros of gemmini_params.h. */
  readonly header: Readonly<Record<string, number>>;
  /** Fields of GemminiArrayConfig. */
  readonly config: Readonly<Record<string, string>>;
  /** Why Gemmini's generator does not take the configuration; empty if it does. */
  readonly notExpressed: readonly string[];
}

/**
 * Gemmini's own parameters of an accelerator: macros of `gemmini_params.h` and fields of the Chisel configuration.
 * Gemmini's generator takes arrays and banks of a power of two only.
 */
export function gemminiParameters(parameters: HardwareParameters): GemminiParameters {
  const { peDim, scratchpadKib, accumulatorKib } = parameters;
  const { scratchpadRows, accumulatorRows } = createHardware(parameters);
  const notExpressed: string[] = [];
  const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));
  if (!isPower(peDim)) notExpressed.push(`an array of ${peDim} x ${peDim}: the side must be a power of two`);
  for (const [what, kib, rows, banks] of [
    ["a scratchpad", scratchpadKib, scratchpadRows, SCRATCHPAD_BANKS],
    ["an accumulator", accumulatorKib, accumulatorRows, ACCUMULATOR_BANKS],
  ] as const) {
    const bankRows = rows / banks;
    if (!isPower(bankRows)) {
      const below = 2 ** Math.floor(Math.log2(kib));
      notExpressed.push(
        `${what} of ${kib} KiB: ${bankRows} rows in each of ${banks} banks are no power of two (${below} or ${2 * below} KiB would be)`,
      );
    } else if (bankRows % peDim !== 0) {
      notExpressed.push(
        `${what} of ${kib} KiB: ${bankRows} rows a bank are fewer than the ${peDim} of the array`,
      );
    }
  }
  return {
    header: {
      DIM: peDim,
      BANK_NUM: SCRATCHPAD_BANKS,
      BANK_ROWS: Math.floor(scratchpadRows / SCRATCHPAD_BANKS),
      ACC_ROWS: accumulatorRows,
    },
    config: {
      tileRows: "1",
      tileColumns: "1",
      meshRows: String(peDim),
      meshColumns: String(peDim),
      dataflow: "Dataflow.WS",
      inputType: "SInt(8.W)",
      accType: "SInt(32.W)",
      sp_banks: String(SCRATCHPAD_BANKS),
      acc_banks: String(ACCUMULATOR_BANKS),
      sp_capacity: `CapacityInKilobytes(${scratchpadKib})`,
      acc_capacity: `CapacityInKilobytes(${accumulatorKib})`,
    },
    notExpressed,
  };
}

/**
 * The library call for a layer: `tiled_matmul` for a product, `tiled_conv` for a convolution. Its tiles are what the mapping keeps
 * below DRAM, in units of the array (matmul) or in elements (conv); rows run along the height (Q, S), columns along the width (P, R).
 */
export function gemminiCall(layer: MappedLayerShape, parameters: HardwareParameters): GemminiCall {
  const { shape, mapping } = layer;
  const isProduct = shape.N === 1 && shape.Q === 1 && shape.R === 1 && shape.S === 1 && shape.Wstride === 1;
  const call = isProduct ? productCall(layer, parameters) : convolutionCall(layer, parameters);
  const order = mapping.loops.dram.map(({ dim }) => dim);
  const fixed = isProduct ? ["P", "K", "C"] : ["N", "Q", "P", "K", "S", "R", "C"];
  const notExpressed = [...call.notExpressed];
  if (!follows(order, fixed))
    notExpressed.push(`DRAM loops ${order.join(" ")}: the library runs ${fixed.join(" ")}, outermost first`);
  if (mapping.loops.accumulator.length + mapping.loops.register.length > 0)
    notExpressed.push("the order of loops within a tile: the library's own");
  const { spatialK, spatialC } = mapping;
  const side = parameters.peDim;
  if (spatialK < Math.min(side, shape.K) || spatialC < Math.min(side, shape.C))
    notExpressed.push(
      `${spatialK} columns and ${spatialC} rows of PEs: the library fills the array where it can`,
    );
  return { ...call, notExpressed };
}

/** Whether the loops stand in the library's order. */
function follows(order: readonly string[], fixed: readonly string[]): boolean {
  const places = order.map((dim) => fixed.indexOf(dim));
  return places.every((place, i) => place >= 0 && place > (places[i - 1] ?? -1));
}

function productCall(
  { name, shape, mapping }: MappedLayerShape,
  parameters: HardwareParameters,
): GemminiCall {
  const { peDim } = parameters;
  const tile = (dim: "P" | "K" | "C"): number => Math.ceil(tileExtent(mapping, "scratchpad", dim) / peDim);
  const [tileI, tileJ, tileK] = [tile("P"), tile("K"), tile("C")];
  return {
    layer: name,
    function: "tiled_matmul",
    arguments: {
      dim_I: shape.P,
      dim_J: shape.K,
      dim_K: shape.C,
      tile_I: tileI,
      tile_J: tileJ,
      tile_K: tileK,
    },
    notExpressed: unfit((tileI * tileK + tileK * tileJ) * peDim, tileI * tileJ * peDim, parameters),
  };
}

function convolutionCall(
  { name, shape, mapping }: MappedLayerShape,
  parameters: HardwareParameters,
): GemminiCall {
  const { peDim } = parameters;
  const tile = (dim: "N" | "P" | "Q" | "K" | "C" | "R" | "S"): number =>
    tileExtent(mapping, "scratchpad", dim);
  const notExpressed: string[] = [];
  for (const [what, width, height] of [
    ["stride", shape.Wstride, shape.Hstride],
    ["dilation", shape.Wdilation, shape.Hdilation],
    ["kernel", shape.R, shape.S],
  ] as const) {
    if (width !== height)
      notExpressed.push(`a ${what} of ${width} x ${height}: tiled_conv takes one for both axes`);
  }
  const blocks = (size: number): number => Math.ceil(size / peDim);
  const rows = inputExtent(tile("Q"), shape.Hstride, tile("S"), shape.Hdilation);
  const columns = inputExtent(tile("P"), shape.Wstride, tile("R"), shape.Wdilation);
  const inputs = blocks(tile("C")) * tile("N") * rows * columns;
  const weights = blocks(tile("K")) * tile("R") * tile("S") * tile("C");
  return {
    layer: name,
    function: "tiled_conv",
    arguments: {
      batch_size: shape.N,
      in_row_dim: inputExtent(shape.Q, shape.Hstride, shape.S, shape.Hdilation),
      in_col_dim: inputExtent(shape.P, shape.Wstride, shape.R, shape.Wdilation),
      in_channels: shape.C,
      out_channels: shape.K,
      out_row_dim: shape.Q,
      out_col_dim: shape.P,
      stride: shape.Wstride,
      kernel_dilation: shape.Wdilation,
      kernel_dim: shape.R,
      batches: tile("N"),
      porows: tile("Q"),
      pocols: tile("P"),
      pochs: tile("K"),
      krows: tile("S"),
      kcols: tile("R"),
      kchs: tile("C"),
    },
    notExpressed: [
      ...notExpressed,
      ...unfit(inputs + weights, blocks(tile("K")) * tile("N") * tile("P") * tile("Q"), parameters),
    ],
  };
}

/** Tiles that fit word by word may not fit row by row, where every row is as wide as the array. */
function unfit(scratchpad: number, accumulator: number, parameters: HardwareParameters): readonly string[] {
  const { scratchpadRows, accumulatorRows } = createHardware(parameters);
  const found: string[] = [];
  if (scratchpad > scratchpadRows)
    found.push(`tiles of ${scratchpad} scratchpad rows of ${scratchpadRows}: rows are padded to the array`);
  if (accumulator > accumulatorRows)
    found.push(
      `a tile of ${accumulator} accumulator rows of ${accumulatorRows}: rows are padded to the array`,
    );
  return found;
}

/** The parameters as the lines of gemmini_params.h that they set. */
export function formatGemminiHeader({ header, notExpressed }: GemminiParameters): string {
  const notes = notExpressed.map((note) => `// Not expressed: ${note}\n`).join("");
  return `${notes}${Object.entries(header)
    .map(([name, value]) => `#define ${name} ${value}\n`)
    .join("")}`;
}

/** The parameters as a Chisel configuration. */
export function formatGemminiConfig({ config, notExpressed }: GemminiParameters): string {
  const notes = notExpressed.map((note) => `// Not expressed: ${note}\n`).join("");
  const fields = Object.entries(config).map(([name, value]) => `  ${name} = ${value}`);
  return `${notes}val polarisConfig = GemminiConfigs.defaultConfig.copy(\n${fields.join(",\n")}\n)\n`;
}
