import type { Hardware } from "../hardware/hardware.ts";
import type { Rng } from "../rng.ts";
import { DIMS, inputExtent, type LayerShape } from "../workload/layer.ts";
import { divisors, primeFactors } from "./divisors.ts";
import type { RawMapping } from "./raw-mapping.ts";

/** Fills `into` with a random valid mapping of one layer on one accelerator. */
export type MappingSampler = (rng: Rng, into: RawMapping) => void;

const [N, K, C, P, Q, R, S] = [0, 1, 2, 3, 4, 5, 6] as const;
const [DRAM, ACCUMULATOR, REGISTER] = [0, 14, 21] as const;

/**
 * A sampler of the map space `gemmini`: spatial K and C, temporal P and Q in the registers, any dim at
 * the accumulator, no temporal loop at the scratchpad, any dim at DRAM, any loop order.
 *
 * Spatial factors are drawn among the divisors that fit the array. Each remaining prime factor of a
 * bound goes to a level at random; then, while a tile does not fit, a random prime factor that helps
 * moves out to DRAM. Every mapping it gives is valid, and every valid one can come up.
 */
export function createMappingSampler(shape: LayerShape, hardware: Hardware): MappingSampler {
  const primes = DIMS.map((dim) => primeFactors(shape[dim]));
  const distinct = primes.map((factors) => [...new Set(factors)]);
  const choicesK = divisors(shape.K).filter((k) => k <= hardware.peDim);
  const choicesC = divisors(shape.C).filter((c) => c <= hardware.peDim);
  // Reused from call to call: a sampler is called by the million.
  const movable = new Int32Array(3 * 16 * DIMS.length);
  const permutation = new Int32Array(DIMS.length);

  /** Moves a random prime factor of one of `dims` from below out to DRAM; false if there is none. */
  const moveOut = (factors: Int32Array, dims: readonly number[], rng: Rng): boolean => {
    let count = 0;
    for (const level of [ACCUMULATOR, REGISTER]) {
      for (const dim of dims) {
        if ((factors[level + dim] as number) === 1) continue;
        for (const prime of distinct[dim] as number[]) {
          if ((factors[level + dim] as number) % prime !== 0) continue;
          movable[count++] = level + dim;
          movable[count++] = dim;
          movable[count++] = prime;
        }
      }
    }
    if (count === 0) return false;
    const chosen = 3 * Math.floor((rng() * count) / 3);
    const prime = movable[chosen + 2] as number;
    factors[movable[chosen] as number] = (factors[movable[chosen] as number] as number) / prime;
    factors[movable[chosen + 1] as number] = (factors[movable[chosen + 1] as number] as number) * prime;
    return true;
  };

  return (rng, into) => {
    const { factors } = into;
    factors.fill(1);
    into.spatialK = choicesK[Math.floor(rng() * choicesK.length)] as number;
    into.spatialC = choicesC[Math.floor(rng() * choicesC.length)] as number;
    for (let dim = 0; dim < DIMS.length; dim++) {
      let spread = dim === K ? into.spatialK : dim === C ? into.spatialC : 1;
      const levels = dim === P || dim === Q ? 3 : 2;
      for (const prime of primes[dim] as number[]) {
        if (spread % prime === 0) {
          spread /= prime;
          continue;
        }
        const choice = Math.floor(rng() * levels);
        const at = (choice === 0 ? DRAM : choice === 1 ? ACCUMULATOR : REGISTER) + dim;
        factors[at] = (factors[at] as number) * prime;
      }
    }
    for (let level = 0; level < 4; level++) into.orders[level] = randomOrder(permutation, rng);
    for (;;) {
      const t = (dim: number): number =>
        (factors[ACCUMULATOR + dim] as number) * (factors[REGISTER + dim] as number);
      if (t(P) * t(Q) * t(K) * t(N) > hardware.accumulatorWords) {
        moveOut(factors, [P, Q, K, N], rng);
        continue;
      }
      const channels = t(C) * into.spatialC;
      const words =
        t(R) * t(S) * channels * t(K) * into.spatialK +
        inputExtent(t(P), shape.Wstride, t(R), shape.Wdilation) *
          inputExtent(t(Q), shape.Hstride, t(S), shape.Hdilation) *
          channels *
          t(N);
      if (words <= hardware.scratchpadWords) return;
      if (!moveOut(factors, ALL_DIMS, rng) && !shrinkSpatial(into, primes)) {
        throw new RangeError("no mapping fits: the scratchpad holds less than one weight and one input");
      }
    }
  };
}

const ALL_DIMS = [N, K, C, P, Q, R, S];

/** The last resort in very small memories: a smaller spatial factor. */
function shrinkSpatial(mapping: RawMapping, primes: readonly (readonly number[])[]): boolean {
  const dim = mapping.spatialK >= mapping.spatialC ? K : C;
  const spread = dim === K ? mapping.spatialK : mapping.spatialC;
  const prime = primes[dim]?.find((factor) => spread % factor === 0);
  if (prime === undefined) return false;
  if (dim === K) mapping.spatialK /= prime;
  else mapping.spatialC /= prime;
  mapping.factors[DRAM + dim] = (mapping.factors[DRAM + dim] as number) * prime;
  return true;
}

/** A uniform loop order as nibbles of ranks (Fisher and Yates). */
function randomOrder(permutation: Int32Array, rng: Rng): number {
  for (let i = 0; i < permutation.length; i++) {
    const j = Math.floor(rng() * (i + 1));
    permutation[i] = permutation[j] as number;
    permutation[j] = i;
  }
  let order = 0;
  for (let dim = 0; dim < permutation.length; dim++) order |= (permutation[dim] as number) << (4 * dim);
  return order;
}
