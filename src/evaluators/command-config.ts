import { dirname, resolve } from "node:path";
import { InputError, quote } from "../errors.ts";
import { PROFILES, type Profile } from "../fidelity/evaluator.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";
import type { CommandOptions } from "./command.ts";

/** An external evaluator as a file describes it. */
export interface CommandConfig extends CommandOptions {
  /** What distinguishes the program's answers, by the user's word: the RTL's commit, the bitstream, its clock. */
  readonly identity: string;
}

const KEYS = [
  "version",
  "identity",
  "command",
  "cwd",
  "environment",
  "timeoutSeconds",
  "graceSeconds",
  "attempts",
  "backoffSeconds",
  "longestBackoffSeconds",
  "parallel",
  "profile",
];
const DEFAULTS = {
  timeoutSeconds: 3600,
  graceSeconds: 5,
  attempts: 3,
  backoffSeconds: 1,
  longestBackoffSeconds: 60,
  parallel: 1,
} as const;

/**
 * An external evaluator from a parsed JSON or YAML document
 * `{ version?, identity, command: [program, argument, ...], cwd?, environment?, timeoutSeconds?, graceSeconds?, attempts?,
 * backoffSeconds?, longestBackoffSeconds?, parallel?, profile? }`. A relative `cwd`, default `.`, is taken from the folder of the file.
 *
 * @throws InputError
 */
export function parseCommandConfig(document: unknown, file: string): CommandConfig {
  const fields = asRecord(document, file, "a mapping with identity and command");
  rejectUnknownKeys(fields, KEYS, file);
  const fail = (key: string, expected: string): never => {
    throw new InputError({ where: `${file}: ${key}`, expected, found: quote(fields[key]) });
  };
  const { version = 1, identity, command, cwd = ".", environment = {}, profile } = fields;
  if (version !== 1) return fail("version", "1");
  if (typeof identity !== "string" || identity === "")
    return fail("identity", "a text that changes with whatever changes the answers");
  if (!isTexts(command) || command.length === 0)
    return fail("command", "a list of the program and its arguments");
  if (typeof cwd !== "string") return fail("cwd", "a folder");
  if (typeof environment !== "object" || environment === null || !isTexts(Object.values(environment)))
    return fail("environment", "texts by name");
  if (profile !== undefined && !PROFILES.includes(profile as Profile))
    return fail("profile", PROFILES.join(" or "));
  const number = (key: keyof typeof DEFAULTS, least: number, most: number, whole: boolean): number => {
    const value = fields[key] ?? DEFAULTS[key];
    if (typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value;
    return fail(key, `${whole ? "an integer" : "a number"} from ${least} to ${most}`);
  };
  return {
    identity,
    command,
    cwd: resolve(dirname(file), cwd),
    environment: environment as Readonly<Record<string, string>>,
    // setTimeout takes 31 bits of milliseconds.
    timeoutMs: 1000 * number("timeoutSeconds", 0.001, 2e6, false),
    graceMs: 1000 * number("graceSeconds", 0, 2e6, false),
    attempts: number("attempts", 1, 100, true),
    backoff: {
      firstMs: 1000 * number("backoffSeconds", 0, 2e6, false),
      longestMs: 1000 * number("longestBackoffSeconds", 0, 2e6, false),
    },
    parallel: number("parallel", 1, 10_000, true),
    ...(profile === undefined ? {} : { profile: profile as Profile }),
  };
}

/** The identity under which answers of a program are stored: its word, and the command line. */
export function commandIdentity({ identity, command, profile }: CommandConfig): string {
  return `command ${JSON.stringify([identity, command, profile ?? null])}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
