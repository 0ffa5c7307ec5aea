import { arrayDim, isTrainingDummy } from "../event/array.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { Hardware } from "../hardware/hardware.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { unusable } from "./cleaning.ts";

/** How a row of measurements of one profile is to be read. */
export interface MeasurementRules {
  /** Rows and columns of the array that the RTL was built with. */
  readonly arrayDim: (hardware: Hardware, mapping: Mapping) => number;
  /** Whether the mapping was drawn at random, and ran first of its layer and array on empty caches. */
  readonly random: (hardware: Hardware) => boolean;
  /** Why a row says nothing about the hardware, if it does not. */
  readonly unusable: (shape: LayerShape, mapping: Mapping) => string | undefined;
}

const RULES: Readonly<Record<Profile, MeasurementRules>> = {
  "gemmini-firesim": { arrayDim, random: isTrainingDummy, unusable },
  // Our own RTL has no caches, runs what the table declares, and no harness stands between.
  "polaris-rtl": { arrayDim: ({ peDim }) => peDim, random: () => false, unusable: () => undefined },
};

export function measurementRules(profile: Profile): MeasurementRules {
  return RULES[profile];
}
