import type { Candidate } from "../fidelity/evaluator.ts";
import type { RunLayer } from "../kernels/physics.ts";
import { fromMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import type { KindModel, StarlightModel } from "../surrogate/model.ts";
import { type ProfileRules, rulesOf } from "../surrogate/profiles.ts";
import type { LayerShape } from "../workload/layer.ts";
import { toFloats } from "./dequantise.ts";
import {
  byKind,
  fineTune,
  forKinds,
  KINDS,
  type Kind,
  type LabelledMapping,
  type LabelledRows,
  labelMappings,
  MEASURED_SHARE,
  searchedFirst,
  toRows,
} from "./distil.ts";
import { type Ensemble, predictEnsemble, toIntegers } from "./ensemble.ts";
import { mappingSet } from "./mapping-set.ts";
import { NetworkInputs } from "./network-inputs.ts";
import { effortOf } from "./starlight-training.ts";
import { createTeacher } from "./teachers.ts";

/** A candidate and the cycles that the RTL took. */
export interface MeasuredCandidate {
  readonly candidate: Candidate;
  readonly latencyCycles: number;
}

export interface TunerOptions {
  /** Of the simulated mappings and of the training; the same seed and measurements give the same model. */
  readonly seed?: number;
  /** Simulated mappings that are learnt beside the measurements, so that the rest is not forgotten. */
  readonly rehearsed?: number;
}

/** Simulated mappings of a tuner: enough that none is seen often, few enough that they are there in a second. */
const REHEARSED = 6000;
/** Measurements that the model's own scale is worth. */
const PRIOR = 4;
/** Measurements that are believed half as much as many would be. */
const HALF = 30;

/**
 * Fine-tunes a model of any profile, again and again: with each list of measurements from where the model stood at first. The nets go
 * on from the integers of the model; what they correct, and the intervals, stay as they are. Measurements of layers that the RTL
 * of the profile cannot run are ignored.
 */
export class StarlightTuner {
  private readonly training: WebAssembly.Module;
  private readonly model: StarlightModel;
  private readonly seed: number;
  private readonly rules: ProfileRules;
  private readonly described: NetworkInputs;
  private readonly layers = new Map<LayerShape, RunLayer>();
  private readonly simulated: Readonly<Record<Kind, LabelledRows>>;

  /**
   * @param kernels the compiled kernels, baseline or relaxed
   * @param training the compiled training kernels
   */
  constructor(
    kernels: WebAssembly.Module,
    training: WebAssembly.Module,
    model: StarlightModel,
    { seed = 0, rehearsed = REHEARSED }: TunerOptions = {},
  ) {
    this.training = training;
    this.model = model;
    this.seed = seed;
    this.rules = rulesOf(model.profile);
    this.described = new NetworkInputs(kernels, this.rules);
    const runs = (shape: LayerShape): boolean => this.rules.unfit(shape) === undefined;
    const groups = mappingSet(kernels, rehearsed, seed, runs);
    const teacher = createTeacher(kernels, model.profile, model.coefficients);
    const labelled = labelMappings(groups, (shape) => this.layer(shape), teacher);
    this.simulated = this.toKinds(searchedFirst(labelled));
  }

  /** The model that it was made with, corrected by measurements. */
  tune(measured: readonly MeasuredCandidate[]): StarlightModel {
    const rows = this.toKinds(
      measured
        .filter(({ candidate }) => this.rules.unfit(candidate.shape) === undefined)
        .map((one) => this.labelled(one)),
    );
    const floats = forKinds((kind) => {
      const { network, grid } = this.model[kind];
      return toFloats(network, grid, this.simulated[kind].inputs);
    });
    const shift = this.shift(floats, rows);
    const tuned = (kind: Kind): KindModel => {
      const { targets } = rows[kind];
      const simulated = this.simulated[kind];
      const rehearsed = { ...simulated, targets: simulated.targets.map((target) => target + shift) };
      const share = (MEASURED_SHARE * targets.length) / (targets.length + HALF);
      const ensemble = fineTune(
        this.training,
        shifted(floats[kind], shift),
        rehearsed,
        rows[kind],
        this.seed + 1,
        effortOf(this.model.profile).fineTuning,
        share,
      );
      return { ...this.model[kind], network: toIntegers(ensemble, simulated.inputs) };
    };
    return { ...this.model, ...forKinds((kind) => (measured.length === 0 ? this.model[kind] : tuned(kind))) };
  }

  /** ln of the factor that all measurements have in common, which is believed everywhere, less while they are few. */
  private shift(
    floats: Readonly<Record<Kind, Ensemble>>,
    rows: Readonly<Record<Kind, LabelledRows>>,
  ): number {
    let sum = 0;
    let count = PRIOR;
    for (const kind of KINDS) {
      const { inputs, targets } = rows[kind];
      if (targets.length === 0) continue;
      const { mean } = predictEnsemble(this.training, floats[kind], inputs);
      sum += targets.reduce((total, target, i) => total + target - (mean[i] as number), 0);
      count += targets.length;
    }
    return sum / count;
  }

  private toKinds(mappings: readonly LabelledMapping[]): Readonly<Record<Kind, LabelledRows>> {
    const kinds = byKind(mappings, ({ layer }) => layer.matmul);
    return forKinds((kind) => toRows(this.described, this.model[kind].coefficients, kinds[kind]));
  }

  private labelled({ candidate, latencyCycles }: MeasuredCandidate): LabelledMapping {
    const { shape, hardware, mapping } = candidate;
    return {
      layer: this.layer(shape),
      peDim: this.rules.ownArray(hardware)?.(mapping) ?? hardware.peDim,
      mapping: fromMapping(mapping, new RawMapping()),
      cycles: latencyCycles,
      searched: true,
      cold: false,
    };
  }

  /** One object for each layer: rows of the same one are described together. */
  private layer(shape: LayerShape): RunLayer {
    let layer = this.layers.get(shape);
    if (!layer) {
      layer = this.rules.runLayer(shape);
      this.layers.set(shape, layer);
    }
    return layer;
  }
}

/** The ensemble with an amount added to what it says. */
function shifted(ensemble: Ensemble, shift: number): Ensemble {
  const nets = ensemble.nets.map(({ widths, parameters }) => {
    const moved = parameters.slice();
    // The biases of the last layer come last, that of the output before those of units that are none.
    const output = moved.length - (widths.at(-1) as number);
    moved[output] = (moved[output] as number) + shift;
    return { widths, parameters: moved };
  });
  return { ...ensemble, nets };
}
