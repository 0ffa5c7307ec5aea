import { availableParallelism } from "node:os";
import { quote, UsageError } from "../errors.ts";
import { EDP, type Objective, parseObjective } from "../mapper/objective.ts";

/** Options that mean the same in every command. */
export const shared = {
  fidelity: { describe: "Model that judges a design", default: "analytical" as const },
  profile: { describe: "starlight, event: the RTL that is modelled, Gemmini's on FireSim or our own" },
  seed: {
    describe: "Same seed, same result",
    default: 0,
    requiresArg: true,
    coerce: integer("seed", 0, Number.MAX_SAFE_INTEGER),
  },
  workers: {
    describe: "Most worker threads",
    default: availableParallelism(),
    defaultDescription: "one per core",
    requiresArg: true,
    coerce: integer("workers", 1, 256),
  },
  json: { describe: "Print one JSON document", type: "boolean", default: false },
  out: { describe: "Write the result to a file", type: "string", requiresArg: true, coerce: once("out") },
  quiet: { alias: "q", describe: "No progress on stderr", type: "boolean", default: false },
} as const;

/** Sizes of open dims of an ONNX model. */
export const dim = {
  describe: "Size of an open dim of an ONNX model, as batch=1; may be repeated",
  requiresArg: true,
  coerce: (given: unknown): Readonly<Record<string, number>> => {
    if (given === undefined) return {};
    if (typeof given === "object" && given !== null && !Array.isArray(given))
      return given as Record<string, number>;
    const found: Record<string, number> = {};
    for (const part of [given].flat().map(String)) {
      const [, name, size] = /^(.+)=(\d{1,8})$/.exec(part) ?? [];
      if (name === undefined) throw new UsageError(`--dim: expected a size as batch=1, found ${quote(part)}`);
      if (Object.hasOwn(found, name)) throw new UsageError(`--dim: expected one size for ${name}, found two`);
      found[name] = Number(size);
    }
    return found;
  },
};

/** What is minimised; an `Objective` after reading. */
export const objective = {
  describe: "edp, latency, energy, ed2p, or weighted:W for latency^W x energy^(1-W)",
  default: EDP,
  defaultDescription: "edp",
  requiresArg: true,
  coerce: (value: unknown): Objective =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Objective)
      : parseObjective(String(once<unknown>("objective")(value as string)), "--objective"),
};

/** The same where it may not be given with other flags: then undefined. */
export const optionalObjective = {
  ...objective,
  default: undefined,
  coerce: (value: unknown): Objective | undefined =>
    value === undefined ? undefined : objective.coerce(value),
};

/** `--workers` where one thread does it in milliseconds: no more than the most, and scripts may give it to any command. */
export const idleWorkers = { ...shared.workers, hidden: true };

/** Of the analytical proofs. */
export const allowPadding = {
  describe: "Pad bounds where that pays",
  type: "boolean",
  default: false,
} as const;

/** Ends a search early. */
export const limits = {
  budget: {
    describe: "Give the best answer so far after this time, as 60s",
    requiresArg: true,
    coerce: duration("budget"),
  },
  evaluations: {
    describe: "The same after so many candidates priced",
    requiresArg: true,
    coerce: (value: unknown): number | undefined =>
      value === undefined ? undefined : integer("evaluations", 1, 1e15)(value),
  },
};

/** A flag's one value; yargs makes a list of a flag that is given twice. */
export function once<T>(flag: string): (value: T | readonly T[]) => T {
  return (value) => {
    if (Array.isArray(value)) throw new UsageError(`--${flag}: expected one value, found ${value.length}`);
    return value as T;
  };
}

/** A flag that takes one of some names. */
export function oneOf<T extends string>(flag: string, names: readonly T[]) {
  return { choices: names, requiresArg: true, coerce: once<T>(flag) } as const;
}

/** A reader of integer flags; `1e6` is an integer. */
export function integer(flag: string, least: number, most: number): (value: unknown) => number {
  return (given) => {
    const value = once<unknown>(flag)(given);
    const number = typeof value === "number" ? value : value === "" ? Number.NaN : Number(value);
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    throw new UsageError(`--${flag}: expected an integer from ${least} to ${most}, found ${quote(value)}`);
  };
}

/** A reader of positive decimal flags. */
export function positive(flag: string): (value: unknown) => number | undefined {
  return (given) => {
    if (given === undefined) return undefined;
    const value = once<unknown>(flag)(given);
    const number = value === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number) && number > 0) return number;
    throw new UsageError(`--${flag}: expected a number above 0, found ${quote(value)}`);
  };
}

/** A reader of durations such as `60s`, `5m`, `2h`; in milliseconds. */
export function duration(flag: string): (value: unknown) => number | undefined {
  return (given) => {
    if (given === undefined) return undefined;
    const value = String(once<unknown>(flag)(given));
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
    const unit = { ms: 1, s: 1e3, m: 60e3, h: 3600e3 }[match?.[2] ?? ""];
    if (match && unit !== undefined && Number(match[1]) > 0) return Number(match[1]) * unit;
    throw new UsageError(`--${flag}: expected a duration such as 60s, 5m or 2h, found ${quote(value)}`);
  };
}
