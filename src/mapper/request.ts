import { InputError, quote } from "../errors.ts";
import { type Layer, toLayerShape } from "../workload/layer.ts";
import { type FixedTiles, tileChoices } from "./problem.ts";

/**
 * Refuses layers that make no network, or given tiles that divide no bound: those who call the library may pass anything.
 *
 * @throws InputError
 */
export function checkLayers(layers: readonly Layer[], tiles?: FixedTiles): void {
  if (layers.length === 0) {
    throw new InputError({ where: "layers", expected: "at least one layer", found: "none" });
  }
  for (const { name, count, shape } of layers) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new InputError({
        where: `${name}: count`,
        expected: "an integer above 0",
        found: quote(count),
      });
    }
    try {
      toLayerShape(shape);
      if (tiles) tileChoices(shape, tiles);
    } catch (error) {
      throw error instanceof InputError ? error.within(name) : error;
    }
  }
}
