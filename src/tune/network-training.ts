import {
  type DenseNetwork,
  parameterCount,
  type TrainingRows,
  TrainingSession,
} from "../kernels/training.ts";
import type { Rng } from "../rng.ts";

/** How a network is trained. */
export interface TrainingRecipe {
  /** Units of the hidden layers, multiples of four. */
  readonly hidden: readonly number[];
  readonly steps: number;
  /** Rows of a step, a multiple of eight. */
  readonly batch: number;
  /** Largest learning rate of the one-cycle schedule. */
  readonly rate: number;
  /** Part of the steps over which the rate rises. */
  readonly warmUp: number;
  readonly weightDecay: number;
  /** Standard deviation of the noise added to the inputs. */
  readonly noise: number;
  /** Residual up to which the loss is square. */
  readonly huberDelta: number;
  /** Largest norm of a gradient. */
  readonly mostGradient: number;
}

/** Rows from `first` on, `count` of them, that make up `share` of every batch on average. */
export interface RowShare {
  readonly first: number;
  readonly count: number;
  readonly share: number;
}

/**
 * Trains a network by AdamW on a one-cycle schedule (Smith and Topin 2019). The same rows, recipe and `rng` give the same bits on
 * every runtime.
 *
 * @param shares which rows to draw how often; all alike without
 * @param initial a network to go on from, of the same widths
 */
export function trainNetwork(
  module: WebAssembly.Module,
  rows: TrainingRows,
  recipe: TrainingRecipe,
  rng: Rng,
  shares: readonly RowShare[] = [{ first: 0, count: rows.targets.length, share: 1 }],
  initial?: DenseNetwork,
): DenseNetwork {
  const widths = initial?.widths ?? [rows.width, ...recipe.hidden, 4];
  const noiseSeed = Int32Array.from({ length: 4 }, () => Math.floor(rng() * 2 ** 32) | 1);
  const session = new TrainingSession(module, widths, rows, { ...recipe, noiseSeed });
  session.parameters.set(initial?.parameters ?? initialParameters(widths, rng));
  const { batch, exports, record } = session;
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  const bounds: number[] = [];
  for (const { share } of shares) bounds.push((bounds.at(-1) ?? 0) + share / total);
  for (let step = 0; step < recipe.steps; step++) {
    for (let i = 0; i < batch.length; i++) {
      let chosen = 0;
      if (shares.length > 1) {
        const u = rng();
        while (chosen < shares.length - 1 && u >= (bounds[chosen] as number)) chosen++;
      }
      const { first, count } = shares[chosen] as RowShare;
      batch[i] = first + Math.floor(rng() * count);
    }
    exports.step(record, oneCycle(step, recipe), recipe.weightDecay, recipe.mostGradient, step + 1);
  }
  return { widths, parameters: session.parameters.slice() };
}

/** Outputs of a network for each row. */
export function predictRows(
  module: WebAssembly.Module,
  network: DenseNetwork,
  width: number,
  inputs: Float32Array,
): Float32Array {
  const count = inputs.length / width;
  const rows = { width, inputs, targets: new Float32Array(count), weights: new Float32Array(count) };
  const options = { batch: 64, noise: 0, huberDelta: 1, noiseSeed: Int32Array.of(1, 1, 1, 1) };
  const session = new TrainingSession(module, network.widths, rows, options);
  session.parameters.set(network.parameters);
  return session.predict(count);
}

/** The rate of a step: up from 1/25 of the largest along a cosine, then down to nearly 0. */
function oneCycle(step: number, { steps, rate, warmUp }: TrainingRecipe): number {
  const up = Math.max(1, Math.round(steps * warmUp));
  const cosine = (part: number): number => (1 - Math.cos(Math.PI * part)) / 2;
  if (step < up) return rate * (0.04 + 0.96 * cosine(step / up));
  return rate * (1 - cosine((step - up) / Math.max(1, steps - up)));
}

/**
 * Weights of a normal distribution with variance 2 / inputs (He et al. 2015), a tenth of that size in the last layer, biases 0.
 * Only the first unit of the last layer is an output; the others stay 0.
 */
function initialParameters(widths: readonly number[], rng: Rng): Float32Array {
  const parameters = new Float32Array(parameterCount(widths));
  let at = 0;
  for (let layer = 1; layer < widths.length; layer++) {
    const [inputs, units] = [widths[layer - 1] as number, widths[layer] as number];
    const last = layer === widths.length - 1;
    const deviation = Math.sqrt(2 / inputs) * (last ? 0.1 : 1);
    for (let i = 0; i < (last ? inputs : inputs * units); i++) parameters[at + i] = deviation * normal(rng);
    at += units * (inputs + 1);
  }
  return parameters;
}

/** A standard normal number (Box and Muller 1958). */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
