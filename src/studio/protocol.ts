import type { CodesignProgress, CodesignResult } from "../codesign/codesign.ts";
import type { HardwareSpace } from "../codesign/space.ts";
import type { Interval, Profile } from "../fidelity/evaluator.ts";
import type { Totals } from "../fidelity/totals.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import type { ArchiveJob } from "../mapper/enumeration.ts";
import type { LayerArchive } from "../mapper/layer-archive.ts";
import type { Objective } from "../mapper/objective.ts";
import type { LayerInfo } from "../report/info/layers.ts";
import type { DesignRecord } from "../report/result.ts";
import type { DesignInfo } from "../report/summary.ts";
import type { Workload } from "../workload/workload.ts";

/** What a worker can be asked, each with what it answers. */
export interface Questions {
  /** The proven best mappings on one accelerator. */
  map: {
    request: {
      readonly workload: Workload;
      readonly hardware: HardwareParameters;
      readonly objective: Objective;
    };
    answer: MappedDesign;
  };
  /** What the RTL of a profile would make of a design, by Starlight. */
  predict: {
    request: { readonly record: DesignRecord; readonly profile: Profile };
    answer: PredictedDesign;
  };
  /** A workload from a file that the reader opened or dropped. */
  read: {
    request: {
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly dims: Readonly<Record<string, number>>;
    };
    answer: Workload;
  };
  /** The proven best hardware and mappings. */
  search: {
    request: {
      readonly workload: Workload;
      readonly space: HardwareSpace;
      readonly objective: Objective;
      readonly threads: number;
    };
    answer: CodesignResult;
  };
  /** The best of the search under way so far, as soon as there is one. */
  stop: { request: null; answer: null };
  /** One enumeration; asked by a search of workers of its own. */
  archive: { request: ArchiveJob; answer: LayerArchive };
}
export type Kind = keyof Questions;

export interface MappedDesign {
  readonly design: DesignInfo;
  readonly optimal: boolean;
  readonly gap: number;
  readonly candidates: { readonly covered: number; readonly evaluated: number };
  /** That the mapper took, in its worker. */
  readonly milliseconds: number;
}

/** A design on the RTL of a profile, as Starlight predicts it. */
export interface PredictedDesign {
  readonly profile: Profile;
  /** Those that the profile's RTL can run. */
  readonly layers: readonly LayerInfo[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Of all layers; left out where some are refused. */
  readonly totals?: Totals;
  /** Where the latency lies with 90 %. */
  readonly latencyInterval?: Interval;
}

export interface Question<K extends Kind = Kind> {
  readonly id: number;
  readonly kind: K;
  readonly request: Questions[K]["request"];
}

/** What went wrong, in a line; a hint where it is the reader's to put right. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

/** An answer, a failure, or word of how far a search is. */
export type Reply =
  | { readonly id: number; readonly answer: Questions[Kind]["answer"] }
  | { readonly id: number; readonly failure: Failure }
  | { readonly id: number; readonly progress: CodesignProgress };
