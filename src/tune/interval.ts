import { doublingsOf, type Spread, type WidthTraits } from "../kernels/physics.ts";
import { forKinds, type Kind } from "./distil.ts";
import { nonNegativeQuantile } from "./quantile-regression.ts";

/** One prediction that a measurement judges. */
export interface Judged extends WidthTraits {
  /** ln(predicted / measured). */
  readonly error: number;
  /** Predictions of one fold are by one model, which had not learnt from them. */
  readonly fold: number;
}

/** Probability that an interval holds the measurement. */
const COVERAGE = 0.9;

/** Predictions below which nothing but their largest errors is learnt from them. */
const FEW = 40;
/** Predictions of one kind below which its intervals are those of both kinds together. */
const FEW_OF_KIND = 100;
/** Least half-width: what rounding to whole cycles may take. */
const LEAST = 1e-5;

/**
 * Conformalised quantile regression (Romano et al. 2019): half-widths as a sum of non-negative terms, fitted to the quantile of the
 * errors, then all of them times the factor that errors on folds need whose width was fitted on the other folds. On rows like those given, and no
 * others, the probability holds.
 */
export function fitSpread(judged: readonly Judged[], probability = COVERAGE): Spread {
  if (judged.length === 0) throw new RangeError("an interval needs predictions to be fitted on");
  const folds = [...new Set(judged.map(({ fold }) => fold))];
  if (judged.length < FEW || folds.length < 2) {
    const errors = judged.map(({ error }) => Math.abs(error));
    return { floor: conformal(errors, probability), array: 0, scale: 0, load: 0, store: 0 };
  }
  const scores = folds.flatMap((fold) => {
    const others = regress(
      judged.filter((one) => one.fold !== fold),
      probability,
    );
    return judged
      .filter((one) => one.fold === fold)
      .map((one) => Math.abs(one.error) / Math.max(LEAST, halfWidth(others, one)));
  });
  const factor = conformal(scores, probability);
  const { floor, array, scale, load, store } = regress(judged, probability);
  return {
    floor: Math.max(LEAST, factor * floor),
    array: factor * array,
    scale: factor * scale,
    load: factor * load,
    store: factor * store,
  };
}

/** The same for each kind of layer, of both together where one has few. */
export function fitSpreads(
  judged: readonly (Judged & { readonly kind: Kind })[],
): Readonly<Record<Kind, Spread>> {
  return forKinds((kind) => {
    const own = judged.filter((one) => one.kind === kind);
    return fitSpread(own.length < FEW_OF_KIND ? judged : own);
  });
}

/** ln of half the width of an interval, as the kernels have it. */
export function halfWidth({ floor, array, scale, load, store }: Spread, traits: WidthTraits): number {
  const { spread, loadShare, storeShare } = traits;
  return floor + array * doublingsOf(traits.array) + scale * spread + load * loadShare + store * storeShare;
}

/** Share of the predictions whose interval holds the measurement. */
export function coverage(judged: readonly Judged[], spread: Spread): number {
  return judged.filter((one) => isInside(one, spread)).length / judged.length;
}

export function isInside(judged: Judged, spread: Spread): boolean {
  return Math.abs(judged.error) <= halfWidth(spread, judged);
}

function regress(judged: readonly Judged[], probability: number): Spread {
  const terms = judged.map(({ array, spread, loadShare, storeShare }) => [
    1,
    doublingsOf(array),
    spread,
    loadShare,
    storeShare,
  ]);
  const errors = judged.map(({ error }) => Math.abs(error));
  const [floor, array, scale, load, store] = nonNegativeQuantile(terms, errors, probability) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { floor, array, scale, load, store };
}

/** The score that so large a share of further ones will not exceed, n + 1 places for n scores. */
function conformal(scores: readonly number[], probability: number): number {
  const sorted = [...scores].sort((a, b) => a - b);
  const place = Math.min(sorted.length, Math.ceil((sorted.length + 1) * probability)) - 1;
  return sorted[place] as number;
}
