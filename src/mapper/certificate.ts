import type { HardwareParameters } from "../hardware/hardware.ts";
import { formatMapping } from "../space/mapping.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Caps } from "./capped.ts";
import { windowTiles } from "./choice.ts";
import type { WindowRecord } from "./layer-search.ts";
import type { MapRequest, NetworkMapping } from "./map-network.ts";
import type { Objective } from "./objective.ts";
import { paddedShapes } from "./padding.ts";
import { type FixedTiles, tileChoices } from "./problem.ts";

/**
 * The evidence for a mapper's answer, for a checker that trusts nothing of the mapper: every window of every distinct layer
 * with what became of it, and the front that all of them left. To check: the windows are all there are; a bound of a window
 * that was cut lies on or above the front and below none of its candidates; no candidate of a window that was searched lies
 * below the front; and the network's choice is the least over the sums of its points. `docs/mapper.md` says how, and
 * `test/mapper/certificate.test.ts` does it.
 */
export interface Certificate {
  readonly version: 1;
  readonly workload: string;
  readonly hardware: HardwareParameters;
  readonly objective: string;
  readonly optimal: boolean;
  readonly gap: number;
  readonly totals: NetworkMapping["totals"];
  /** Tile extents that were given: the proof is over mappings that have them. */
  readonly tiles?: FixedTiles;
  /** Caps that the totals keep; fronts are then whole Pareto sets, otherwise lower-left convex hulls. */
  readonly caps?: Caps;
  readonly layers: readonly LayerCertificate[];
}

export interface LayerCertificate {
  /** Layers of this shape. */
  readonly names: readonly string[];
  readonly count: number;
  /** The (latency, energy) pairs that all windows together left. */
  readonly front: readonly {
    readonly shape: LayerShape;
    readonly mapping: string;
    readonly latencyCycles: number;
    readonly energyPj: number;
  }[];
  /** One for each shape that was searched, the layer's own first. */
  readonly variants: readonly {
    readonly shape: LayerShape;
    readonly windows: readonly WindowCertificate[];
  }[];
}

export interface WindowCertificate {
  /** Extents of the tile below DRAM. */
  readonly tile: Readonly<Record<"R" | "S" | "P" | "Q" | "N", number>>;
  readonly status: WindowRecord["status"];
  /** No candidate of the window has less; null where none fits. */
  readonly latencyAtLeast: number | null;
  readonly energyPjAtLeast: number | null;
}

/** Gathers the evidence while `mapNetwork` runs: give `onWindow` to it, then `finish` its answer. */
export function createCertifier(
  request: Pick<MapRequest, "layers" | "tiles" | "caps" | "allowPadding" | "hardware">,
) {
  const { layers, tiles, caps, allowPadding = false } = request;
  const padded = (shape: LayerShape): readonly LayerShape[] =>
    allowPadding ? paddedShapes(shape, request.hardware.peDim, tiles) : [];
  const records = new Map<string, WindowRecord[]>();
  return {
    onWindow(layer: Layer, record: WindowRecord): void {
      const list = records.get(layer.name);
      if (list) list.push(record);
      else records.set(layer.name, [record]);
    },

    finish(workload: string, objective: Objective, result: NetworkMapping): Certificate {
      const certified = [...records].map(([name, windows]): LayerCertificate => {
        const { shape } = layers.find((layer) => layer.name === name) as Layer;
        const place = layers.findIndex((layer) => layer.name === name);
        const same = layers.filter((layer) => shapeKey(layer.shape) === shapeKey(shape));
        return {
          names: same.map((layer) => layer.name),
          count: same.reduce((sum, { count }) => sum + count, 0),
          front: (result.fronts[place] ?? []).map(({ mapping, ...point }) => ({
            shape: point.shape,
            mapping: formatMapping(mapping),
            latencyCycles: point.latencyCycles,
            energyPj: point.energyPj,
          })),
          variants: [shape, ...padded(shape)].map((variant, index) => ({
            shape: variant,
            windows: windows
              .filter((window) => window.variant === index)
              .map((window) => windowCertificate(variant, tiles, window)),
          })),
        };
      });
      const { hardware, optimal, gap, totals } = result;
      return {
        version: 1,
        workload,
        hardware,
        objective: objective.name,
        optimal,
        gap,
        totals,
        ...(tiles ? { tiles } : {}),
        ...(caps ? { caps } : {}),
        layers: certified,
      };
    },
  };
}

function windowCertificate(
  shape: LayerShape,
  tiles: FixedTiles | undefined,
  record: WindowRecord,
): WindowCertificate {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    tile: windowTiles(tileChoices(shape, tiles), record.window),
    status: record.status,
    latencyAtLeast: finite(record.latencyAtLeast),
    energyPjAtLeast: finite(record.energyPjAtLeast),
  };
}
