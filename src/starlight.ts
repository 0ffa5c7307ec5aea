// The portable part: any runtime with WebAssembly SIMD, no Node modules.
export {
  type CodesignedNetwork,
  type CodesignProgress,
  type CodesignRequest,
  type CodesignResult,
  type CodesignStep,
  codesign,
} from "./codesign/codesign.ts";
export { codesignFront, type Front, type FrontPoint, type FrontRequest } from "./codesign/front.ts";
export type { HardwareSpace } from "./codesign/space.ts";
export { InputError, type InputProblem } from "./errors.ts";
export { COEFFICIENTS, type Coefficient, type Coefficients } from "./event/coefficients.ts";
export { DEFAULT_EVENT_MODEL } from "./event/default-model.ts";
export { createEventEvaluator } from "./event/evaluator.ts";
export {
  type BoundingEngine,
  type EventModel,
  type EventNumbers,
  type LogInterval,
  parseEventModel,
} from "./event/model.ts";
export { type Simulation, Simulator } from "./event/simulator.ts";
export { createAnalyticalEvaluator } from "./fidelity/analytical.ts";
export { candidateText, contentHash } from "./fidelity/candidate-key.ts";
export { createEngine, type Engine, type LocalEngine } from "./fidelity/engine.ts";
export {
  type Candidate,
  type Evaluator,
  FIDELITIES,
  type Fidelity,
  type Interval,
  type Outcome,
  PROFILES,
  type Profile,
} from "./fidelity/evaluator.ts";
export type { Explanation, OperandAccesses } from "./fidelity/explanation.ts";
export { MODEL_KINDS, type ModelFile, type ModelKind } from "./fidelity/model-file.ts";
export type { ModelSource } from "./fidelity/model-source.ts";
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
export { type LayerRow, type LayerTable, toLayerTable } from "./interop/layer-table.ts";
export { type ByteSource, bytesSource } from "./interop/onnx/bytes.ts";
export { importOnnx, type OnnxImport, type OnnxOptions } from "./interop/onnx/import.ts";
export type { OperatorShare } from "./interop/onnx/ledger.ts";
export { BOUNDS, type BoundBy, type CandidateBatch, type PredictedLatency } from "./kernels/batch.ts";
export type { IntegerLayer, IntegerNetwork } from "./kernels/network.ts";
export type { Spread } from "./kernels/physics.ts";
export {
  codesignLearned,
  type LearnedCodesignProgress,
  type LearnedCodesignRequest,
  type LearnedCodesignResult,
} from "./learned/codesign.ts";
export {
  type LearnedLayer,
  type LearnedMapping,
  type LearnedMapRequest,
  mapLearnedNetwork,
} from "./learned/map-network.ts";
export { type ArchivePool, createLocalPool } from "./mapper/archive-pool.ts";
export { type CappedChoice, type CappedLimits, type Caps, minimiseCapped } from "./mapper/capped.ts";
export {
  type Certificate,
  type Certifier,
  createCertifier,
  type SearchCertificate,
  type WindowCertificate,
} from "./mapper/certificate.ts";
export { type ArchiveJob, collectArchive } from "./mapper/enumeration.ts";
export type { Point } from "./mapper/hull.ts";
export {
  type ArchivePoint,
  type ArrayParameters,
  archiveHull,
  archiveMapping,
  archiveShape,
  type LayerArchive,
  type MemoryRange,
  type MemoryView,
  memoryView,
} from "./mapper/layer-archive.ts";
export { LayerSearch, type LayerSearchOptions, type MappedPoint } from "./mapper/layer-search.ts";
export type { Limits } from "./mapper/limits.ts";
export { type MappedLayer, type MapRequest, mapNetwork, type NetworkMapping } from "./mapper/map-network.ts";
export { type LayerPoints, minimiseNetwork, type NetworkChoice } from "./mapper/network.ts";
export {
  type ArchivedLayer,
  bestOn,
  collectNetwork,
  layersOf,
  type NetworkArchive,
  type NetworkJob,
  type NetworkPoint,
} from "./mapper/network-archive.ts";
export { cost, EDP, ENERGY, LATENCY, type Objective, parseObjective, TOLERANCE } from "./mapper/objective.ts";
export { paddedShapes } from "./mapper/padding.ts";
export type { FixedTiles, TileChoices } from "./mapper/problem.ts";
export type { SearchStatistics } from "./mapper/statistics.ts";
export type { Variant } from "./mapper/variants.ts";
export type { WindowRecord } from "./mapper/window-queue.ts";
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
export { builtinStarlight } from "./surrogate/builtin.ts";
export { createStarlightEngine, type StarlightEngine } from "./surrogate/engine.ts";
export { createStarlightEvaluator } from "./surrogate/evaluator.ts";
export { loadFastModule } from "./surrogate/fast-module.ts";
export { type KindModel, parseStarlightModel, type StarlightModel } from "./surrogate/model.ts";
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
import type { Profile } from "./fidelity/evaluator.ts";
import { builtinStarlight } from "./surrogate/builtin.ts";
import { createStarlightEngine, type StarlightEngine } from "./surrogate/engine.ts";
import { loadFastModule } from "./surrogate/fast-module.ts";

export { loadModule };

/**
 * A single-threaded engine with the kernels that come with the package.
 *
 * @param capacity candidates that the batch holds
 */
export async function loadEngine(capacity?: number): Promise<LocalEngine> {
  return createEngine(await loadModule(), capacity);
}

/** Which Starlight is loaded, and how many candidates its batch holds. */
export interface StarlightOptions {
  /** The RTL that is asked about: Gemmini as FireSim measured it, or our own. */
  readonly profile?: Profile;
  readonly capacity?: number;
}

/**
 * Starlight with the kernels and the model that come with the package: `evaluateNow` predicts a batch in the calling thread, latencies
 * with their 90 % interval.
 */
export async function loadStarlight({
  profile = "gemmini-firesim",
  capacity,
}: StarlightOptions = {}): Promise<StarlightEngine> {
  return createStarlightEngine(await loadFastModule(), await builtinStarlight(profile), capacity);
}
