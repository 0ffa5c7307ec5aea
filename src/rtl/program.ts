import type { Mapping } from "../space/mapping.ts";
import { CONFIG_FIELDS, type ConfigField } from "./descriptor.ts";
import { type Image, layOut } from "./image.ts";
import { imageExtent, type RtlLayer } from "./layer.ts";
import type { Machine } from "./machine.ts";
import { divideMemories, type Regions } from "./regions.ts";
import { spillsPartials, TileWalk, tileCount } from "./tile-walk.ts";
import { type Tiling, tileRows, tilingProblem, toTiling } from "./tiling.ts";

/** A layer under a mapping, ready for the RTL: configuration words and a walk that gives the tile descriptors. */
export interface Program {
  readonly machine: Machine;
  readonly layer: RtlLayer;
  readonly tiling: Tiling;
  readonly regions: Regions;
  readonly image: Image;
  readonly reuse: boolean;
  /** One word for each of `CONFIG_FIELDS`. */
  readonly config: Uint32Array;
  readonly tiles: number;
}

export interface ProgramOptions {
  /**
   * Whether inputs and weights that the next tile shares stay in the scratchpad; default true. False loads both for each tile,
   * as Gemmini's software does.
   */
  readonly reuse?: boolean;
}

/**
 * The program of one layer.
 *
 * @throws RangeError where `tilingProblem` has a reason
 */
export function createProgram(
  machine: Machine,
  layer: RtlLayer,
  mapping: Mapping,
  { reuse = true }: ProgramOptions = {},
): Program {
  const problem = tilingProblem(machine, layer, mapping);
  if (problem !== undefined) throw new RangeError(problem);
  const tiling = toTiling(mapping, layer);
  const regions = divideMemories(machine, tileRows(layer, tiling.extents, machine.dim));
  const image = layOut(layer, spillsPartials(tiling));
  return {
    machine,
    layer,
    tiling,
    regions,
    image,
    reuse,
    config: configWords(machine, layer, image),
    tiles: tileCount(tiling),
  };
}

/** A walk over the tiles of a program, from the first. */
export function walkTiles({ layer, tiling, regions, image, reuse }: Program): TileWalk {
  return new TileWalk({ layer, tiling, regions, image, reuse });
}

function configWords(machine: Machine, layer: RtlLayer, image: Image): Uint32Array {
  const { K, C, P, Q, R, Wstride, Wdilation } = layer.shape;
  const { width, height } = imageExtent(layer);
  const fields: Readonly<Record<ConfigField, number>> = {
    bus_bytes: machine.busBytes,
    dram_bandwidth_q8: machine.dramBytesPerCycle * 256,
    dram_latency: machine.dramLatencyCycles,
    max_inflight: machine.maxInflight,
    tile_issue: machine.tileIssueCycles,
    load_queue: machine.loadQueue,
    execute_queue: machine.executeQueue,
    store_queue: machine.storeQueue,
    min_rows: machine.minRows,
    width_stride: Wstride,
    width_dilation: Wdilation,
    image_height: height,
    image_width: width,
    input_pixel: C,
    input_line: width * C,
    input_image: height * width * C,
    weight_channel: K,
    weight_tap: C * K,
    weight_tap_line: R * C * K,
    output_pixel: K,
    output_line: P * K,
    output_image: Q * P * K,
    output_address: image.outputs,
    partial_address: image.partials,
    shift: layer.shift ?? 0,
    relu: layer.relu ? 1 : 0,
  };
  return Uint32Array.from(CONFIG_FIELDS, (field) => fields[field]);
}
