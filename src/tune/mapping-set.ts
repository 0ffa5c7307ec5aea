import { createHardware } from "../hardware/hardware.ts";
import { LayerSearch } from "../mapper/layer-search.ts";
import { createRng, type Rng } from "../rng.ts";
import { divisors, primeFactors } from "../space/divisors.ts";
import { fromMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";
import { DIMS, type LayerShape, shapeKey } from "../workload/layer.ts";

/** Mappings of one layer on one array, to learn from. */
export interface MappingGroup {
  readonly shape: LayerShape;
  /** Rows and columns of the array. */
  readonly peDim: number;
  readonly mappings: readonly RawMapping[];
  /** Chosen by a search, or one step away from such a one; random otherwise. */
  readonly searched: boolean;
}

/** Networks whose layers are mapped; layers of a shape that occurs in several count once. */
const NETWORKS = [
  "resnet50",
  "bert",
  "unet",
  "retinanet",
  "alexnet",
  "vgg16",
  "densenet161",
  "resnext50",
  "dlrm",
  "deepbench",
];
const ARRAYS = [4, 8, 16, 32, 64];
/** Mappings of a random group, and of a searched one. */
const GROUP = 8;

/**
 * Mappings to distil from, without any measurement: of layers of built-in networks and of random ones, on arrays and memories of
 * all sizes, half of them random, half chosen by the mapper for some memory and their neighbours.
 *
 * @param count of mappings, roughly
 * @param runs whether the RTL runs a layer
 * @param without layers (by `shapeKey`) that are left out
 */
export function mappingSet(
  module: WebAssembly.Module,
  count: number,
  seed: number,
  runs: (shape: LayerShape) => boolean,
  without: ReadonlySet<string> = new Set(),
): readonly MappingGroup[] {
  const shapes = new Map<string, LayerShape>();
  for (const name of NETWORKS) {
    for (const { shape } of BUILTIN_WORKLOADS.get(name)?.layers ?? []) shapes.set(shapeKey(shape), shape);
  }
  const known = [...shapes].filter(([key]) => !without.has(key)).map(([, shape]) => shape);
  const groups: MappingGroup[] = [];
  for (let index = 0, made = 0; made < count; index++) {
    const rng = createRng(seed, index);
    const shape = rng() < 0.7 ? pick(known, rng) : randomShape(rng);
    if (!runs(shape)) continue;
    const peDim = pick(ARRAYS, rng);
    const hardware = createHardware({
      peDim,
      scratchpadKib: Math.round(8 * 2 ** (8 * rng())),
      accumulatorKib: Math.round(Math.max(peDim / 16, 2) * 2 ** (7 * rng())),
    });
    const searched = index % 2 === 0;
    const mappings: RawMapping[] = [];
    if (searched) {
      const search = new LayerSearch(module, shape, hardware);
      search.advance(SEARCHED_WINDOWS);
      for (const { mapping } of search.points().slice(0, GROUP / 2)) {
        const best = fromMapping(mapping, new RawMapping());
        mappings.push(best, neighbour(best, shape, rng));
      }
    } else {
      const sample = createMappingSampler(shape, hardware);
      for (let i = 0; i < GROUP; i++) {
        const mapping = new RawMapping();
        if (fits(sample, rng, mapping)) mappings.push(mapping);
      }
    }
    made += mappings.length;
    if (mappings.length > 0) groups.push({ shape, peDim, mappings, searched });
  }
  return groups;
}

/** Windows that a search looks at: most searches are over by then, and a nearly best mapping will do. */
const SEARCHED_WINDOWS = 200;

function fits(sample: ReturnType<typeof createMappingSampler>, rng: Rng, into: RawMapping): boolean {
  try {
    sample(rng, into);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** One prime factor of a dim moved between DRAM and the accumulator, or two DRAM loops exchanged. The memory may be another one. */
function neighbour(from: RawMapping, shape: LayerShape, rng: Rng): RawMapping {
  const mapping = new RawMapping();
  mapping.factors.set(from.factors);
  mapping.orders.set(from.orders);
  mapping.spatialK = from.spatialK;
  mapping.spatialC = from.spatialC;
  const dim = Math.floor(rng() * DIMS.length);
  const [dram, accumulator] = [dim, 2 * DIMS.length + dim];
  const outwards = rng() < 0.5;
  const [source, target] = outwards ? [accumulator, dram] : [dram, accumulator];
  const factor = mapping.factors[source] as number;
  const primes = [...new Set(primeFactors(factor))];
  if (primes.length > 0 && shape[DIMS[dim] as (typeof DIMS)[number]] > 1) {
    const prime = pick(primes, rng);
    mapping.factors[source] = factor / prime;
    mapping.factors[target] = (mapping.factors[target] as number) * prime;
    return mapping;
  }
  const [a, b] = [dim, Math.floor(rng() * DIMS.length)];
  const order = mapping.orders[0] as number;
  const rank = (d: number): number => (order >>> (4 * d)) & 15;
  const cleared = order & ~((15 << (4 * a)) | (15 << (4 * b)));
  mapping.orders[0] = a === b ? order : cleared | (rank(b) << (4 * a)) | (rank(a) << (4 * b));
  return mapping;
}

/** A layer such as networks have, of sizes that they need not have. */
function randomShape(rng: Rng): LayerShape {
  const size = (most: number): number => Math.max(1, Math.round(2 ** (rng() * Math.log2(most))));
  const channels = (): number => (rng() < 0.7 ? 16 * size(96) : size(1024));
  const rounded = (value: number): number => (divisors(value).length < 4 ? value + 1 : value);
  const steps = { Wdilation: 1, Hdilation: 1 };
  if (rng() < 0.3) {
    const P = 8 * size(512);
    return { N: 1, K: channels(), C: channels(), P, Q: 1, R: 1, S: 1, Wstride: 1, Hstride: 1, ...steps };
  }
  const taps = pick([1, 1, 3, 3, 5, 7], rng);
  const stride = rng() < 0.2 ? 2 : 1;
  const width = rounded(4 + size(128));
  return {
    N: 1,
    K: channels(),
    C: channels(),
    P: width,
    Q: width,
    R: taps,
    S: taps,
    Wstride: stride,
    Hstride: stride,
    ...steps,
  };
}

function pick<T>(items: readonly T[], rng: Rng): T {
  return items[Math.floor(rng() * items.length)] as T;
}
