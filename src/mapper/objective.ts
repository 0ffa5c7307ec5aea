import { InputError, quote } from "../errors.ts";

/**
 * What is minimised: latency ^ latencyPower x energy ^ energyPower, of the whole network. A power of 0 leaves the other one to
 * be minimised first and this one among equals (lexicographic).
 */
export interface Objective {
  readonly name: string;
  readonly latencyPower: number;
  readonly energyPower: number;
}

/**
 * To what "optimal" is proven: no choice has an objective that is smaller by more than this part of it. Candidates of one layer are
 * compared to the last bit; sums over layers, hulls and bounds are rounded, some 2^-53 a step (docs/mapper.md).
 */
export const TOLERANCE = 1e-12;

export const EDP: Objective = { name: "edp", latencyPower: 1, energyPower: 1 };
export const LATENCY: Objective = { name: "latency", latencyPower: 1, energyPower: 0 };
export const ENERGY: Objective = { name: "energy", latencyPower: 0, energyPower: 1 };

/**
 * `edp`, `latency` (then energy), `energy` (then latency), `ed2p` (energy x latency squared) or `weighted:W`
 * (latency ^ W x energy ^ (1 - W)).
 *
 * @throws InputError
 */
export function parseObjective(text: string, where = "objective"): Objective {
  const named = {
    edp: EDP,
    latency: LATENCY,
    energy: ENERGY,
    ed2p: { name: "ed2p", latencyPower: 2, energyPower: 1 },
  };
  if (Object.hasOwn(named, text)) return named[text as keyof typeof named];
  const weight = /^weighted:(0?\.\d+|[01](?:\.0*)?)$/.exec(text)?.[1];
  if (weight !== undefined) {
    return { name: text, latencyPower: Number(weight), energyPower: 1 - Number(weight) };
  }
  throw new InputError({
    where,
    expected: "edp, latency, energy, ed2p or weighted:W with W from 0 to 1",
    found: quote(text),
  });
}

/**
 * Refuses an objective that is none: powers below 0, or both 0.
 *
 * @throws InputError
 */
export function checkObjective({ latencyPower, energyPower }: Objective): void {
  const powers = [latencyPower, energyPower];
  if (powers.every((power) => power >= 0 && power <= MOST_POWER) && latencyPower + energyPower > 0) return;
  throw new InputError({
    where: "objective",
    expected: `powers of latency and energy from 0 to ${MOST_POWER}, not both 0`,
    found: quote(powers),
  });
}

/** Beyond it products of cycles and pJ would leave the doubles. */
const MOST_POWER = 8;

/** What decides among choices of equal cost: energy for latency alone, latency for energy alone, otherwise nothing. */
export function tieBreak({ latencyPower, energyPower }: Objective): Objective | undefined {
  if (energyPower === 0) return ENERGY;
  return latencyPower === 0 ? LATENCY : undefined;
}

/** The number that an objective minimises. Units follow from those of the arguments. */
export function cost({ latencyPower, energyPower }: Objective, latency: number, energy: number): number {
  if (latencyPower === 1 && energyPower === 1) return latency * energy;
  return power(latency, latencyPower) * power(energy, energyPower);
}

/** The number that decides among equal costs; 0 where nothing does. */
export function tieCost(objective: Objective, latency: number, energy: number): number {
  const tie = tieBreak(objective);
  return tie ? cost(tie, latency, energy) : 0;
}

function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent === 1) return base;
  return exponent === 2 ? base * base : base ** exponent;
}
