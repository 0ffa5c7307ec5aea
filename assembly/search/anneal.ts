/** Simulated annealing over hardware and the mappings of all layers at once (Kirkpatrick, Gelatt, Vecchi, Science 1983). */
import { DESIGN_COST, SPACE_DESIGN_BYTES, SPACE_LAYERS } from "../../src/kernels/walk-layout";
import { copyDesign, enter } from "./design";
import { accepts, mutateHardware, settle, tryGene } from "./moves";
import { below } from "./random";

/**
 * Walks `rounds` rounds from the design at `current` and leaves the best design met in `best`. A round is `moves` changes of single
 * layers, then one change of the hardware. That one is judged after `relax` further changes of single layers, none for the worse,
 * since mappings that were good on the old hardware say little of the new. The temperature begins at `hot`, in units of the natural
 * logarithm of the objective, and is multiplied by `fall` with each round.
 *
 * @param spare room for two designs
 */
export function anneal(
  space: usize, current: usize, best: usize, spare: usize, rounds: i32, moves: i32, relax: i32, hot: f64, fall: f64,
): void {
  const gene = spare + <usize>load<u32>(space, SPACE_DESIGN_BYTES);
  settle(space, current);
  copyDesign(space, best, current);
  for (let round = 0; round < rounds; round++, hot *= fall) {
    for (let i = 0; i < moves; i++) {
      if (tryAnyGene(space, current, hot, gene)) keepBetter(space, best, current);
    }
    copyDesign(space, spare, current);
    if (!mutateHardware(space, current)) continue;
    settle(space, current);
    for (let i = 0; i < relax; i++) tryAnyGene(space, current, 0, gene);
    if (accepts(space, load<f64>(current, DESIGN_COST) - load<f64>(spare, DESIGN_COST), hot)) {
      keepBetter(space, best, current);
    } else {
      copyDesign(space, current, spare);
      enter(space, current);
    }
  }
}

// @ts-ignore: decorator
@inline
function tryAnyGene(space: usize, design: usize, temperature: f64, spare: usize): bool {
  return tryGene(space, design, below(space, load<i32>(space, SPACE_LAYERS)), temperature, spare);
}

function keepBetter(space: usize, best: usize, design: usize): void {
  if (load<f64>(design, DESIGN_COST) < load<f64>(best, DESIGN_COST)) copyDesign(space, best, design);
}
