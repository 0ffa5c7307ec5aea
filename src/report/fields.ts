import { InputError, quote } from "../errors.ts";
import type { Interval } from "../fidelity/evaluator.ts";

/** A record of a parsed document. */
export type Fields = Readonly<Record<string, unknown>>;

export function parseInterval(value: unknown): Interval | undefined {
  if (!isRecord(value)) return undefined;
  const [low, high] = [optionalNumber(value["low"]), optionalNumber(value["high"])];
  // One without width is of a model that gives none: no certainty.
  return low === undefined || high === undefined || low === high ? undefined : { low, high };
}

/** @throws InputError unless the value is a number above 0 */
export function measure(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new InputError({ where, expected: "a number above 0", found: quote(value) });
}

export function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Units of objectives, and what turns cycles and pJ to its powers into them. */
const UNITS: Readonly<Record<string, { readonly title: string; readonly scale: number }>> = {
  edp: { title: "EDP (J × cycles)", scale: 1e-12 },
  latency: { title: "latency (cycles)", scale: 1 },
  energy: { title: "energy (µJ)", scale: 1e-6 },
  ed2p: { title: "ED²P (J × cycles²)", scale: 1e-12 },
};

/** How an objective is shown. */
export function objectiveUnit(name: string): { readonly title: string; readonly scale: number } {
  return UNITS[name] ?? { title: `${name} (cycles and pJ to its powers)`, scale: 1 };
}
