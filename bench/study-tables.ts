// npm run study:tables: what npm run study has found so far, as the tables of docs/benchmarks.md.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { designCost, type TrialOutcome } from "../src/search/trial.ts";
import { SAMPLERS } from "../src/studies/named.ts";
import type { PartSummary } from "./study.ts";
import {
  DOSA_EDP,
  NETWORKS,
  partName,
  problemOf,
  RESULTS,
  SEEDS,
  SPACES,
  type SpaceName,
} from "./study-parts.ts";

/** Mappings priced after which a column of the convergence tables looks. */
const CHECKPOINTS = [3e5, 1e6, 3e6, 1e7, 2e7, 5e7];

const file = (space: SpaceName, network: string, sampler: string, seed: number): string =>
  join(RESULTS, partName(space, network, sampler, seed).replaceAll("/", "-"));

function summary(space: SpaceName, network: string, sampler: string, seed: number): PartSummary | undefined {
  const name = `${file(space, network, sampler, seed)}.json`;
  return existsSync(name) ? (JSON.parse(readFileSync(name, "utf8")) as PartSummary) : undefined;
}

function summaries(space: SpaceName, network: string, sampler: string): readonly PartSummary[] {
  return SEEDS.flatMap((seed) => summary(space, network, sampler, seed) ?? []);
}

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[(values.length - 1) >> 1] ?? Number.NaN;
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const ratio = (value: number): string =>
  value < 1.1 ? value.toFixed(4) : value < 10 ? value.toFixed(2) : value.toFixed(1);

/** Median, least and most. */
function spread(values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return "-";
  const all = sorted(values);
  const [least, most] = [format(all[0] as number), format(all.at(-1) as number)];
  return least === most ? least : `${format(median(values))} (${least} to ${most})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`| ${head.join(" | ")} |\n|${head.map(() => " --- ").join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

/** Best cost of a journal after so many mappings, in J x cycles; Infinity before the first trial. */
function bestAfter(journal: string, evaluations: number, space: SpaceName, network: string): number {
  const { objective } = problemOf(space, network);
  let priced = 0;
  let best = Number.POSITIVE_INFINITY;
  for (const line of readFileSync(journal, "utf8").trim().split("\n").slice(1)) {
    const { outcome } = JSON.parse(line) as { readonly outcome: TrialOutcome<unknown> };
    priced += outcome.evaluated;
    if (priced > evaluations) break;
    if (outcome.status === "found") best = Math.min(best, designCost(objective, outcome.sums) * 1e-12);
  }
  return best;
}

for (const space of Object.keys(SPACES) as SpaceName[]) {
  console.log(`## ${space}\n`);
  const proofs = NETWORKS.map((network) => summary(space, network, "polaris", 0));
  table(
    ["", ...NETWORKS],
    [
      ["proven optimum, J x cycles", ...proofs.map((one) => one?.edpJCycles.toPrecision(6) ?? "-")],
      ["`polaris`, s of CPU", ...proofs.map((one) => one?.cpuSeconds.toFixed(1) ?? "-")],
      ...(space === "uncapped"
        ? []
        : [
            [
              "DOSA's published design / optimum",
              ...proofs.map((one, i) =>
                one ? ratio((DOSA_EDP[NETWORKS[i] as string] ?? 0) / one.edpJCycles) : "-",
              ),
            ],
          ]),
      ...SAMPLERS.flatMap((sampler) => {
        const all = NETWORKS.map((network) => summaries(space, network, sampler));
        if (all.every((found) => found.length === 0)) return [];
        return [
          [
            `\`${sampler}\` / optimum`,
            ...all.map((found, i) =>
              spread(
                found.map(({ edpJCycles }) => edpJCycles / (proofs[i]?.edpJCycles ?? Number.NaN)),
                ratio,
              ),
            ),
          ],
          [
            `\`${sampler}\`, s of CPU`,
            ...all.map((found) =>
              spread(
                found.map(({ cpuSeconds }) => cpuSeconds),
                (s) => s.toFixed(1),
              ),
            ),
          ],
          [
            `\`${sampler}\`, mappings priced`,
            ...all.map((found) =>
              spread(
                found.map(({ evaluated }) => evaluated),
                (n) => n.toExponential(1),
              ),
            ),
          ],
          [`\`${sampler}\`, seeds`, ...all.map((found) => String(found.length))],
        ];
      }),
    ],
  );
  for (const sampler of ["anneal", "genetic"] as const) {
    const rows = NETWORKS.flatMap((network, i) => {
      const journals = SEEDS.map((seed) => `${file(space, network, sampler, seed)}.jsonl`).filter(existsSync);
      const optimum = proofs[i]?.edpJCycles;
      if (journals.length === 0 || optimum === undefined) return [];
      const cells = CHECKPOINTS.map((count) =>
        spread(
          journals.map((journal) => bestAfter(journal, count, space, network) / optimum),
          ratio,
        ),
      );
      return [[network, ...cells.map((cell) => cell.replaceAll("Infinity", "none yet"))]];
    });
    if (rows.length === 0) continue;
    console.log(`\`${sampler}\`, best EDP / optimum after so many mappings:\n`);
    table(["network", ...CHECKPOINTS.map((count) => count.toExponential(0))], rows);
  }
  const against = (sampler: string): readonly (number | undefined)[] =>
    NETWORKS.map((network) => {
      const [dosa, other] = [summaries(space, network, "dosa"), summaries(space, network, sampler)];
      if (dosa.length === 0 || other.length === 0) return undefined;
      const best = (found: readonly PartSummary[]): number =>
        median(found.map(({ edpJCycles }) => edpJCycles));
      return best(other) / best(dosa);
    });
  const rows = (["random", "bayes"] as const).flatMap((sampler) => {
    const found = against(sampler);
    const known = found.filter((one) => one !== undefined);
    if (known.length === 0) return [];
    return [
      [
        sampler,
        ...found.map((one) => (one === undefined ? "-" : ratio(one))),
        `${ratio(geometricMean(known))} of ${known.length}`,
      ],
    ];
  });
  if (rows.length > 0) {
    console.log("Median EDP over the median of `dosa`, each at DOSA's budget:\n");
    table(["", ...NETWORKS, "geometric mean"], rows);
  }
}
