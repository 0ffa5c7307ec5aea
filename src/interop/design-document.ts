import type { HardwareParameters } from "../hardware/hardware.ts";
import type { LayerShape } from "../workload/layer.ts";

/** A design as the document that `evaluate` reads. */
export interface DesignDocument {
  readonly version: 1;
  readonly workload: string;
  readonly hardware: HardwareParameters;
  readonly layers: readonly {
    readonly name: string;
    readonly count: number;
    readonly shape: LayerShape;
    readonly mapping: string;
  }[];
}
