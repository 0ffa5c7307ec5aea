import { InputError } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { formatMapping } from "../space/mapping.ts";
import { DIMS, type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Caps } from "./capped.ts";
import { WINDOW_DIMS, windowTiles } from "./choice.ts";
import type { MapRequest, NetworkMapping } from "./map-network.ts";
import { type Objective, TOLERANCE } from "./objective.ts";
import { paddedShapes } from "./padding.ts";
import { type FixedTiles, type TileChoices, tileChoices } from "./problem.ts";
import type { WindowRecord } from "./window-queue.ts";

/**
 * The evidence for a mapper's answer, for a checker that trusts nothing of the mapper: every window of every distinct shape
 * with what became of it, the front that all of them left, and which of its points each layer has. `docs/mapper.md` says how to
 * check it, and `test/mapper/certificate.test.ts` does it.
 */
export interface Certificate {
  readonly version: 1;
  readonly workload: string;
  readonly hardware: HardwareParameters;
  readonly objective: string;
  /** The objective is latency ^ powers.latency x energy ^ powers.energy of the totals. */
  readonly powers: { readonly latency: number; readonly energy: number };
  readonly optimal: boolean;
  /** The objective is at most (1 + gap) times the least, to `tolerance`. */
  readonly gap: number;
  readonly tolerance: number;
  readonly totals: NetworkMapping["totals"];
  /** Tile extents that were given: the proof is over mappings that have them. */
  readonly tiles?: FixedTiles;
  /** Caps that the totals keep; fronts are then whole Pareto sets, otherwise lower-left convex hulls. */
  readonly caps?: Caps;
  /** In the order of the workload. */
  readonly layers: readonly {
    readonly name: string;
    readonly count: number;
    /** Place of the layer's shape among the searches. */
    readonly search: number;
    /** Place of its mapping in that search's front. */
    readonly pick: number;
  }[];
  readonly searches: readonly SearchCertificate[];
}

/** What the search for the mappings of one shape left. */
export interface SearchCertificate {
  /** The (latency, energy) pairs that all windows together left; of one run. */
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
    /** A bound on all windows that are not listed; absent if all are. */
    readonly rest?: Bounds;
  }[];
}

/** No candidate has less; null where none fits. */
interface Bounds {
  readonly latencyAtLeast: number | null;
  readonly energyPjAtLeast: number | null;
}

export interface WindowCertificate extends Bounds {
  /** Extents of the tile below DRAM. */
  readonly tile: Readonly<Record<(typeof WINDOW_DIMS)[number], number>>;
  /** Open: a limit ended the search before it. */
  readonly status: WindowRecord["status"];
}

/** Windows that a certificate may list: some 130 MB of JSON. */
const MOST_WINDOWS = 1_000_000;

/** Gathers the evidence while `mapNetwork` runs: give `onWindow` to it, then `finish` its answer. */
export interface Certifier {
  readonly onWindow: NonNullable<MapRequest["onWindow"]>;
  finish(workload: string, objective: Objective, result: NetworkMapping): Certificate;
}

/** @throws InputError if the layers have more windows than a certificate may list */
export function createCertifier(
  request: Pick<MapRequest, "layers" | "tiles" | "caps" | "allowPadding" | "hardware">,
): Certifier {
  const { layers, tiles, caps } = request;
  const keys = [...new Set(layers.map(({ shape }) => shapeKey(shape)))];
  const variants = keys.map((key) => {
    const { shape } = layers.find((layer) => shapeKey(layer.shape) === key) as Layer;
    const padded = request.allowPadding ? paddedShapes(shape, request.hardware.peDim, tiles) : [];
    return [shape, ...padded].map((one) => ({ shape: one, choices: tileChoices(one, tiles) }));
  });
  refuseMore(variants.flat().reduce((sum, { choices }) => sum + windowCount(choices), 0));
  const placeOf = new Map(keys.map((key, place) => [key, place]));
  const searchOf = layers.map(({ shape }) => placeOf.get(shapeKey(shape)) as number);
  /** By search, then by variant. */
  const records = variants.map((shapes) => shapes.map((): WindowRecord[] => []));
  return {
    onWindow: ({ shape }, record) => {
      records[placeOf.get(shapeKey(shape)) ?? -1]?.[record.variant]?.push(record);
    },

    finish(workload, objective, result) {
      const { hardware, optimal, gap, totals, fronts, picks } = result;
      return {
        version: 1,
        workload,
        hardware,
        objective: objective.name,
        powers: { latency: objective.latencyPower, energy: objective.energyPower },
        optimal,
        gap,
        tolerance: TOLERANCE,
        totals,
        ...(tiles ? { tiles } : {}),
        ...(caps ? { caps } : {}),
        layers: layers.map(({ name, count }, i) => ({
          name,
          count,
          search: searchOf[i] as number,
          pick: picks[i] as number,
        })),
        searches: variants.map((shapes, search) => ({
          front: (fronts[searchOf.indexOf(search)] ?? []).map(({ mapping, ...point }) => ({
            shape: point.shape,
            mapping: formatMapping(mapping),
            latencyCycles: point.latencyCycles,
            energyPj: point.energyPj,
          })),
          variants: shapes.map(({ shape, choices }, variant) => ({
            shape,
            ...variantEvidence(choices, records[search]?.[variant] ?? []),
          })),
        })),
      };
    },
  };
}

function variantEvidence(
  choices: TileChoices,
  records: readonly WindowRecord[],
): Pick<SearchCertificate["variants"][number], "windows" | "rest"> {
  const windows: WindowCertificate[] = [];
  let rest: Bounds | undefined;
  for (const record of records) {
    if (record.window === "rest") rest = boundsOf(record);
    else
      windows.push({
        tile: windowTiles(choices, record.window),
        status: record.status,
        ...boundsOf(record),
      });
  }
  return { windows, ...(rest ? { rest } : {}) };
}

function boundsOf({ latencyAtLeast, energyPjAtLeast }: WindowRecord): Bounds {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { latencyAtLeast: finite(latencyAtLeast), energyPjAtLeast: finite(energyPjAtLeast) };
}

function windowCount(choices: TileChoices): number {
  return WINDOW_DIMS.reduce((product, dim) => product * (choices[DIMS.indexOf(dim)]?.length ?? 1), 1);
}

function refuseMore(windows: number): void {
  if (windows <= MOST_WINDOWS) return;
  throw new InputError({
    where: "certificate",
    expected: `layers of at most ${MOST_WINDOWS} windows together`,
    found: String(windows),
    hint: "--layer certifies one layer alone, --tile a part of its windows",
  });
}
