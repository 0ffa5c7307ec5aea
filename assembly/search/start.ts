/** Where walks begin. */
import { DESIGN_SUMS, SPACE_LAYERS, SPACE_NETWORKS } from "../../src/kernels/walk-layout";
import { geneAt, layerAt } from "./design";
import { randomGene, randomHardware } from "./moves";

/** About what a cycle costs in pJ: between latency and energy as long as nothing is priced. */
const PJ_PER_CYCLE: f64 = 1000;

/** Draws a whole design at random, which is to be priced then; false if no hardware drawn has the area. */
export function scatter(space: usize, design: usize): bool {
  if (!randomHardware(space, design)) return false;
  for (let i = 0; i < load<i32>(space, SPACE_LAYERS); i++) randomGene(space, design, layerAt(space, i), geneAt(design, i));
  for (let i = 0; i < load<i32>(space, SPACE_NETWORKS); i++) {
    const sums = design + DESIGN_SUMS + (<usize>i << 4);
    store<f64>(sums, 1);
    store<f64>(sums, PJ_PER_CYCLE, 8);
  }
  return true;
}
