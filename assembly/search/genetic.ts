/**
 * A genetic algorithm over hardware and the mappings of all layers at once: steady state, tournament of two, crossover layer by
 * layer, a child learns before it is judged (a memetic algorithm: Moscato, 1989), and takes the place of the parent that it is
 * more like (crowding: Mahfoud, 1992).
 */
import {
  DESIGN_ACCUMULATOR, DESIGN_ARRAY, DESIGN_COST, DESIGN_SCRATCHPAD, GENE_BYTES, SPACE_DESIGN_BYTES, SPACE_LAYERS, SPACE_MAX_MM2,
} from "../../src/kernels/walk-layout";
import { areaMm2, copyDesign, geneAt } from "./design";
import { mutateHardware, settle, tryGene } from "./moves";
import { below } from "./random";

// @ts-ignore: decorator
@inline
function memberAt(space: usize, population: usize, index: i32): usize {
  return population + <usize>index * <usize>load<u32>(space, SPACE_DESIGN_BYTES);
}

/** Prices every member of a population of `size`, after `learn` changes of single layers, none for the worse. */
export function found(space: usize, population: usize, size: i32, spare: usize, learn: i32): void {
  for (let i = 0; i < size; i++) {
    settle(space, memberAt(space, population, i));
    teach(space, memberAt(space, population, i), spare, learn);
  }
}

/**
 * Breeds `children` children. Each takes the place of the parent whose hardware is nearer or, if it costs more, of no one; of a member of
 * equal cost and hardware never. The optima of different hardware lie a few percent apart, and a child on new hardware has learnt
 * less than those on old: were it held against the worse parent, the population would soon be of one hardware.
 *
 * @param spare room for two designs
 */
export function breed(space: usize, population: usize, size: i32, spare: usize, children: i32, learn: i32): void {
  const child = spare;
  const gene = spare + <usize>load<u32>(space, SPACE_DESIGN_BYTES);
  for (let i = 0; i < children; i++) {
    const mother = tournament(space, population, size);
    const father = tournament(space, population, size);
    cross(space, child, mother, father);
    settle(space, child);
    teach(space, child, gene, learn);
    const rival = nearer(child, mother, father);
    if (load<f64>(child, DESIGN_COST) < load<f64>(rival, DESIGN_COST) && !known(space, population, size, child)) {
      copyDesign(space, rival, child);
    }
  }
}

/** The parent whose hardware is more like the child's; of two alike the one that costs more. */
function nearer(child: usize, mother: usize, father: usize): usize {
  const byHardware = apart(child, mother) - apart(child, father);
  if (byHardware != 0) return byHardware < 0 ? mother : father;
  return load<f64>(mother, DESIGN_COST) > load<f64>(father, DESIGN_COST) ? mother : father;
}

/** How far two designs are apart in hardware: arrays first, then places among the memory sizes, at most 2048 of each. */
function apart(a: usize, b: usize): i32 {
  const arrays = abs(load<i32>(a, DESIGN_ARRAY) - load<i32>(b, DESIGN_ARRAY));
  const scratchpads = abs(load<i32>(a, DESIGN_SCRATCHPAD) - load<i32>(b, DESIGN_SCRATCHPAD));
  const accumulators = abs(load<i32>(a, DESIGN_ACCUMULATOR) - load<i32>(b, DESIGN_ACCUMULATOR));
  return (arrays << 16) + scratchpads + accumulators;
}

function tournament(space: usize, population: usize, size: i32): usize {
  const a = memberAt(space, population, below(space, size));
  const b = memberAt(space, population, below(space, size));
  return load<f64>(a, DESIGN_COST) < load<f64>(b, DESIGN_COST) ? a : b;
}

/** Hardware of the mother, or an array of one and memories of the other where the area allows it, often mutated; layers of either. */
function cross(space: usize, child: usize, mother: usize, father: usize): void {
  copyDesign(space, child, mother);
  if (below(space, 4) == 0) {
    store<i32>(child, load<i32>(father, DESIGN_SCRATCHPAD), DESIGN_SCRATCHPAD);
    if (areaMm2(space, child) > load<f64>(space, SPACE_MAX_MM2)) copyDesign(space, child, mother);
  }
  if (below(space, 2) == 0) mutateHardware(space, child);
  for (let i = 0; i < load<i32>(space, SPACE_LAYERS); i++) {
    if (below(space, 2) == 0) memory.copy(geneAt(child, i), geneAt(father, i), GENE_BYTES);
  }
}

function teach(space: usize, design: usize, gene: usize, learn: i32): void {
  for (let i = 0; i < learn; i++) tryGene(space, design, below(space, load<i32>(space, SPACE_LAYERS)), 0, gene);
}

/** Whether a member has the hardware and the cost of a child. */
function known(space: usize, population: usize, size: i32, child: usize): bool {
  for (let i = 0; i < size; i++) {
    const member = memberAt(space, population, i);
    if (
      load<f64>(member, DESIGN_COST) == load<f64>(child, DESIGN_COST) &&
      load<i32>(member, DESIGN_ARRAY) == load<i32>(child, DESIGN_ARRAY) &&
      load<i32>(member, DESIGN_SCRATCHPAD) == load<i32>(child, DESIGN_SCRATCHPAD) &&
      load<i32>(member, DESIGN_ACCUMULATOR) == load<i32>(child, DESIGN_ACCUMULATOR)
    ) {
      return true;
    }
  }
  return false;
}
