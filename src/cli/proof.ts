import { TOLERANCE } from "../mapper/objective.ts";
import { formatNumber } from "./table.ts";

/** What a text says of a proof, or of the gap that a limit left. */
export function formatProof(optimal: boolean, gap: number, objective: string): string {
  if (optimal) return `proven optimal (${objective})`;
  return gap === 0
    ? `proven least ${objective}; that none of these has less of the other is not proven`
    : `within ${formatNumber(100 * gap)} % of the optimum (${objective}); more time closes the gap`;
}

/** Which model the figures of a screen are from, if no other is named. */
export const ANALYTICAL =
  "cycles and energy by the analytical model (Timeloop and Accelergy of Gemmini), not the RTL";

/** To what part of the objective a proof, or the bound that a gap is from, holds; for the foot of a table. */
export function formatTolerance(optimal: boolean, part = `rounding, ${TOLERANCE}`): string {
  return `${optimal ? "Proven" : "The bound holds"} to ${part} of the objective`;
}
