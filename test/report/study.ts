import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createLocalPool } from "../../src/mapper/archive-pool.ts";
import { bestOn, collectNetwork, layersOf } from "../../src/mapper/network-archive.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { builtinWorkload, loadModule } from "../../src/starlight.ts";

export interface StudyTotals {
  readonly latencyCycles: number;
  readonly energyUj: number;
  readonly areaMm2: number;
}

/**
 * Writes the journal of a study of DLRM as `search --sampler` does: random memories on one array, the best mappings on each.
 *
 * @returns the totals of its trials
 */
export async function writeStudy(
  file: string,
  trials: number,
  seed: number,
): Promise<readonly StudyTotals[]> {
  const module = await loadModule();
  const pool = createLocalPool(module);
  const { layers } = builtinWorkload("dlrm");
  const range = {
    leastScratchpadKib: 1,
    mostScratchpadKib: 256,
    leastAccumulatorKib: 1,
    mostAccumulatorKib: 64,
  };
  const network = await collectNetwork(pool, { layers, array: { peDim: 16 }, range });
  const rng = createRng(seed);
  const out = createWriteStream(file);
  const head = {
    op: "study",
    version: 1,
    sampler: "random",
    seed,
    problem: "00",
    package: "0.1.0",
    engine: "node",
  };
  out.write(`${JSON.stringify({ ...head, workloads: ["dlrm"], objective: "edp" })}\n`);
  const totals: StudyTotals[] = [];
  const known = new Map<string, { readonly sums: StudyTotals; readonly mappings: readonly string[] }>();
  for (let trial = 0; trial < trials; trial++) {
    const scratchpadKib = 1 + Math.floor(rng() * 256);
    const accumulatorKib = 1 + Math.floor(rng() * 64);
    const key = `${scratchpadKib} ${accumulatorKib}`;
    let entry = known.get(key);
    if (!entry) {
      const point = bestOn(network, scratchpadKib, accumulatorKib, EDP);
      if (!point) throw new Error("nothing fits");
      entry = { sums: point.totals, mappings: layersOf(network, point, EDP).map(({ mapping }) => mapping) };
      known.set(key, entry);
    }
    const { sums, mappings } = entry;
    totals.push(sums);
    const outcome = {
      status: "found",
      design: { hardware: { peDim: 16, scratchpadKib, accumulatorKib }, mappings: [mappings] },
      sums: [{ latencyCycles: sums.latencyCycles, energyPj: sums.energyUj * 1e6 }],
      evaluated: 700,
      carry: null,
    };
    const line = JSON.stringify({ op: "trial", trial, job: { trial }, outcome, seconds: trial / 1000 });
    if (!out.write(`${line}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return totals;
}
