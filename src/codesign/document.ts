import type { HardwareParameters } from "../hardware/hardware.ts";
import { type Objective, TOLERANCE } from "../mapper/objective.ts";
import type { CodesignResult } from "./codesign.ts";

/** What a document says of the proof of a design (schema/search.json). */
export interface ProofFields extends Pick<CodesignResult, "optimal" | "gap" | "boxes" | "configs"> {
  /** Name. */
  readonly objective: string;
  readonly maxAreaMm2?: number;
  readonly tolerance: number;
  readonly candidates: { readonly covered: number; readonly evaluated: number };
}

/** @param maxAreaMm2 cap on the area of the space, if any */
export function proofFields(
  { name: objective }: Objective,
  maxAreaMm2: number | undefined,
  { optimal, gap, boxes, configs, covered, evaluated }: CodesignResult,
): ProofFields {
  return {
    objective,
    ...(maxAreaMm2 === undefined ? {} : { maxAreaMm2 }),
    optimal,
    gap,
    tolerance: TOLERANCE,
    boxes,
    configs,
    candidates: { covered, evaluated },
  };
}

/**
 * The fields of a document of one design for some networks. One network: a design that `evaluate` reads. Several: one such design
 * for each.
 *
 * @param standing how good the design is, and how that is known
 */
export function designFields(
  hardware: HardwareParameters,
  networks: readonly object[],
  standing: object,
): object {
  const [only, ...others] = networks;
  return others.length === 0 ? { ...only, hardware, ...standing } : { hardware, ...standing, networks };
}
