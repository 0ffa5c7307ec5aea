import type { Interval, Profile } from "../fidelity/evaluator.ts";
import type { AreaSource } from "../hardware/area.ts";
import type { Objective } from "../mapper/objective.ts";
import type { PairedNetwork } from "../promotion/paired-layers.ts";
import type { PredictedDesign } from "../promotion/predicted-design.ts";
import type { VerifiedSearchResult } from "../promotion/verified-search.ts";
import { inJoules } from "../search/trial.ts";
import type { ModelName, VerifierSource } from "./models.ts";
import type { WrittenBy } from "./provenance.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/** What a search on a model, with verification or without, has to tell. */
export interface VerifiedAnswer {
  readonly fidelity: ModelName;
  /** Of the model. */
  readonly profile: Profile | undefined;
  /** Of what verified it; a model that has no profile is asked about this one. */
  readonly verifiedProfile: Profile | undefined;
  readonly verify: VerifierSource | undefined;
  readonly objective: Objective;
  readonly maxAreaMm2: number | undefined;
  readonly result: VerifiedSearchResult;
  /** Whether all designs to choose among were found before a limit ended the search for them. */
  readonly complete: boolean;
  /** The design that is given: the best verified one, or else the most promising. */
  readonly chosen: PredictedDesign;
  readonly networks: readonly PairedNetwork[];
  readonly areaMm2: number;
  readonly areaSource: AreaSource;
}

/** One network: a design that `evaluate` reads. Several: a list of them. */
export function verifiedDocument(answer: VerifiedAnswer, provenance: WrittenBy): string {
  const { networks, chosen, result, objective, maxAreaMm2, verify } = answer;
  const profile = answer.profile ?? answer.verifiedProfile;
  const [only, ...others] = networks;
  return `${JSON.stringify({
    version: 1,
    ...(others.length === 0 ? only : { networks }),
    hardware: chosen.design.hardware,
    areaMm2: answer.areaMm2,
    areaSource: answer.areaSource,
    fidelity: answer.fidelity,
    ...(profile === undefined ? {} : { profile }),
    objective: objective.name,
    ...(maxAreaMm2 === undefined ? {} : { maxAreaMm2 }),
    optimal: false,
    complete: answer.complete,
    predicted: { ...predictedFields(chosen), sums: chosen.sums },
    verified: result.best ? { by: verify?.kind, ...result.best.verified } : null,
    runs: result.runs,
    ended: result.ended,
    others: result.verified.map(({ predicted, verified }) => ({
      hardware: predicted.design.hardware,
      predicted: predictedFields(predicted),
      verified: { cost: verified.cost },
    })),
    failed: result.failed.map(({ design, reason }) => ({ hardware: design.hardware, reason })),
    provenance,
  })}\n`;
}

/** A cost with its interval; without one of a model that gives none, which is no certainty. */
function predictedFields({ cost, interval }: PredictedDesign): {
  readonly cost: number;
  readonly interval?: Interval;
} {
  return hasWidth(interval) ? { cost, interval } : { cost };
}

function hasWidth({ low, high }: Interval): boolean {
  return low < high;
}

/** The same for a terminal. */
export function formatVerified(answer: VerifiedAnswer): string {
  const { areaMm2, areaSource, fidelity, profile, verify, networks } = answer;
  const { peDim, scratchpadKib, accumulatorKib } = answer.chosen.design.hardware;
  return `${peDim}x${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator, ${formatNumber(areaMm2)} mm2${areaSource === "table" ? "" : ` (${areaSource})`}
${standing(answer)}

${networks.map(formatNetwork).join("\n\n")}

Layers: one run each, cycles and uJ as predicted (${fidelity}${profile === undefined ? "" : `, profile ${profile}`}) and as verified (${verify?.kind ?? "not"}). Totals: weighted by runs.
`;
}

const UNITS: Readonly<Record<string, string>> = {
  edp: " J x cycles",
  ed2p: " J x cycles^2",
  latency: " cycles",
  energy: " J",
};

/** What is known of the design, in a sentence that does not mix the two. */
function standing({
  objective,
  fidelity,
  complete,
  result: { best, ended },
  chosen,
}: VerifiedAnswer): string {
  const { name } = objective;
  const shown = (cost: number): string => formatNumber(inJoules(objective, cost));
  const { low, high } = chosen.interval;
  const interval = hasWidth(chosen.interval)
    ? `(90 %: ${shown(low)} to ${shown(high)})`
    : `(no interval: ${fidelity === "analytical" ? "the analytical model has none" : "its layers had been run"})`;
  const predicted = `${shown(chosen.cost)} ${interval}`;
  const unit = UNITS[name] ?? "";
  const cut = complete ? "" : ", and not all designs were found before a limit ended the search for them";
  if (!best)
    return `predicted ${name} ${predicted}${unit}, not verified; that no other is better is not proven${cut}`;
  const end = {
    interval: "no other design considered can be better within the model's intervals",
    budget: "the budget ended the search: others considered may be better",
    exhausted: "every design proposed was run",
    signal: "interrupted: others considered may be better",
  }[ended];
  return `verified ${name} ${shown(best.verified.cost)}${unit}; predicted ${predicted}; ${end}${cut}`;
}

function formatNetwork({ workload, layers }: PairedNetwork): string {
  const shown = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined ? "-" : format(value);
  return `${workload}\n${formatTable(
    [
      { title: "layer", align: "left", width: 24 },
      { title: "runs", align: "right" },
      { title: "cycles predicted", align: "right" },
      { title: "verified", align: "right" },
      { title: "uJ predicted", align: "right" },
      { title: "verified", align: "right" },
      { title: "mapping", align: "left", width: 150 },
    ],
    layers.map(({ name, count, predicted, verified, mapping }) => [
      name,
      String(count),
      shown(predicted?.latencyCycles, formatCount),
      shown(verified?.latencyCycles, formatCount),
      shown(predicted?.energyUj, formatNumber),
      shown(verified?.energyUj, formatNumber),
      mapping,
    ]),
  )}`;
}
