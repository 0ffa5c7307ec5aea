import type { DesignLayer } from "../designs/design.ts";
import type { Fidelity, Interval } from "../fidelity/evaluator.ts";
import type { AreaSource } from "../hardware/area.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";

/** Where the numbers of a result come from, as far as its file says. */
export interface Provenance {
  readonly file: string;
  readonly bytes: number;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** Version of polaris that wrote it. */
  readonly polaris?: string;
  /** What gives the same numbers again. */
  readonly command?: string;
  readonly seed?: number;
  /** What searched, where that was no proof. */
  readonly sampler?: string;
  /** What judged the design; tables do not say. */
  readonly fidelity?: Fidelity;
  /** The RTL that a model stands for. */
  readonly profile?: string;
  /** What ran the designs that a search promised most of. */
  readonly verifiedBy?: string;
  /** The weights of a learned model. */
  readonly weights?: string;
  readonly objective?: string;
}

/** What a file claims of its answer. */
export interface Claim {
  readonly optimal: boolean;
  /** The objective is at most (1 + gap) times the least; undefined where nothing is proven. */
  readonly gap?: number;
  /** Nothing else that was considered can be better within the model's intervals. */
  readonly settled?: boolean;
}

/** A layer of a design, with what a model other than the analytical one says of it; metrics are of one run. */
export interface LayerRecord extends DesignLayer {
  readonly latencyCycles?: number;
  readonly energyUj?: number;
  readonly latencyInterval?: Interval;
  /** Cycles that the RTL took, and the energy of what it counted. */
  readonly verifiedCycles?: number;
  readonly verifiedEnergyUj?: number;
}

/** One design for one network. */
export interface DesignRecord {
  readonly workload: string;
  readonly hardware: HardwareParameters;
  readonly layers: readonly LayerRecord[];
  /** As the file has them, if it does. */
  readonly totals?: { readonly latencyCycles: number; readonly energyUj: number };
}

/** One of many designs, without its layers. */
export interface PointRecord {
  readonly peDim: number;
  readonly scratchpadKib: number;
  readonly accumulatorKib: number;
  readonly latencyCycles: number;
  readonly energyUj: number;
  readonly edpJCycles: number;
  readonly areaMm2: number;
  readonly areaSource: AreaSource;
  /** No other beats it in latency, energy and area together. */
  readonly pareto: boolean;
}

/** How far a search was at some moment. */
export interface ConvergenceRecord {
  /** Work done, in the unit that the study counts. */
  readonly work: number;
  /** The best objective so far. */
  readonly best: number;
  /** What no design goes below. */
  readonly bound?: number;
  /** Where the best design's true objective lies with 90 %. */
  readonly interval?: Interval;
}

export interface Convergence {
  readonly unit: string;
  readonly objective: string;
  readonly steps: readonly ConvergenceRecord[];
}

/** A prediction, made before the measurement, and what was measured of the same thing. */
export interface VerifiedRecord {
  readonly name: string;
  readonly predicted: number;
  /** Where the model takes the measurement to lie with 90 %. */
  readonly interval?: Interval;
  readonly measured: number;
}

/** How far a model is off over a class of measurements. */
export interface AccuracyRecord {
  readonly name: string;
  readonly count: number;
  readonly meanPercent: number;
  readonly medianPercent: number;
  /** Of the measurements, those that are at most 10 % off. */
  readonly within10Percent: number;
  readonly spearman?: number;
}

/** Designs that were run, by their objective. */
export interface VerifiedDesigns {
  /** The objective with its unit. */
  readonly objective: string;
  readonly records: readonly VerifiedRecord[];
}

/** A result of any command, read. */
export interface ResultRecord {
  readonly kind: "design" | "points" | "study" | "table" | "accuracy";
  readonly provenance: Provenance;
  readonly claim?: Claim;
  readonly workload: string;
  readonly designs: readonly DesignRecord[];
  readonly points: readonly PointRecord[];
  readonly convergence?: Convergence;
  /** Latencies of layers or rows, cycles. */
  readonly verified: readonly VerifiedRecord[];
  readonly verifiedDesigns?: VerifiedDesigns;
  /** Of a model, all measurements first. */
  readonly accuracy?: readonly AccuracyRecord[];
  /** Of those measurements, how many the model learnt from. */
  readonly learntFrom?: number;
}
