// npm run bench:mapper: what the exact mapper and the exact co-design take and give. One thread unless it says otherwise.
// Each round does every network once, in turns.
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { codesign } from "../src/codesign/codesign.ts";
import { createEngine } from "../src/fidelity/engine.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { LayerSearch } from "../src/mapper/layer-search.ts";
import { mapNetwork } from "../src/mapper/map-network.ts";
import { EDP } from "../src/mapper/objective.ts";
import { bestOfRandom } from "../src/mapper/random.ts";
import { builtinWorkload } from "../src/workload/builtin.ts";
import { parseWorkload } from "../src/workload/workload.ts";
import { searchedDesigns } from "../test/mapper/searched-designs.ts";

const ROUNDS = Number(process.env["POLARIS_BENCH_ROUNDS"] ?? 9);
const NETWORKS = ["resnet50", "bert", "retinanet", "unet"];
const GEMMINI = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
const DATA = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const module = await loadModule();

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const millions = (value: number): string => (value / 1e6).toFixed(1).padStart(7);
const title = (text: string): void => console.log(`\n${text}`);

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
);

title(`map, Gemmini 16x16, 128 + 32 KiB: every layer and the network proven, ${ROUNDS} rounds`);
const times = new Map(NETWORKS.map((name) => [name, [] as number[]]));
const results = new Map<string, Awaited<ReturnType<typeof mapNetwork>>>();
for (let round = 0; round < ROUNDS; round++) {
  for (const name of NETWORKS) {
    const started = performance.now();
    results.set(
      name,
      await mapNetwork(module, { layers: builtinWorkload(name).layers, hardware: GEMMINI, objective: EDP }),
    );
    times.get(name)?.push(performance.now() - started);
  }
}
for (const [name, list] of times) {
  const { statistics, optimal } = results.get(name) as NonNullable<ReturnType<typeof results.get>>;
  console.log(
    `  ${name.padEnd(10)} first ${list[0]?.toFixed(0).padStart(4)}  best ${Math.min(...list)
      .toFixed(1)
      .padStart(
        6,
      )}  median ${median(list).toFixed(1).padStart(6)} ms; optimal ${optimal}; ${statistics.covered.toLocaleString("en-US")} candidates covered (${millions((statistics.covered / median(list)) * 1000)} M/s), ${statistics.evaluated.toLocaleString("en-US")} priced (${millions((statistics.evaluated / median(list)) * 1000)} M/s)`,
  );
}

title("best of so many random valid mappings a layer over the proven optimum: network EDP, seeds 0 to 4");
const engine = await createEngine(module, 4096);
for (const name of NETWORKS) {
  const { totals } = results.get(name) as NonNullable<ReturnType<typeof results.get>>;
  const cells = [100, 1000, 10_000].map((samples) => {
    const ratios = [0, 1, 2, 3, 4].map((seed) => {
      const random = bestOfRandom(engine, builtinWorkload(name).layers, GEMMINI, EDP, samples, seed);
      return (random.latencyCycles * random.energyPj * 1e-12) / totals.edpJCycles;
    });
    return `${samples}: ${median(ratios).toFixed(3)} (${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`;
  });
  console.log(`  ${name.padEnd(10)} ${cells.join("; ")}`);
}

const optimised = join(DATA, "firesim-gemmini-optimised.csv");
if (existsSync(optimised)) {
  const ratios = searchedDesigns(optimised).map(({ shape, hardware, mapping }) => {
    engine.batch.write(0, mapping);
    engine.evaluateNow(shape, hardware, 1);
    const search = new LayerSearch(module, shape, hardware);
    search.advance(Number.POSITIVE_INFINITY);
    const least = Math.min(
      ...search.points().map(({ latencyCycles, energyPj }) => latencyCycles * energyPj * 1e-12),
    );
    return engine.batch.edpJCycles(0) / least;
  });
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  title(
    "DOSA's published mappings over ours, on the hardware of their rows (analytical EDP, layer by layer)",
  );
  console.log(
    `  ${ratios.length} rows: geometric mean ${mean.toFixed(3)}, least ${Math.min(...ratios).toFixed(6)}, most ${Math.max(...ratios).toFixed(2)}`,
  );
} else {
  title(`skipped: DOSA's mappings need ${optimised} (POLARIS_DATA)`);
}

// DOSA's published designs for the analytical model (16x16): area and EDP of the network, Hong et al., MICRO 2023.
const DOSA: Readonly<Record<string, { readonly areaMm2: number; readonly edp: number }>> = {
  resnet50: { areaMm2: 0.75454, edp: 243_141.9 },
  bert: { areaMm2: 0.499939, edp: 5_861.01 },
  retinanet: { areaMm2: 1.238952, edp: 124_473.8 },
  unet: { areaMm2: 1.862173, edp: 297_212_671 },
};
const everySize = Array.from({ length: 2048 }, (_, i) => i + 1);
const arrays = [2, 4, 8, 16, 32, 64, 128].map((peDim) => ({ peDim }));
title(
  `exact co-design, peDim 2..128 (powers of two) x all integer KiB 1..2048 of both memories, area of DOSA's design; ${availableParallelism()} workers, 3 runs`,
);
let log = 0;
for (const name of NETWORKS) {
  const table = join(DATA, "workloads", `${name}.json`);
  const published = existsSync(table);
  const workload = published
    ? parseWorkload(JSON.parse(readFileSync(table, "utf8")), table)
    : builtinWorkload(name);
  const { areaMm2, edp } = DOSA[name] as NonNullable<(typeof DOSA)[string]>;
  const seconds: number[] = [];
  let found: Awaited<ReturnType<typeof codesign>> | undefined;
  for (let run = 0; run < 3; run++) {
    const pool = await createJobPool(availableParallelism());
    const started = performance.now();
    found = await codesign(pool, {
      workloads: [workload],
      space: { arrays, scratchpadKib: everySize, accumulatorKib: everySize, maxAreaMm2: areaMm2 },
      objective: EDP,
    });
    seconds.push((performance.now() - started) / 1000);
    await pool.close();
  }
  if (!found) continue;
  const ours = found.networks[0]?.totals.edpJCycles ?? Number.NaN;
  log += Math.log(edp / ours);
  console.log(
    `  ${name.padEnd(10)} ${seconds.map((value) => value.toFixed(2)).join(" ")} s; optimal ${found.optimal}; ${found.boxes} boxes; ${found.hardware.peDim}x${found.hardware.peDim}, ${found.hardware.scratchpadKib} + ${found.hardware.accumulatorKib} KiB, EDP ${ours.toPrecision(6)} J*cycles; DOSA's ${(edp / ours).toFixed(3)} times that${published ? "" : " (other layer counts: POLARIS_DATA has DOSA's)"}`,
  );
}
console.log(`  geometric mean of DOSA's over ours: ${Math.exp(log / NETWORKS.length).toFixed(3)}`);
