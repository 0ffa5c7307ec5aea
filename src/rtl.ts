// The RTL on any runtime with WebAssembly SIMD: the compiled machine comes from the caller, `polaris-dse/rtl/prebuilt/*` has it.
export { COUNTERS, type Counter, type Counters } from "./rtl/counters.ts";
export { CONFIG_FIELDS, FLAGS, TILE_FIELDS } from "./rtl/descriptor.ts";
export { type Image, layOut } from "./rtl/image.ts";
export { imageExtent, type Padding, type RtlLayer } from "./rtl/layer.ts";
export {
  checkMachine,
  createMachine,
  GEMMINI_LIKE,
  type Machine,
  type MachineOptions,
} from "./rtl/machine.ts";
export { createProgram, type Program, type ProgramOptions, walkTiles } from "./rtl/program.ts";
export {
  createSimulator,
  type DataResult,
  type Mode,
  type Operands,
  type RunOptions,
  type RunResult,
  type RunStatus,
  type Simulator,
} from "./rtl/simulator.ts";
export type { TileWalk } from "./rtl/tile-walk.ts";
export { fitMachine, type Tiling, tilingProblem, toTiling } from "./rtl/tiling.ts";
export type { TraceSpan, Unit } from "./rtl/trace.ts";
