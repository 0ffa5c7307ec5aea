import type { Coefficients } from "../event/coefficients.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { RunLayer, Spread, WidthTraits } from "../kernels/physics.ts";
import { INPUT_COUNT } from "../kernels/starlight-layout.ts";
import { fromMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import type { KindModel, StarlightModel } from "../surrogate/model.ts";
import { type ProfileRules, rulesOf } from "../surrogate/profiles.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { MeasuredRow } from "./dataset.ts";
import {
  byKind,
  DISTILLATION,
  distil,
  FINE_TUNING,
  fineTune,
  forKinds,
  KINDS,
  type Kind,
  type LabelledMapping,
  type LabelledRows,
  labelMappings,
  searchedFirst,
  toRows,
} from "./distil.ts";
import { type Ensemble, predictEnsemble, toIntegers } from "./ensemble.ts";
import { type MappingGroup, mappingSet } from "./mapping-set.ts";
import { NetworkInputs } from "./network-inputs.ts";
import type { TrainingRecipe } from "./network-training.ts";
import { createTeacher } from "./teachers.ts";

/** How much work a training is. */
export interface TrainingEffort {
  /** Mappings that the event model is distilled on. */
  readonly mappings: number;
  readonly distillation: TrainingRecipe;
  readonly fineTuning: TrainingRecipe;
}

export const FULL_EFFORT: TrainingEffort = {
  mappings: 40_000,
  distillation: DISTILLATION,
  fineTuning: FINE_TUNING,
};

/**
 * The work that a profile's model is worth. The closed form of our own RTL is exact to a thousandth for half of all mappings, and its
 * measurements have no noise: a loss that is square for small errors only, and little noise, keep the nets from blurring that.
 */
export function effortOf(profile: Profile): TrainingEffort {
  if (profile === "gemmini-firesim") return FULL_EFFORT;
  return {
    ...FULL_EFFORT,
    distillation: { ...DISTILLATION, noise: 0.005, huberDelta: 0.004 },
    fineTuning: { ...FINE_TUNING, noise: 0.02, weightDecay: 0.05, huberDelta: 0.004 },
  };
}

/** What Starlight predicts for one mapping. */
export interface Prediction extends WidthTraits {
  readonly cycles: number;
}

/** An ensemble for each kind of layer, and the calibration that it corrects. */
export interface TrainedStarlight {
  readonly coefficients: Coefficients;
  readonly ensembles: Readonly<Record<Kind, Ensemble>>;
  /** Rows that the ensembles were distilled on. */
  readonly simulated: Readonly<Record<Kind, LabelledRows>>;
}

/** Trains Starlight on one set of mappings, again and again with other calibrations and measurements. */
export class StarlightTrainer {
  private readonly kernels: WebAssembly.Module;
  private readonly training: WebAssembly.Module;
  private readonly described: NetworkInputs;
  private readonly groups: readonly MappingGroup[];
  private readonly layers = new Map<LayerShape, RunLayer>();
  private readonly seed: number;
  private readonly effort: TrainingEffort;
  private readonly rules: ProfileRules;
  readonly profile: Profile;

  /**
   * @param kernels the compiled kernels, baseline or relaxed
   * @param training the compiled training kernels
   */
  constructor(
    kernels: WebAssembly.Module,
    training: WebAssembly.Module,
    options: { readonly profile: Profile; readonly seed: number; readonly effort?: TrainingEffort },
  ) {
    this.kernels = kernels;
    this.training = training;
    this.rules = rulesOf(options.profile);
    this.described = new NetworkInputs(kernels, this.rules);
    this.profile = options.profile;
    this.seed = options.seed;
    this.effort = options.effort ?? effortOf(options.profile);
    const runs = (shape: LayerShape): boolean => this.rules.unfit(shape) === undefined;
    this.groups = mappingSet(kernels, this.effort.mappings, options.seed, runs);
  }

  /** Distils a calibrated event model. */
  distil(coefficients: Coefficients): TrainedStarlight {
    const teacher = createTeacher(this.kernels, this.profile, coefficients);
    const records = this.records(coefficients);
    const labelled = labelMappings(this.groups, (shape) => this.layer(shape), teacher);
    const kinds = byKind(searchedFirst(labelled), ({ layer }) => layer.matmul);
    const simulated = forKinds((kind) => toRows(this.described, records[kind], kinds[kind]));
    const ensembles = forKinds((kind) =>
      distil(this.training, simulated[kind], this.seed, this.effort.distillation),
    );
    return { coefficients, ensembles, simulated };
  }

  /** The same, corrected by measurements. */
  fineTune(distilled: TrainedStarlight, measured: readonly MeasuredRow[]): TrainedStarlight {
    const { coefficients, simulated } = distilled;
    const rows = this.describe(coefficients, measured);
    const ensembles = forKinds((kind) =>
      fineTune(
        this.training,
        distilled.ensembles[kind],
        simulated[kind],
        rows[kind],
        this.seed + 1,
        this.effort.fineTuning,
      ),
    );
    return { coefficients, ensembles, simulated };
  }

  /** Measured rows as an ensemble learns them. */
  describe(coefficients: Coefficients, measured: readonly MeasuredRow[]): TrainedStarlight["simulated"] {
    const records = this.records(coefficients);
    const kinds = byKind(
      measured.map((row) => this.labelled(row)),
      ({ layer }) => layer.matmul,
    );
    return forKinds((kind) => toRows(this.described, records[kind], kinds[kind]));
  }

  /** What a trained ensemble says of measured rows, in floating point. */
  predict(trained: Omit<TrainedStarlight, "simulated">, rows: readonly MeasuredRow[]): readonly Prediction[] {
    return this.predictMappings(
      trained,
      rows.map((row) => this.labelled(row)),
    );
  }

  /** The same of any mappings. */
  predictMappings(
    { coefficients, ensembles }: Omit<TrainedStarlight, "simulated">,
    mappings: readonly LabelledMapping[],
  ): readonly Prediction[] {
    const records = this.records(coefficients);
    const predictions = new Array<Prediction>(mappings.length);
    const indices = byKind(
      mappings.map((_, i) => i),
      (i) => (mappings[i] as LabelledMapping).layer.matmul,
    );
    for (const kind of KINDS) {
      const some = indices[kind].map((i) => mappings[i] as LabelledMapping);
      const rows = toRows(this.described, records[kind], some);
      const { mean, spread } = predictEnsemble(this.training, ensembles[kind], rows.inputs);
      for (const [i, index] of indices[kind].entries()) {
        const cycles = (rows.base[i] as number) * Math.exp(mean[i] as number);
        const share = (input: number): number => 2 ** (rows.inputs[i * INPUT_COUNT + input] as number);
        predictions[index] = {
          cycles: Math.max(rows.bound[i] as number, cycles),
          spread: spread[i] as number,
          array: (some[i] as LabelledMapping).peDim,
          loadShare: share(this.rules.inputs.load),
          storeShare: share(this.rules.inputs.store),
        };
      }
    }
    return predictions;
  }

  /** The model in integers, for the kernels. */
  toModel(trained: TrainedStarlight, spread: Readonly<Record<Kind, Spread>>): StarlightModel {
    const { coefficients } = trained;
    const records = this.records(coefficients);
    const kind = (name: Kind): KindModel => {
      const ensemble = trained.ensembles[name];
      return {
        coefficients: records[name],
        network: toIntegers(ensemble, trained.simulated[name].inputs),
        grid: ensemble.grid,
        spread: spread[name],
      };
    };
    return { profile: this.profile, coefficients, convolution: kind("convolution"), matmul: kind("matmul") };
  }

  private labelled({ shape, mapping, peDim, measuredCycles, cold, random }: MeasuredRow): LabelledMapping {
    return {
      layer: this.layer(shape),
      peDim,
      mapping: fromMapping(mapping, new RawMapping()),
      cycles: measuredCycles,
      searched: !random,
      cold,
    };
  }

  private records(coefficients: Coefficients): Readonly<Record<Kind, Float64Array>> {
    const [convolution, matmul] = this.rules.kindCoefficients(coefficients);
    return { convolution, matmul };
  }

  private layer(shape: LayerShape): RunLayer {
    let layer = this.layers.get(shape);
    if (!layer) {
      layer = this.rules.runLayer(shape);
      this.layers.set(shape, layer);
    }
    return layer;
  }
}
