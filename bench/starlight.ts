// npm run bench:starlight: predictions per second of Starlight end to end, and of integer networks alone beside onnxruntime-node on
// the same network, exported. Rounds in turns, so that a neighbour's load meets all alike; CPU time, since wall time counts others.
// The packages that only this file needs are installed with: npm ci --prefix bench/onnxruntime --ignore-scripts
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { dosaCells, dosaHeader } from "../src/designs/dosa-table.ts";
import { createEngine } from "../src/fidelity/engine.ts";
import { createHardware } from "../src/hardware/hardware.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import type { IntegerLayer, IntegerNetwork } from "../src/kernels/network.ts";
import { passesSelfTest, relaxedSimd } from "../src/kernels/relaxed.ts";
import { LayerSearch } from "../src/mapper/layer-search.ts";
import { createRng } from "../src/rng.ts";
import { fromMapping, toMapping } from "../src/space/mapping.ts";
import { RawMapping } from "../src/space/raw-mapping.ts";
import { createMappingSampler } from "../src/space/sample.ts";
import { DEFAULT_STARLIGHT } from "../src/surrogate/default-model.ts";
import { createStarlightEngine } from "../src/surrogate/engine.ts";
import { parseStarlightModel } from "../src/surrogate/model.ts";
import { builtinWorkload } from "../src/workload/builtin.ts";
import { integerNetwork, loadOnnxRuntime, onnxNetwork, plainNetwork } from "./network-contestants.ts";
import { stages } from "./starlight-stages.ts";

const ROUNDS = Number(process.env["POLARIS_BENCH_ROUNDS"] ?? 7);
const BATCH = 4096;
const load = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../build/${name}`, import.meta.url)));
const modules = [{ name: "baseline SIMD", module: load("starlight.wasm") }];
if (relaxedSimd()) {
  const module = load("starlight.relaxed.wasm");
  if (passesSelfTest(module)) modules.push({ name: "relaxed SIMD", module });
}
const model = parseStarlightModel(DEFAULT_STARLIGHT, "built-in model", "gemmini-firesim");

const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

interface Contestant {
  readonly name: string;
  /** Does some predictions, and says how many. */
  readonly run: () => number | Promise<number>;
}

/** Millions of predictions per second of CPU time, by contestant, a value for each round. */
async function compete(contestants: readonly Contestant[]): Promise<Map<string, number[]>> {
  const rates = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const { name, run } of contestants) {
      const started = cpuMicroseconds();
      let done = 0;
      while (cpuMicroseconds() - started < 250_000) done += await run();
      if (round >= 0) rates.get(name)?.push(done / (cpuMicroseconds() - started));
    }
  }
  return rates;
}

function print(rates: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, values] of rates) {
    console.log(
      `  ${name.padEnd(52)} median ${median(values).toFixed(2).padStart(6)}  best ${Math.max(...values)
        .toFixed(2)
        .padStart(6)} M/s`,
    );
  }
}

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}, ${ROUNDS} rounds, CPU time`,
);

// End to end: mapping factors in, latency, interval, energy and EDP out.
const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
const layer = builtinWorkload("resnet50").layers[2];
if (!layer) throw new Error("resnet50 has no third layer");
const { shape } = layer;
const sampler = createMappingSampler(shape, hardware);
const rng = createRng(1);
const random = Array.from({ length: BATCH }, () => {
  const mapping = new RawMapping();
  sampler(rng, mapping);
  return mapping;
});
const baseline = modules[0]?.module as WebAssembly.Module;
const search = new LayerSearch(baseline, shape, hardware, { keepPareto: true });
search.advance(Number.POSITIVE_INFINITY);
const points = search.points();
const best = points.map(({ mapping }) => fromMapping(mapping, new RawMapping()));
const searched = Array.from({ length: BATCH }, (_, i) => best[i % best.length] as RawMapping);
/** As an enumeration visits them: the same loop order for all, the DRAM bound of K changing fastest. */
const sweep = Array.from({ length: BATCH }, (_, i) => {
  const mapping = new RawMapping();
  const digits = [1, 2, 4, 8, 16, 32, 64];
  const digit = (place: number): number => digits[Math.floor(i / 7 ** place) % 7] as number;
  const set = (dim: number, bound: number, inner: number): void => {
    mapping.factors[dim] = bound / inner;
    mapping.factors[14 + dim] = inner;
  };
  set(1, shape.K, Math.min(digit(0), shape.K));
  set(2, shape.C, Math.min(digit(1), shape.C));
  set(3, shape.P, digit(2) % 7 === 0 ? 7 : 14);
  set(4, shape.Q, digit(3) % 2 === 0 ? 28 : 7);
  set(5, shape.R, shape.R);
  set(6, shape.S, shape.S);
  return mapping;
});
const endToEnd: Contestant[] = [];
for (const { name, module } of modules) {
  for (const [what, mappings] of [
    ["random mappings", random],
    ["searched mappings", searched],
    ["sweep order", sweep],
  ] as const) {
    const engine = await createStarlightEngine(module, model, BATCH);
    mappings.forEach((mapping, i) => {
      engine.batch.writeRaw(i, mapping);
    });
    endToEnd.push({
      name: `Starlight, ${name}, ${what}`,
      run: () => {
        engine.evaluateNow(shape, hardware, BATCH);
        return BATCH;
      },
    });
  }
}
const analytical = await createEngine(baseline, BATCH);
random.forEach((mapping, i) => {
  analytical.batch.writeRaw(i, mapping);
});
endToEnd.push({
  name: "analytical model, baseline SIMD",
  run: () => {
    analytical.evaluateNow(shape, hardware, BATCH);
    return BATCH;
  },
});
console.log(`\nEnd to end, one thread, ${BATCH} candidates of one layer`);
print(await compete(endToEnd));

// The same by stages.
for (const { name, module } of modules) {
  for (const [what, mappings] of [
    ["random mappings", random],
    ["searched mappings", searched],
    ["sweep order", sweep],
  ] as const) {
    const { analytical, closedForm, withoutNetwork, whole } = stages(
      module,
      model,
      shape,
      hardware,
      mappings,
    );
    const rates = await compete(
      Object.entries({ analytical, closedForm, withoutNetwork, whole }).map(([stage, run]) => ({
        name: stage,
        run: () => {
          run();
          return BATCH;
        },
      })),
    );
    const ns = (stage: string): number => 1000 / median(rates.get(stage) ?? []);
    const rest = ns("withoutNetwork") - ns("analytical") - ns("closedForm");
    console.log(
      `${`  ${name}, ${what}`.padEnd(40)} ns: whole ${ns("whole").toFixed(0)}, analytical model ${ns("analytical").toFixed(0)}, ` +
        `closed form ${ns("closedForm").toFixed(0)}, network and its inputs ${(ns("whole") - ns("withoutNetwork")).toFixed(0)}, ` +
        `interval and transport ${rest.toFixed(0)}`,
    );
  }
}

// Tables: text in, text out.
const header = dosaHeader("shared");
const line = (mapping: RawMapping): string => dosaCells(toMapping(mapping), shape, hardware).join(",");
const text = Buffer.from(`${random.map(line).join("\n")}\n`);
console.log("\nDesign tables, text to text in memory, wall time");
for (const workers of [1, 2]) {
  const pool = await createJobPool(workers, model);
  const chunk = () =>
    pool.evaluateChunk({ header, bytes: Uint8Array.from(text), format: "csv", keepGoing: false });
  await Promise.all([chunk(), chunk(), chunk(), chunk()]);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await Promise.all(Array.from({ length: 8 }, chunk));
    rates.push((8 * BATCH) / ((performance.now() - started) * 1000));
  }
  console.log(
    `  ${`${workers} worker${workers === 1 ? "" : "s"}`.padEnd(52)} median ${median(rates).toFixed(2).padStart(6)} M rows/s`,
  );
  await pool.close();
}

// Networks alone.
const networkRng = createRng(2);
const randomLayer = (groups: number, inputs: number, units: number): IntegerLayer => ({
  groups,
  inputs,
  units,
  weights: Int8Array.from({ length: groups * inputs * units }, () => Math.floor(networkRng() * 32) - 16),
  biases: Int32Array.from({ length: groups * units }, () => Math.floor(networkRng() * 4000)),
});
const scales = Float32Array.of(1e-4, 1e-4, 1e-4, 1e-4);
const networks: Readonly<Record<string, IntegerNetwork>> = {
  "k64, 40-64-64-4": {
    hidden: [randomLayer(1, 40, 64), randomLayer(1, 64, 64)],
    last: randomLayer(1, 64, 4),
    scales,
  },
  "Starlight's, 36-4x16-4x16-4": model.convolution.network,
};
const ort = loadOnnxRuntime();
for (const [name, network] of Object.entries(networks)) {
  const contestants: Contestant[] = modules.map((one) => ({
    name: `ours, ${one.name}`,
    run: integerNetwork(one.module, network),
  }));
  contestants.push({ name: "plain JavaScript, Float32Array", run: plainNetwork(network) });
  if (ort) {
    for (const form of ["float", "int8"] as const) {
      for (const batch of [1024, 4096]) {
        contestants.push({
          name: `onnxruntime-node ${form}, batch ${batch}`,
          run: await onnxNetwork(ort, network, form, batch),
        });
      }
    }
  }
  console.log(
    `\nNetwork alone, ${name}${ort ? "" : " (onnxruntime-node is not installed: see the head of this file)"}`,
  );
  const rates = await compete(contestants);
  print(rates);
  if (!ort) continue;
  for (const one of modules) {
    const ratio = (form: string): string => {
      const ours = rates.get(`ours, ${one.name}`) ?? [];
      const others = [1024, 4096].map((batch) => rates.get(`onnxruntime-node ${form}, batch ${batch}`) ?? []);
      return median(
        ours.map((value, i) => value / Math.max(...others.map((other) => other[i] ?? 0))),
      ).toFixed(2);
    };
    console.log(
      `  ${one.name} / onnxruntime-node, its better batch, median over rounds: float ${ratio("float")}, int8 ${ratio("int8")}`,
    );
  }
}
