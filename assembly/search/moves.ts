/** Steps from a design to a neighbour: the tiles of one layer, or the hardware with every layer made to fit it. */
import { DIMS } from "../../src/kernels/layout";
import {
  DESIGN_ACCUMULATOR, DESIGN_ARRAY, DESIGN_COST, DESIGN_SCRATCHPAD, GENE_BYTES, SPACE_ACCUMULATORS, SPACE_ARRAYS, SPACE_LAYERS,
  SPACE_MAX_MM2, SPACE_SCRATCHPADS,
} from "../../src/kernels/walk-layout";
import { divisorCount } from "../mapper/window";
import { areaMm2, enter, fits, geneAt, layerAt, priceGene, problemOf, setTileIndex, tileIndex, total } from "./design";
import { ln } from "./logarithm";
import { below, leap, uniform } from "./random";

/** Draws of hardware before a walk stays where it is. */
const DRAWS = 64;

/** A dim of which the layer has more than one tile; -1 if it has none. */
function movableDim(space: usize, problem: usize): i32 {
  const first = below(space, DIMS);
  for (let i = 0; i < DIMS; i++) {
    const dim = (first + i) % DIMS;
    if (divisorCount(problem, dim) > 1) return dim;
  }
  return -1;
}

function shift(problem: usize, gene: usize, dim: i32, by: i32): void {
  setTileIndex(gene, dim, max(0, min(divisorCount(problem, dim) - 1, tileIndex(gene, dim) + by)));
}

/** Changes the tiles of one gene: one dim by a step, one by any amount, or one up and another down. */
function mutateGene(space: usize, layer: usize, gene: usize): void {
  const problem = problemOf(layer);
  const dim = movableDim(space, problem);
  if (dim < 0) return;
  const kind = below(space, 4);
  if (kind == 0) {
    setTileIndex(gene, dim, below(space, divisorCount(problem, dim)));
    return;
  }
  const up = below(space, 2) == 0 ? 1 : -1;
  shift(problem, gene, dim, up);
  if (kind > 1) shift(problem, gene, movableDim(space, problem), -up);
}

/** Makes tiles smaller, at random, until they fit. The smallest ones always do. */
export function shrink(space: usize, design: usize, layer: usize, gene: usize): void {
  while (!fits(space, design, layer, gene)) {
    const first = below(space, DIMS);
    for (let i = 0; i < DIMS; i++) {
      const dim = (first + i) % DIMS;
      const index = tileIndex(gene, dim);
      if (index == 0) continue;
      setTileIndex(gene, dim, index - 1);
      break;
    }
  }
}

/** Draws every tile of a gene at random, then makes it fit. */
export function randomGene(space: usize, design: usize, layer: usize, gene: usize): void {
  const problem = problemOf(layer);
  for (let dim = 0; dim < DIMS; dim++) setTileIndex(gene, dim, below(space, divisorCount(problem, dim)));
  shrink(space, design, layer, gene);
}

/**
 * Tries one change of a gene on the hardware entered, and takes it back unless it is accepted: if it is no worse, or at a
 * temperature above 0 (in units of the natural logarithm of the objective) by the rule of Metropolis.
 */
export function tryGene(space: usize, design: usize, index: i32, temperature: f64, spare: usize): bool {
  const layer = layerAt(space, index);
  const gene = geneAt(design, index);
  const cost = load<f64>(design, DESIGN_COST);
  memory.copy(spare, gene, GENE_BYTES);
  mutateGene(space, layer, gene);
  if (fits(space, design, layer, gene)) {
    priceGene(space, design, layer, gene);
    if (accepts(space, total(space, design) - cost, temperature)) return true;
  }
  memory.copy(gene, spare, GENE_BYTES);
  total(space, design);
  return false;
}

/** The rule of Metropolis. */
export function accepts(space: usize, rise: f64, temperature: f64): bool {
  return rise <= 0 || (temperature > 0 && -temperature * ln(uniform(space)) > rise);
}

/** Makes every layer fit the hardware of a design, and prices them. */
export function settle(space: usize, design: usize): void {
  enter(space, design);
  const layers = load<i32>(space, SPACE_LAYERS);
  for (let i = 0; i < layers; i++) {
    shrink(space, design, layerAt(space, i), geneAt(design, i));
    priceGene(space, design, layerAt(space, i), geneAt(design, i));
  }
  total(space, design);
}

/** Draws hardware at random, sizes log-uniform; false if none drawn has the area. */
export function randomHardware(space: usize, design: usize): bool {
  for (let i = 0; i < DRAWS; i++) {
    store<i32>(design, below(space, load<i32>(space, SPACE_ARRAYS)), DESIGN_ARRAY);
    store<i32>(design, abs(leap(space, load<i32>(space, SPACE_SCRATCHPADS))) - 1, DESIGN_SCRATCHPAD);
    store<i32>(design, abs(leap(space, load<i32>(space, SPACE_ACCUMULATORS))) - 1, DESIGN_ACCUMULATOR);
    if (areaMm2(space, design) <= load<f64>(space, SPACE_MAX_MM2)) return true;
  }
  return false;
}

/** Moves to hardware near by that has the area; false if none drawn has. */
export function mutateHardware(space: usize, design: usize): bool {
  const array = load<i32>(design, DESIGN_ARRAY);
  const scratchpad = load<i32>(design, DESIGN_SCRATCHPAD);
  const accumulator = load<i32>(design, DESIGN_ACCUMULATOR);
  const arrays = load<i32>(space, SPACE_ARRAYS);
  for (let i = 0; i < DRAWS; i++) {
    const step = arrays > 1 && below(space, 3) == 0 ? (below(space, 2) == 0 ? 1 : -1) : 0;
    // Bits: the scratchpad moves; the accumulator moves.
    const which = step == 0 ? 1 + below(space, 3) : below(space, 4);
    store<i32>(design, max(0, min(arrays - 1, array + step)), DESIGN_ARRAY);
    store<i32>(design, which & 1 ? near(space, scratchpad, load<i32>(space, SPACE_SCRATCHPADS)) : scratchpad, DESIGN_SCRATCHPAD);
    store<i32>(design, which & 2 ? near(space, accumulator, load<i32>(space, SPACE_ACCUMULATORS)) : accumulator, DESIGN_ACCUMULATOR);
    if (areaMm2(space, design) <= load<f64>(space, SPACE_MAX_MM2)) return true;
  }
  store<i32>(design, array, DESIGN_ARRAY);
  store<i32>(design, scratchpad, DESIGN_SCRATCHPAD);
  store<i32>(design, accumulator, DESIGN_ACCUMULATOR);
  return false;
}

function near(space: usize, index: i32, count: i32): i32 {
  return max(0, min(count - 1, index + leap(space, count)));
}
