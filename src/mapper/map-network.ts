import { createEngine, type LocalEngine } from "../fidelity/engine.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { BoundBy } from "../kernels/batch.ts";
import { formatMapping } from "../space/mapping.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Caps } from "./capped.ts";
import { choose, layerGap } from "./choose.ts";
import { whyNot } from "./infeasible.ts";
import { LayerSearch, type MappedPoint } from "./layer-search.ts";
import { type Limits, Watch } from "./limits.ts";
import { checkObjective, type Objective } from "./objective.ts";
import { paddedShapes } from "./padding.ts";
import type { FixedTiles } from "./problem.ts";
import { checkLayers } from "./request.ts";
import { type SearchStatistics, sumStatistics } from "./statistics.ts";
import type { WindowRecord } from "./window-queue.ts";

export interface MapRequest extends Limits {
  readonly layers: readonly Layer[];
  readonly hardware: HardwareParameters;
  readonly objective: Objective;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Tile extents below DRAM that every layer is to have; they divide its bounds. */
  readonly tiles?: FixedTiles;
  /** Most that the totals may be. */
  readonly caps?: Caps;
  /** Candidates priced after which the best answer so far is given. */
  readonly evaluations?: number;
  /** Distinct shapes that are proven, of so many. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Called with what became of each window of each distinct shape; `layer` is the first that has it. */
  readonly onWindow?: (layer: Layer, window: WindowRecord) => void;
}

/** A layer with the mapping chosen for it; metrics are of one run. */
export interface MappedLayer {
  readonly name: string;
  readonly count: number;
  /** The loop nest that is mapped and priced. */
  readonly shape: LayerShape;
  /** The layer's own loop nest, where it runs padded. */
  readonly paddedFrom?: LayerShape;
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyUj: number;
  readonly boundBy: BoundBy;
  /** No mapping of the map space lies below the layer's hull of (latency, energy), to the last bit. */
  readonly optimal: boolean;
  /** By how much, at most, the layer's least objective may lie below the best one found; 0 if optimal. */
  readonly gap: number;
}

export interface NetworkMapping {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  /**
   * Proven, to TOLERANCE: no choice of mappings has a smaller objective, nor, where the objective is latency or energy alone, an
   * equal one and less of the other.
   */
  readonly optimal: boolean;
  /** The objective is at most (1 + gap) times the least; 0 if optimal. */
  readonly gap: number;
  readonly layers: readonly MappedLayer[];
  /** For each layer the place of its mapping in its front. */
  readonly picks: readonly number[];
  /** For each layer the hull (with caps: the Pareto set) of (latency, energy) that its mapping was chosen from. */
  readonly fronts: readonly (readonly MappedPoint[])[];
  readonly statistics: SearchStatistics;
}

/** Windows that are searched, or eight times as many that are bounded, between two looks at the clock. */
const STEP = 64;

/** A search for each distinct shape, the layers that share it, and the hull they share. */
interface Entry {
  readonly layer: Layer;
  readonly search: LayerSearch;
}

/**
 * The best mapping of each layer of a network on one accelerator.
 *
 * Exact unless a limit ends it first; the objective is that of the totals, of which the layers' own optima are no part
 * (docs/mapper.md). Layers of equal shape are searched once. Every layer has a mapping before any limit is looked at.
 *
 * @param module the compiled kernels
 * @throws InputError if the request is wrong, if no mapping fits, or if none was found within the caps
 */
export async function mapNetwork(module: WebAssembly.Module, request: MapRequest): Promise<NetworkMapping> {
  checkLayers(request.layers, request.tiles);
  checkObjective(request.objective);
  const hardware = createHardware(request.hardware);
  const watch = new Watch(request);
  try {
    const entries = openSearches(module, request, hardware);
    await run([...entries.values()], request, watch);
    const searches = request.layers.map((layer) => (entries.get(shapeKey(layer.shape)) as Entry).search);
    const fronts = searches.map((search) => search.points());
    const open = new Map([...entries.values()].map(({ search }) => [search, search.unsearched()]));
    const unsearched = searches.map((search) => open.get(search) ?? []);
    const choice = choose(request, fronts, unsearched, watch);
    const engine = await createEngine(module, 1);
    const layers = request.layers.map((layer, i): MappedLayer => {
      const search = searches[i] as LayerSearch;
      const points = fronts[i] as readonly MappedPoint[];
      const point = points[choice.picks[i] as number] as MappedPoint;
      return {
        name: layer.name,
        count: layer.count,
        shape: point.shape,
        ...(shapeKey(point.shape) === shapeKey(layer.shape) ? {} : { paddedFrom: layer.shape }),
        mapping: formatMapping(point.mapping),
        latencyCycles: point.latencyCycles,
        energyUj: point.energyPj * 1e-6,
        boundBy: confirm(engine, point, hardware),
        optimal: search.done,
        gap: search.done ? 0 : layerGap(request.objective, points, unsearched[i] ?? []),
      };
    });
    return {
      hardware: request.hardware,
      totals: totals(layers, area(hardware)),
      optimal: choice.optimal,
      gap: choice.gap,
      layers,
      picks: choice.picks,
      fronts,
      statistics: sumStatistics([...entries.values()].map(({ search }) => search.statistics())),
    };
  } finally {
    watch.close();
  }
}

/**
 * What binds a mapping, from the engine, which has to find the metrics that the mapper's own arithmetic found.
 *
 * @throws Error if it does not: one of the two is broken then
 */
function confirm(engine: LocalEngine, point: MappedPoint, hardware: Hardware): BoundBy {
  engine.batch.write(0, point.mapping);
  engine.evaluateNow(point.shape, hardware, 1);
  const [latency, energy] = [engine.batch.latencyCycles(0), engine.batch.energyPj(0)];
  if (latency === point.latencyCycles && energy === point.energyPj) return engine.batch.boundBy(0);
  throw new Error(
    `mapper and engine differ on ${formatMapping(point.mapping)}: ${point.latencyCycles} cycles, ${point.energyPj} pJ against ${latency}, ${energy}`,
  );
}

function openSearches(
  module: WebAssembly.Module,
  request: MapRequest,
  hardware: Hardware,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const layer of request.layers) {
    const key = shapeKey(layer.shape);
    if (entries.has(key)) continue;
    const reason = whyNot(layer.name, layer.shape, hardware, request.tiles);
    if (reason) throw reason;
    const { onWindow } = request;
    const search = new LayerSearch(module, layer.shape, hardware, {
      keepPareto: request.caps !== undefined,
      ...(request.tiles === undefined ? {} : { tiles: request.tiles }),
      ...(request.allowPadding
        ? { padded: () => paddedShapes(layer.shape, hardware.peDim, request.tiles) }
        : {}),
      ...(onWindow === undefined ? {} : { onWindow: (window: WindowRecord) => onWindow(layer, window) }),
    });
    entries.set(key, { layer, search });
  }
  return entries;
}

/** Advances all searches in turn until they are done or a limit is reached, but never before each has found a mapping. */
async function run(entries: readonly Entry[], request: MapRequest, watch: Watch): Promise<void> {
  const { evaluations } = request;
  const over = (): boolean =>
    watch.over() ||
    (evaluations !== undefined &&
      sumStatistics(entries.map(({ search }) => search.statistics())).evaluated >= evaluations);
  for (const { search } of entries) {
    do search.advance(1);
    while (!search.done && search.points().length === 0);
  }
  for (let open = entries.filter(({ search }) => !search.done); open.length > 0 && !over(); ) {
    for (const { search } of open) {
      if (over()) break;
      search.advance(STEP);
      if (!watch.due) continue;
      request.onProgress?.(entries.filter((entry) => entry.search.done).length, entries.length);
      await watch.turn();
    }
    open = open.filter(({ search }) => !search.done);
  }
  for (const { search } of entries) search.reportOpen();
}
