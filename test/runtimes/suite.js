// What every runtime must compute to the same bytes. Plain JavaScript on the portable entry point, with nothing of
// any one runtime in it: each host imports it, runs it and hands the answer back as JSON.
import {
  accessEnergies,
  area,
  BUILTIN_WORKLOADS,
  builtinWorkload,
  codesign,
  collectArchive,
  createHardware,
  createMappingSampler,
  createRng,
  EDP,
  formatMapping,
  loadEngine,
  loadModule,
  loadStarlight,
  macs,
  mapNetwork,
  parseHardware,
  parseMapping,
  parseWorkload,
  RawMapping,
  toLayerShape,
  toMapping,
  violations,
} from "polaris-dse/starlight";

/** More than two tasks of the parallel engine, and no whole number of blocks. */
export const CAPACITY = 70_001;
const MAPPINGS_PER_PAIR = 420;

/** One layer of each kind that the model treats in a way of its own. */
const LAYERS = {
  stem: { K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7, Wstride: 2, Hstride: 2 },
  convolution: { K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 },
  batched: { N: 16, K: 512, C: 512, P: 7, Q: 7, R: 3, S: 3 },
  "strided pointwise": { K: 256, C: 512, P: 14, Q: 14, Wstride: 2, Hstride: 2 },
  depthwise: { P: 56, Q: 56, R: 3, S: 3 },
  dilated: { N: 2, K: 48, C: 20, P: 33, Q: 18, R: 3, S: 5, Wstride: 3, Wdilation: 2, Hdilation: 4 },
  matmul: { K: 3072, C: 768, P: 512 },
  "fully connected": { K: 4096, C: 25088 },
};

/** Both bandwidth regimes; arrays and memories from tiny to the largest. */
const HARDWARE = {
  "8x8, 1 KiB, 1 KiB, shared": { peDim: 8, scratchpadKib: 1, accumulatorKib: 1 },
  "16x16, 128 KiB, 32 KiB, shared": { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
  "16x16, 128 KiB, 32 KiB, split": { peDim: 16, scratchpadKib: 128, accumulatorKib: 32, bandwidth: "split" },
  "12x12, 100 KiB, 20 KiB, split": { peDim: 12, scratchpadKib: 100, accumulatorKib: 20, bandwidth: "split" },
  "37x37, 333 KiB, 77 KiB, shared": { peDim: 37, scratchpadKib: 333, accumulatorKib: 77 },
  "128x128, 2048 KiB, 2048 KiB, split": {
    peDim: 128,
    scratchpadKib: 2048,
    accumulatorKib: 2048,
    bandwidth: "split",
  },
};

/** Input that must be refused, with the same words everywhere. */
const REFUSED = {
  "empty mapping": () => parseMapping(""),
  "wrong dim": () => parseMapping("L3[WIO] P28 X56 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
  "wrong spatial dim": () => parseMapping("L3[WIO] P28 - L2[WI] C4X - L1[O] N1 - L0[W] N1"),
  "factor of zero": () => parseMapping("L3[WIO] P0 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
  "repeated loop": () => parseMapping("L3[WIO] P2 P3 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
  "text after the mapping": () =>
    parseMapping("L3[WIO] P28 - L2[WI] N1 - L1[O] N1 - L0[W] N1 \u00e9\ud83d\ude00\n"),
  "endless mapping": () => parseMapping("L3[WIO] ".repeat(1000)),
  "fractional bound": () => toLayerShape({ K: 1.5 }),
  "bound too large": () => toLayerShape({ K: 2 ** 24 + 1 }),
  "bound not a number": () => toLayerShape({ C: Number.NaN }),
  "input too wide": () => toLayerShape({ P: 2 ** 20, Wstride: 17 }),
  "too many MACs": () => toLayerShape({ K: 2 ** 24, C: 2 ** 24, P: 2 ** 24 }),
  "array too large": () => createHardware({ peDim: 129, scratchpadKib: 128, accumulatorKib: 32 }),
  "no memory": () => createHardware({ peDim: 16, scratchpadKib: 0, accumulatorKib: 32 }),
  "unknown bandwidth": () =>
    createHardware({ peDim: 16, scratchpadKib: 1, accumulatorKib: 1, bandwidth: "\u202eboth" }),
  "hardware without a field": () => parseHardware({ peDim: 16 }, "hardware.json"),
  "hardware with a mistyped field": () => parseHardware({ peDims: 16 }, "hardware.json"),
  "hardware that is a list": () => parseHardware([], "hardware.json"),
  "workload without layers": () => parseWorkload({ layers: [] }, "net.json"),
  "workload with a layer that is no record": () => parseWorkload({ layers: [null] }, "net.json"),
  "workload with a mistyped key": () => parseWorkload({ layers: [{ K: 1, strides: 2 }] }, "net.json"),
  "groups that do not divide": () => parseWorkload({ layers: [{ K: 6, C: 4, groups: 4 }] }, "net.json"),
  "a name twice": () => parseWorkload({ layers: [{ name: "a" }, { name: "a" }] }, "net.json"),
  "unknown network": () => builtinWorkload("resnet51"),
};

/** The whole suite: SHA-256 of everything computed, by name, and figures that a reader can judge. */
export async function runSuite() {
  const engine = await loadEngine(CAPACITY);
  try {
    return {
      ...(await pricePairs(engine)),
      batch: await priceBatch(engine),
      mappers: await mappers(),
      starlight: await starlight(),
      areas: await areas(),
      energies: await hash(
        JSON.stringify(Object.values(HARDWARE).map((it) => accessEnergies(createHardware(it)))),
      ),
      workloads: await workloads(),
      refused: refusals(),
    };
  } finally {
    await engine.close();
  }
}

/**
 * One batch that fills the engine, priced on a large accelerator and then, as it lies there, on a small one that
 * many of the mappings do not fit. Any engine with room for CAPACITY candidates.
 */
export async function priceBatch(engine) {
  const shape = toLayerShape(LAYERS.batched);
  const large = createHardware({ peDim: 32, scratchpadKib: 512, accumulatorKib: 128 });
  const small = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 16, bandwidth: "split" });
  const sample = createMappingSampler(shape, large);
  const rng = createRng(3);
  const raw = new RawMapping();
  for (let i = 0; i < CAPACITY; i++) {
    sample(rng, raw);
    engine.batch.writeRaw(i, raw);
  }
  const answer = { candidates: CAPACITY };
  for (const [name, hardware] of Object.entries({ large, small })) {
    await engine.evaluate(shape, hardware, CAPACITY);
    answer[name] = { bits: await hash(results(engine.batch, CAPACITY)), ...summary(engine.batch, CAPACITY) };
  }
  return answer;
}

/** Random valid mappings of every layer on every accelerator: metrics, some explanations, texts. */
async function pricePairs(engine) {
  const metrics = {};
  const explanations = {};
  const texts = {};
  let seed = 0;
  for (const [layer, bounds] of Object.entries(LAYERS)) {
    const shape = toLayerShape(bounds);
    for (const [name, parameters] of Object.entries(HARDWARE)) {
      const pair = `${layer} on ${name}`;
      const hardware = createHardware(parameters);
      const sample = createMappingSampler(shape, hardware);
      const rng = createRng(1, seed++);
      const mappings = Array.from({ length: MAPPINGS_PER_PAIR }, (_, i) => {
        const raw = new RawMapping();
        sample(rng, raw);
        engine.batch.writeRaw(i, raw);
        return toMapping(raw);
      });
      await engine.evaluate(shape, hardware, mappings.length);
      metrics[pair] = {
        bits: await hash(results(engine.batch, mappings.length)),
        ...summary(engine.batch, mappings.length),
      };
      const written = mappings.map(formatMapping);
      if (written.some((text) => formatMapping(parseMapping(text)) !== text)) {
        throw new Error(`${pair}: a mapping does not survive formatMapping and parseMapping`);
      }
      const broken = mappings.flatMap((mapping) => violations(mapping, shape, hardware));
      if (broken.length > 0) throw new Error(`${pair}: the sampler broke a rule: ${broken[0].message}`);
      texts[pair] = await hash(written.join("\n"));
      explanations[pair] = await hash(
        JSON.stringify(mappings.slice(0, 12).map((mapping) => engine.explain(mapping, shape, hardware))),
      );
    }
  }
  return { metrics, explanations, texts };
}

/** Proven mappings, also padded and cut off early, and a proven co-design. */
async function mappers() {
  const module = await loadModule();
  const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
  const map = async (name, options) => {
    const { layers } = builtinWorkload(name);
    const { totals, gap, ...rest } = await mapNetwork(module, {
      layers,
      hardware,
      objective: EDP,
      ...options,
    });
    return { totals, gap, rest: await hash(JSON.stringify(rest)) };
  };
  const pool = {
    collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range),
  };
  const sizes = Array.from({ length: 256 }, (_, i) => i + 1);
  const found = await codesign(pool, {
    workloads: [builtinWorkload("bert")],
    space: {
      arrays: [{ peDim: 8 }, { peDim: 16 }],
      scratchpadKib: sizes,
      accumulatorKib: sizes,
      maxAreaMm2: 0.4,
    },
    objective: EDP,
  });
  return {
    resnet50: await map("resnet50", {}),
    padded: await map("vit-b16", { allowPadding: true }),
    "cut off": await map("unet", { evaluations: 2000 }),
    "co-design": { hardware: found.hardware, optimal: found.optimal, all: await hash(JSON.stringify(found)) },
  };
}

/** What the learned model predicts, in whichever of its two binaries the runtime takes. */
async function starlight() {
  return { ...(await predicted("gemmini-firesim", 3000)), "own RTL": await predicted("polaris-rtl", 500) };
}

async function predicted(profile, count) {
  const engine = await loadStarlight({ profile, capacity: count });
  const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
  const rng = createRng(4);
  const raw = new RawMapping();
  const answers = {};
  for (const name of ["stem", "convolution", "strided pointwise", "depthwise", "matmul"]) {
    const shape = toLayerShape(LAYERS[name]);
    const sample = createMappingSampler(shape, hardware);
    for (let i = 0; i < count; i++) {
      sample(rng, raw);
      engine.batch.writeRaw(i, raw);
    }
    engine.evaluateNow(shape, hardware, count);
    const { batch } = engine;
    const values = Float64Array.from({ length: 4 * count }, (_, at) => {
      const i = at >> 2;
      return [batch.latencyCycles(i), batch.latencyLow(i), batch.latencyHigh(i), batch.energyPj(i)][at & 3];
    });
    answers[name] = { bits: await hash(values), first: [...values.subarray(0, 4)] };
  }
  return answers;
}

/** Areas over a grid, tabulated and interpolated, bit for bit. */
async function areas() {
  const found = [];
  const sources = { table: 0, interpolated: 0, extrapolated: 0 };
  for (const peDim of [4, 8, 12, 16, 17, 32, 37, 64, 100, 128]) {
    for (const scratchpadKib of [1, 7, 32, 100, 128, 333, 1024, 2048]) {
      for (const accumulatorKib of [1, 5, 16, 32, 77, 512]) {
        const { mm2, source } = area(createHardware({ peDim, scratchpadKib, accumulatorKib }));
        found.push(mm2);
        sources[source]++;
      }
    }
  }
  return { values: await hash(JSON.stringify(found)), sources, first: found.slice(0, 3) };
}

/** Every built-in network: its whole table, and its MACs. */
async function workloads() {
  const networks = {};
  for (const [name, workload] of BUILTIN_WORKLOADS) {
    const total = workload.layers.reduce((sum, { shape, count }) => sum + count * macs(shape), 0);
    const again = parseWorkload(
      { layers: workload.layers.map(({ name, count, shape }) => ({ name, count, ...shape })) },
      name,
    );
    networks[name] = {
      macs: total,
      table: await hash(JSON.stringify(workload)),
      parsed: await hash(JSON.stringify(again)),
    };
  }
  return networks;
}

function refusals() {
  const messages = {};
  for (const [name, attempt] of Object.entries(REFUSED)) {
    try {
      attempt();
      messages[name] = "accepted";
    } catch (error) {
      messages[name] =
        `${error.name}: ${error.message}${error.problem?.hint ? ` (${error.problem.hint})` : ""}`;
    }
  }
  return messages;
}

/** All that a batch says of its first `count` candidates. */
function results(batch, count) {
  const values = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    values[4 * i] = batch.latencyCycles(i);
    values[4 * i + 1] = batch.energyPj(i);
    values[4 * i + 2] = batch.edpJCycles(i);
    values[4 * i + 3] = batch.status(i);
  }
  return values;
}

/** The best candidate and how many are feasible, for readers. */
function summary(batch, count) {
  let feasible = 0;
  let best = 0;
  for (let i = 0; i < count; i++) {
    if (batch.feasible(i)) feasible++;
    if (batch.edpJCycles(i) < batch.edpJCycles(best)) best = i;
  }
  return {
    feasible,
    best: {
      mapping: formatMapping(batch.read(best)),
      latencyCycles: batch.latencyCycles(best),
      energyPj: batch.energyPj(best),
      boundBy: batch.boundBy(best),
    },
  };
}

/** SHA-256 of a text or of the bytes of a typed array. */
async function hash(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data.buffer);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
