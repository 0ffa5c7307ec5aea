import { quote } from "../errors.ts";
import type { Candidate, Outcome } from "../fidelity/evaluator.ts";
import { formatMapping } from "../space/mapping.ts";

/** Version of both documents; docs/formats.md has the protocol. */
const PROTOCOL_VERSION = 1;

/** What a program is asked: one candidate, as one JSON document on stdin. */
export function formatRequest({ shape, hardware, mapping }: Candidate, id: string, attempt: number): string {
  return `${JSON.stringify({
    polaris: "evaluate",
    version: PROTOCOL_VERSION,
    id,
    attempt,
    layer: shape,
    hardware,
    mapping: { text: formatMapping(mapping), ...mapping },
  })}\n`;
}

/** What a program answered, before its energy is known. */
export type Answer =
  | {
      readonly status: "measured";
      readonly latencyCycles: number;
      readonly energyPj?: number;
      readonly counters?: Readonly<Record<string, number>>;
    }
  | Extract<Outcome, { readonly status: "infeasible" | "failed" }>
  /** No answer at all; another attempt may give one. */
  | { readonly status: "garbage"; readonly reason: string };

/**
 * Reads an answer: a JSON object on the last line of stdout that is not blank; what the program says before it is its own affair.
 * `{ version, latencyCycles, energyPj?, counters? }`, `{ version, infeasible: reason }` or `{ version, failed: reason }`.
 */
export function parseAnswer(stdout: string): Answer {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  const garbage = (expected: string, found: unknown): Answer => ({
    status: "garbage",
    reason: `answer: expected ${expected}, found ${quote(found)}`,
  });
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return garbage("a JSON object on the last line of stdout", line === "" ? undefined : line);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return garbage("a JSON object on the last line of stdout", document);
  const { version, latencyCycles, energyPj, counters, infeasible, failed } = document as Record<
    string,
    unknown
  >;
  if (version !== PROTOCOL_VERSION) return garbage(`version ${PROTOCOL_VERSION}`, version);
  if (typeof infeasible === "string") return { status: "infeasible", reason: infeasible };
  if (typeof failed === "string") return { status: "failed", reason: failed };
  if (!isPositive(latencyCycles)) return garbage("latencyCycles, a number above 0", latencyCycles);
  if (energyPj !== undefined && !isPositive(energyPj)) return garbage("energyPj, a number above 0", energyPj);
  if (counters !== undefined && !isCounters(counters)) return garbage("counters, numbers by name", counters);
  return {
    status: "measured",
    latencyCycles,
    ...(energyPj === undefined ? {} : { energyPj }),
    ...(counters === undefined ? {} : { counters }),
  };
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0 && Number.isFinite(value);
}

function isCounters(value: unknown): value is Readonly<Record<string, number>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((count) => typeof count === "number" && Number.isFinite(count))
  );
}
