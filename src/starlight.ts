// The portable part: any runtime with WebAssembly SIMD, no Node modules.
export {
  type CodesignRequest,
  type CodesignResult,
  codesign,
} from "./codesign/codesign.ts";
export type { HardwareSpace } from "./codesign/space.ts";
export { InputError, type InputProblem } from "./errors.ts";
export { createAnalyticalEvaluator } from "./fidelity/analytical.ts";
export { candidateText, contentHash } from "./fidelity/candidate-key.ts";
export { createEngine, type Engine, type LocalEngine } from "./fidelity/engine.ts";
export type { Candidate, Evaluator, Fidelity, Interval, Outcome, Profile } from "./fidelity/evaluator.ts";
export type { Explanation, OperandAccesses } from "./fidelity/explanation.ts";
export { type Totals, totals } from "./fidelity/totals.ts";
export { type Area, type AreaSource, area } from "./hardware/area.ts";
export { type AccessEnergies, accessEnergies, sramAccessPj } from "./hardware/energy.ts";
export {
  type Bandwidth,
  createHardware,
  type Hardware,
  type HardwareParameters,
  parseHardware,
} from "./hardware/hardware.ts";
export { type LayerTable, toLayerTable } from "./interop/layer-table.ts";
export { importOnnx, type OnnxImport, type OnnxOptions } from "./interop/onnx/import.ts";
export type { OperatorShare } from "./interop/onnx/ledger.ts";
export { BOUNDS, type BoundBy, type CandidateBatch } from "./kernels/batch.ts";
export { type Certificate, createCertifier } from "./mapper/certificate.ts";
export { collectArchive, type LayerArchive, type MemoryRange } from "./mapper/layer-archive.ts";
export {
  LayerSearch,
  type LayerSearchOptions,
  type MappedPoint,
  type SearchStatistics,
} from "./mapper/layer-search.ts";
export { type MappedLayer, type MapRequest, mapNetwork, type NetworkMapping } from "./mapper/map-network.ts";
export { minimiseNetwork, type NetworkChoice } from "./mapper/network.ts";
export {
  type ArchiveJob,
  type ArchivePool,
  bestOn,
  collectNetwork,
  layersOf,
  type NetworkArchive,
} from "./mapper/network-archive.ts";
export { cost, EDP, type Objective, parseObjective } from "./mapper/objective.ts";
export { createRng, type Rng } from "./rng.ts";
export { type AnnealOptions, createAnnealer } from "./search/anneal.ts";
export { createGenetic, type GeneticOptions } from "./search/genetic.ts";
export type { Sampler } from "./search/sampler.ts";
export {
  type Budget,
  type Journal,
  type RecordedTrial,
  runStudy,
  type StudyProgress,
  type StudyRequest,
  type StudyResult,
} from "./search/study.ts";
export { type Design, type NetworkSums, type Trial, type TrialOutcome, trialCost } from "./search/trial.ts";
export {
  formatMapping,
  fromMapping,
  LEVELS,
  type Level,
  type Loop,
  type Mapping,
  parseMapping,
  readMapping,
  toMapping,
} from "./space/mapping.ts";
export { RawMapping } from "./space/raw-mapping.ts";
export { createMappingSampler, type MappingSampler } from "./space/sample.ts";
export { type TileWords, tileWords, type Violation, violations } from "./space/validity.ts";
export type { AnnealJob, BreedJob, WalkedDesign, WalkProblem, Waypoint } from "./walk/request.ts";
export { Walker } from "./walk/walker.ts";
export { BUILTIN_WORKLOADS, builtinWorkload } from "./workload/builtin.ts";
export {
  DIMS,
  type Dim,
  type Layer,
  type LayerShape,
  macs,
  STEPS,
  type Step,
  toLayerShape,
} from "./workload/layer.ts";
export { parseWorkload, type Workload } from "./workload/workload.ts";

import { loadModule } from "#kernels";
import { createEngine, type LocalEngine } from "./fidelity/engine.ts";

export { loadModule };

/**
 * A single-threaded engine with the kernels that come with the package.
 *
 * @param capacity candidates that the batch holds
 */
export async function loadEngine(capacity?: number): Promise<LocalEngine> {
  return createEngine(await loadModule(), capacity);
}
