// npm run study [-- part...]: every figure of docs/benchmarks.md. A part is `<space>/<network>/<sampler>/<seed>`; arguments choose
// parts by prefix, with `*` for any name between two slashes. Each part keeps a journal under bench/results/study and goes on from
// it, so a run may be killed and repeated. npm run study:tables prints the tables.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { codesign } from "../src/codesign/codesign.ts";
import { createJobPool, type JobPool } from "../src/jobs/pool.ts";
import type { Budget } from "../src/search/study.ts";
import { runNamedStudy, SAMPLERS, type SamplerName } from "../src/studies/named.ts";
import { NETWORKS, partName, problemOf, RESULTS, SEEDS, SPACES, type SpaceName } from "./study-parts.ts";

/** DOSA's budgets (its run_search.py): 7 starts of 1,490 steps; 10 random configs of 1,000 mappings a layer; 110 of 100. */
const BUDGETS: Readonly<Record<SamplerName, Budget>> = {
  anneal: { evaluations: 5e7 },
  genetic: { evaluations: 5e7 },
  dosa: {},
  random: { trials: 10 },
  bayes: { trials: 110 },
};

/** What a finished part leaves beside its journal. */
export interface PartSummary {
  readonly machine: string;
  readonly date: string;
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly edpJCycles: number;
  readonly evaluated: number;
  readonly optimal?: boolean;
}

const wanted = process.argv.slice(2).map((pattern) => pattern.split("/"));
const workers = availableParallelism();
mkdirSync(RESULTS, { recursive: true });

for (const space of Object.keys(SPACES) as SpaceName[]) {
  for (const network of NETWORKS) {
    await part(space, network, "polaris", 0, prove);
    for (const sampler of SAMPLERS) {
      for (const seed of SEEDS) await part(space, network, sampler, seed, search);
    }
  }
}

type Work = (
  pool: JobPool,
  space: SpaceName,
  network: string,
  sampler: string,
  seed: number,
) => Promise<Pick<PartSummary, "edpJCycles" | "evaluated" | "optimal">>;

/** Runs a part that was chosen and is not finished. */
async function part(
  space: SpaceName,
  network: string,
  sampler: string,
  seed: number,
  work: Work,
): Promise<void> {
  const name = partName(space, network, sampler, seed);
  const names = name.split("/");
  if (wanted.length > 0 && !wanted.some((one) => one.every((word, i) => word === "*" || word === names[i])))
    return;
  const file = join(RESULTS, `${names.join("-")}.json`);
  if (existsSync(file)) return;
  const pool = await createJobPool(workers);
  const [started, used] = [performance.now(), process.cpuUsage()];
  const found = await work(pool, space, network, sampler, seed);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  await pool.close();
  const summary: PartSummary = {
    machine: `${cpus()[0]?.model}, ${workers} cores, Node ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
    seconds,
    cpuSeconds: (user + system) / 1e6,
    ...found,
  };
  writeFileSync(file, `${JSON.stringify(summary)}\n`);
  console.log(
    `${name.padEnd(32)} ${found.edpJCycles.toPrecision(6).padStart(12)} J*cycles  ${summary.cpuSeconds.toFixed(1).padStart(7)} s of CPU`,
  );
}

async function prove(
  pool: JobPool,
  space: SpaceName,
  network: string,
): Promise<Pick<PartSummary, "edpJCycles" | "evaluated" | "optimal">> {
  const { networks, optimal, evaluated } = await codesign(pool, problemOf(space, network));
  return { edpJCycles: networks[0]?.totals.edpJCycles ?? Number.NaN, evaluated, optimal };
}

async function search(
  pool: JobPool,
  space: SpaceName,
  network: string,
  sampler: string,
  seed: number,
): Promise<Pick<PartSummary, "edpJCycles" | "evaluated">> {
  const name = sampler as SamplerName;
  const { bestCost, evaluated } = await runNamedStudy(pool, {
    sampler: name,
    problem: problemOf(space, network),
    seed,
    budget: BUDGETS[name],
    journal: join(RESULTS, `${partName(space, network, sampler, seed).replaceAll("/", "-")}.jsonl`),
    version: (
      JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
    ).version,
    engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
  });
  return { edpJCycles: bestCost * 1e-12, evaluated };
}
