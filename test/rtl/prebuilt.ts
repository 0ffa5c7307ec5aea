import { loadPrebuilt } from "../../src/rtl/prebuilt.node.ts";
import { createSimulator, type Mode, type Simulator } from "../../src/rtl/simulator.ts";

/** A simulator on the RTL that comes with the package. */
export async function prebuiltSimulator(dim: number, mode: Mode): Promise<Simulator> {
  return createSimulator(await loadPrebuilt(dim, mode));
}
