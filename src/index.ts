// The whole library, for Node.
export { loadTrainingModule } from "#training-kernels";
export {
  type DesignLayer,
  type DesignResult,
  type EvaluatedLayer,
  evaluateDesign,
  type NetworkDesign,
  parseDesign,
} from "./designs/design.ts";
export {
  createDosaReader,
  type DesignContext,
  type DesignRow,
  type DosaReader,
  readDesignMapping,
} from "./designs/dosa-row.ts";
export { dosaCells, dosaHeader } from "./designs/dosa-table.ts";
export { type CsvRequest, type CsvSummary, evaluateCsv } from "./designs/evaluate-csv.ts";
export { WriteError } from "./errors.ts";
export type { Backoff } from "./evaluators/backoff.ts";
export {
  type CachedEvaluator,
  type CacheOptions,
  type CacheStatistics,
  createCachedEvaluator,
} from "./evaluators/cached.ts";
export { type CommandContext, type CommandOptions, createCommandEvaluator } from "./evaluators/command.ts";
export { type CommandConfig, commandIdentity, parseCommandConfig } from "./evaluators/command-config.ts";
export { openResultStore, type ResultStore, type StoreOwner } from "./evaluators/result-store.ts";
export { createParallelEngine } from "./fidelity/parallel-engine.ts";
export type { DesignDocument } from "./interop/design-document.ts";
export { loadOnnx } from "./interop/onnx/load.ts";
export { type Imported, readImport } from "./interop/read-import.ts";
export {
  EXPORT_FORMATS,
  type Exported,
  type ExportedFile,
  type ExportFormat,
  exportDesign,
} from "./interop/write-export.ts";
export { createJobPool, type JobPool } from "./jobs/pool.ts";
export { loadPrebuilt, PREBUILT_DIMS } from "./rtl/prebuilt.node.ts";
export { type FileJournal, openStudyJournal, type StudyQuestion } from "./search/journal.ts";
export * from "./starlight.ts";
export {
  type NamedStudyRequest,
  type NamedStudyResult,
  runNamedStudy,
  SAMPLERS,
  type SamplerName,
} from "./studies/named.ts";
export { hardwareGrid, parseValues, type ValueLimits } from "./sweep/grid.ts";
export { openJournal, type SweepJournal, type SweepQuestion } from "./sweep/journal.ts";
export { type SweepPoint, type SweepRequest, type SweepResult, sweep } from "./sweep/sweep.ts";
export { type SweepTable, sweepCsv, sweepParquet } from "./sweep/table.ts";
export type { Accuracy, Ranking } from "./tune/accuracy.ts";
export type { CalibrationPool } from "./tune/calibrate.ts";
export { cleanRows, type MeasuredRow, parseDataset } from "./tune/dataset.ts";
export { type MeasuredCandidate, StarlightTuner, type TunerOptions } from "./tune/fine-tune.ts";
export { type AccuracyReport, type IntervalReport, type Judgement, reportAccuracy } from "./tune/report.ts";
export { type Training, type TrainRequest, train } from "./tune/train.ts";
export { loadWorkload } from "./workload/load.ts";
