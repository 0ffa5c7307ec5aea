import { InputError } from "../errors.ts";
import { createEngine, type LocalEngine } from "../fidelity/engine.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { BoundBy } from "../kernels/batch.ts";
import { formatMapping } from "../space/mapping.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import { boundCapped, type Caps, minimiseCapped } from "./capped.ts";
import { lowerLeftHull, type Point } from "./hull.ts";
import { whyNot } from "./infeasible.ts";
import { LayerSearch, type MappedPoint, type SearchStatistics, type WindowRecord } from "./layer-search.ts";
import { minimiseNetwork, type NetworkChoice } from "./network.ts";
import { cost, type Objective } from "./objective.ts";
import { paddedShapes } from "./padding.ts";
import type { FixedTiles } from "./problem.ts";

export interface MapRequest {
  readonly layers: readonly Layer[];
  readonly hardware: HardwareParameters;
  readonly objective: Objective;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Tile extents below DRAM that every layer is to have. */
  readonly tiles?: FixedTiles;
  /** Most that the totals may be. */
  readonly caps?: Caps;
  /** Time after which the best answer so far is given, with what it may be short of. */
  readonly budgetMs?: number;
  /** Candidates after which the same happens. */
  readonly evaluations?: number;
  /** Ends the search as a budget does. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
  /** Called with what became of each window of each distinct layer. */
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
  /** No mapping of the map space lies below the layer's hull of (latency, energy). */
  readonly optimal: boolean;
  /** By how much, at most, the layer's least objective may lie below the best one found; 0 if optimal. */
  readonly gap: number;
}

export interface NetworkMapping {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  /** Proven: no choice of mappings has a smaller objective. */
  readonly optimal: boolean;
  /** The objective is at most (1 + gap) times the least; 0 if optimal. */
  readonly gap: number;
  readonly layers: readonly MappedLayer[];
  /** For each layer the hull (with caps: the whole front) of (latency, energy) that its mapping was chosen from. */
  readonly fronts: readonly (readonly MappedPoint[])[];
  readonly statistics: SearchStatistics;
}

/** Windows that are searched between two looks at the clock; the first look is soon, so that every layer has an answer. */
const FIRST_STEP = 8;
const STEP = 64;
/** How often other tasks of the thread get their turn. */
const TURN_MS = 40;

/** A search for each distinct shape, the layers that share it, and the hull they share. */
interface Entry {
  readonly layer: Layer;
  readonly search: LayerSearch;
}

/**
 * The best mapping of each layer of a network on one accelerator.
 *
 * Exact unless a budget ends it first; the objective is that of the totals, of which the layers' own optima are no part
 * (docs/mapper.md). Layers of equal shape are searched once.
 *
 * @param module the compiled kernels
 * @throws InputError if no mapping fits, or none within the caps
 */
export async function mapNetwork(module: WebAssembly.Module, request: MapRequest): Promise<NetworkMapping> {
  const hardware = createHardware(request.hardware);
  const entries = openSearches(module, request, hardware);
  await run([...entries.values()], request);
  const searches = request.layers.map((layer) => (entries.get(shapeKey(layer.shape)) as Entry).search);
  const fronts = searches.map((search) => search.points());
  const choice = choose(request, searches, fronts);
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
      gap: search.done ? 0 : layerGap(request.objective, points, search.unsearched()),
    };
  });
  return {
    hardware: request.hardware,
    totals: totals(layers, area(hardware)),
    optimal: choice.gap === 0 && (isProduct(request.objective) || searches.every((search) => search.done)),
    gap: choice.gap,
    layers,
    fronts,
    statistics: sumStatistics([...entries.values()].map(({ search }) => search.statistics())),
  };
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
      ...(request.allowPadding ? { padded: paddedShapes(layer.shape, hardware.peDim, request.tiles) } : {}),
      ...(onWindow === undefined ? {} : { onWindow: (window: WindowRecord) => onWindow(layer, window) }),
    });
    entries.set(key, { layer, search });
  }
  return entries;
}

/** Advances all searches in turn until they are done or the budget ends, but never before each has found a mapping. */
async function run(entries: readonly Entry[], request: MapRequest): Promise<void> {
  const started = performance.now();
  let turned = started;
  const over = (): boolean =>
    request.signal?.aborted === true ||
    performance.now() - started >= (request.budgetMs ?? Number.POSITIVE_INFINITY) ||
    (request.evaluations !== undefined &&
      sumStatistics(entries.map(({ search }) => search.statistics())).evaluated >= request.evaluations);
  for (const { search } of entries) {
    do search.advance(FIRST_STEP);
    while (!search.done && search.points().length === 0);
  }
  for (let open = entries.filter(({ search }) => !search.done); open.length > 0; ) {
    for (const { search } of open) {
      if (over()) return;
      search.advance(STEP);
      if (performance.now() - turned < TURN_MS) continue;
      request.onProgress?.(entries.filter((entry) => entry.search.done).length);
      await new Promise((resolve) => setTimeout(resolve));
      turned = performance.now();
    }
    open = open.filter(({ search }) => !search.done);
  }
}

function choose(
  request: MapRequest,
  searches: readonly LayerSearch[],
  fronts: readonly (readonly MappedPoint[])[],
): NetworkChoice & { readonly gap: number } {
  const { layers, objective, caps } = request;
  const count = (i: number): number => (layers[i] as Layer).count;
  const possible = fronts.map((points, i) => [...points, ...(searches[i] as LayerSearch).unsearched()]);
  if (caps === undefined) {
    const best = minimiseNetwork(
      fronts.map((points, i) => ({ count: count(i), points })),
      objective,
    );
    if (!best) throw new Error("a layer has no mapping though its smallest tile fits");
    if (searches.every((search) => search.done)) return { ...best, gap: 0 };
    const least = minimiseNetwork(
      possible.map((points, i) => ({ count: count(i), points: lowerLeftHull(points) })),
      objective,
    );
    return { ...best, gap: gapOf(best.cost, least?.cost ?? 0) };
  }
  const { best, bound } = minimiseCapped(
    fronts.map((points, i) => ({ count: count(i), points })),
    objective,
    caps,
  );
  const done = searches.every((search) => search.done);
  if (!best) throw unreachableCaps(request, fronts, done && bound === Number.POSITIVE_INFINITY);
  if (done) return { ...best, gap: gapOf(best.cost, bound) };
  const least = boundCapped(
    possible.map((points, i) => ({ count: count(i), points: lowerLeftHull(points) })),
    objective,
    caps,
  );
  return { ...best, gap: gapOf(best.cost, Math.min(bound, least)) };
}

/** Not lexicographic: equal costs are as good as each other. */
function isProduct({ latencyPower, energyPower }: Objective): boolean {
  return latencyPower > 0 && energyPower > 0;
}

function gapOf(found: number, least: number): number {
  return least > 0 ? Math.max(0, found / least - 1) : Number.POSITIVE_INFINITY;
}

function layerGap(objective: Objective, points: readonly Point[], corners: readonly Point[]): number {
  const least = (set: readonly Point[]): number =>
    set.reduce(
      (low, { latencyCycles, energyPj }) => Math.min(low, cost(objective, latencyCycles, energyPj)),
      Infinity,
    );
  const found = least(points);
  return gapOf(found, Math.min(found, least(corners)));
}

/** Says how far the caps are out of reach. */
function unreachableCaps(
  request: MapRequest,
  fronts: readonly (readonly MappedPoint[])[],
  proven: boolean,
): InputError {
  const sumOfLeast = (of: (point: Point) => number): number =>
    request.layers.reduce((sum, { count }, i) => sum + count * Math.min(...(fronts[i] ?? []).map(of)), 0);
  const { latencyCycles, energyPj } = request.caps ?? {};
  const [cycles, pj] = [sumOfLeast((point) => point.latencyCycles), sumOfLeast((point) => point.energyPj)];
  const least = proven ? "least possible" : "least found";
  const found = [
    ...(latencyCycles === undefined ? [] : [`at most ${latencyCycles} cycles (${least} ${cycles})`]),
    ...(energyPj === undefined ? [] : [`at most ${energyPj * 1e-6} uJ (${least} ${pj * 1e-6})`]),
  ].join(" and ");
  return new InputError({
    where: "caps on latency and energy",
    expected: "caps that some choice of mappings keeps",
    found,
    ...(proven ? {} : { hint: "none was found in time; that there is none is not proven" }),
  });
}

export function sumStatistics(all: readonly SearchStatistics[]): SearchStatistics {
  const sum = (key: keyof SearchStatistics): number => all.reduce((total, one) => total + one[key], 0);
  return {
    covered: sum("covered"),
    evaluated: sum("evaluated"),
    windows: sum("windows"),
    windowsCut: sum("windowsCut"),
    windowsOverCapacity: sum("windowsOverCapacity"),
  };
}
