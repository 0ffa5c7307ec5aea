import type { HardwareParameters } from "../hardware/hardware.ts";
import type { MappedLayer, NetworkMapping } from "./map-network.ts";
import { type Objective, TOLERANCE } from "./objective.ts";

/** What a document says of a network's mapping (schema/map.json). */
export interface MappingFields extends Pick<NetworkMapping, "totals" | "optimal" | "gap"> {
  /** Name. */
  readonly objective: string;
  readonly hardware: HardwareParameters;
  readonly tolerance: number;
  readonly layers: readonly MappedLayer[];
  readonly candidates: { readonly covered: number; readonly evaluated: number };
}

/** The fields of a document that `evaluate` reads: all but what was asked, and by whom. */
export function mappingFields(
  { name: objective }: Objective,
  { hardware, totals, optimal, gap, layers, statistics: { covered, evaluated } }: NetworkMapping,
): MappingFields {
  return {
    objective,
    hardware,
    totals,
    optimal,
    gap,
    tolerance: TOLERANCE,
    layers,
    candidates: { covered, evaluated },
  };
}
