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

function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent === 1) return base;
  return exponent === 2 ? base * base : base ** exponent;
}
