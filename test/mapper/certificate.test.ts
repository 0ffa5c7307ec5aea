import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { type Certificate, createCertifier } from "../../src/mapper/certificate.ts";
import { type MapRequest, mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP, ENERGY, LATENCY, parseObjective } from "../../src/mapper/objective.ts";
import { type Layer, toLayerShape } from "../../src/workload/layer.ts";
import { checkCertificate } from "./check-certificate.ts";

const module = await loadModule();
const engine = await createEngine(module, 4096);
const hardware = { peDim: 4, scratchpadKib: 1, accumulatorKib: 1 };
const conv = toLayerShape({ K: 4, C: 3, P: 14, Q: 3, R: 3, Wstride: 2 });
const layers: readonly Layer[] = [
  { name: "conv", count: 3, groups: 1, shape: conv },
  { name: "again", count: 1, groups: 1, shape: conv },
  { name: "corner", count: 2, groups: 1, shape: toLayerShape({ K: 6, P: 4, R: 4, N: 2, Wdilation: 2 }) },
  { name: "matmul", count: 5, groups: 1, shape: toLayerShape({ K: 8, C: 12, P: 7 }) },
];
/** Layers with fronts of several pairs, on banks of two words; two have one shape. */
const tight = { peDim: 128, scratchpadKib: 1, accumulatorKib: 1 };
const dilated = toLayerShape({ P: 3, R: 6, S: 18, Hdilation: 4 });
const rich: readonly Layer[] = [
  { name: "dilated", count: 3, groups: 1, shape: dilated },
  { name: "again", count: 1, groups: 1, shape: dilated },
  { name: "batch", count: 2, groups: 1, shape: toLayerShape({ N: 5, C: 5, R: 2, S: 2, Wdilation: 2 }) },
];

async function certify(more: Partial<MapRequest> = {}): Promise<Certificate> {
  const request = { layers, hardware, objective: EDP, ...more };
  const certifier = createCertifier(request);
  const result = await mapNetwork(module, { ...request, onWindow: certifier.onWindow });
  return JSON.parse(JSON.stringify(certifier.finish("test", request.objective, result))) as Certificate;
}

test("a certificate stands up to enumerating everything that it speaks of", async () => {
  const certificate = await certify();

  assert.equal(certificate.optimal, true);
  assert.deepEqual(
    certificate.layers.map(({ name, search }) => [name, search]),
    [
      ["conv", 0],
      ["again", 0],
      ["corner", 1],
      ["matmul", 2],
    ],
  );
  assert.deepEqual(checkCertificate(engine, certificate), []);
  const windows = certificate.searches.flatMap(({ variants }) => variants.flatMap((one) => one.windows));
  assert.ok(windows.some(({ status }) => status === "cut"));
  assert.ok(windows.every(({ status }) => status !== "open"));
});

test("under caps a certificate stands up too, where layers of one shape have different mappings", async () => {
  const [thriftiest, quickest] = [
    await certify({ layers: rich, hardware: tight, objective: ENERGY }),
    await certify({ layers: rich, hardware: tight, objective: LATENCY }),
  ];
  let split = 0;
  for (const share of [0.2, 0.35, 0.5, 0.65, 0.8]) {
    const [low, high] = [quickest.totals.latencyCycles, thriftiest.totals.latencyCycles];
    const latencyCycles = Math.floor(low + share * (high - low));
    for (const name of ["energy", "edp"]) {
      const certificate = await certify({
        layers: rich,
        hardware: tight,
        objective: parseObjective(name),
        caps: { latencyCycles },
      });

      assert.deepEqual(checkCertificate(engine, certificate), [], `${name} ${latencyCycles}`);
      assert.deepEqual(certificate.caps, { latencyCycles });
      assert.equal(certificate.optimal, true);
      const [first, second] = certificate.layers;
      if (first?.pick !== second?.pick) split++;
    }
  }
  assert.ok(split > 0, "no cap split the layers of one shape");
});

test("a certificate of a search that was ended lists what is open, and its gap can be checked", async () => {
  let open = 0;
  let rest = 0;
  for (const more of [{}, { allowPadding: true }, { caps: { energyPj: 1e9 } }] as const) {
    for (const evaluations of [1, 3, 6, 9]) {
      const certificate = await certify({ layers: rich, hardware: tight, ...more, evaluations });
      const variants = certificate.searches.flatMap((search) => search.variants);

      assert.deepEqual(checkCertificate(engine, certificate), [], JSON.stringify({ more, evaluations }));
      assert.ok(certificate.optimal || certificate.gap > 0);
      open += variants.flatMap(({ windows }) => windows.filter(({ status }) => status === "open")).length;
      rest += variants.filter((variant) => variant.rest).length;
    }
  }
  assert.ok(open > 0 && rest > 0, `${open} ${rest}`);
});

test("two shapes of one name have a search each", async () => {
  const named = layers.map((layer) => ({ ...layer, name: "same" }));
  const certificate = await certify({ layers: named });

  assert.deepEqual(
    certificate.layers.map(({ search }) => search),
    [0, 0, 1, 2],
  );
  assert.deepEqual(checkCertificate(engine, certificate), []);
});

test("a certificate counts its windows as the statistics do, and says which tiles and caps it speaks of", async () => {
  const request = { layers: layers.slice(3), tiles: { P: 7 }, caps: { latencyCycles: 1e9 } };
  const certificate = await certify(request);
  const all = await certify();
  const whole = await mapNetwork(module, { layers, hardware, objective: EDP });

  assert.deepEqual([certificate.tiles, certificate.caps], [request.tiles, request.caps]);
  assert.deepEqual(
    certificate.searches[0]?.variants[0]?.windows.map(({ tile }) => tile.P),
    [7],
  );
  assert.deepEqual(checkCertificate(engine, certificate), []);
  const windows = all.searches.flatMap(({ variants }) => variants.flatMap((variant) => variant.windows));
  assert.equal(windows.length, whole.statistics.windows);
  assert.equal(windows.filter(({ status }) => status === "cut").length, whole.statistics.windowsCut);
  assert.equal(
    windows.filter(({ status }) => status === "over-capacity").length,
    whole.statistics.windowsOverCapacity,
  );
});

test("a certificate with padding speaks of every padded shape", async () => {
  const certificate = await certify({ allowPadding: true });

  assert.ok(certificate.searches.every(({ variants }) => variants.length > 1));
  assert.deepEqual(checkCertificate(engine, certificate), []);
});

test("a certificate of more windows than a file can hold is refused before the work", () => {
  const shape = toLayerShape({ N: 720, P: 5040, Q: 2520, R: 12, S: 12 });
  assert.throws(
    () => createCertifier({ layers: [{ name: "huge", count: 1, groups: 1, shape }], hardware }),
    /certificate: expected layers of at most 1000000 windows together, found 3110400/,
  );
});

test("the check finds a certificate that is not true", async () => {
  const certificate = await certify();
  const [first, ...rest] = certificate.searches;
  const [variant] = first?.variants ?? [];
  if (!first || !variant) throw new Error("no search");
  const withWindows = (windows: typeof variant.windows): Certificate => ({
    ...certificate,
    searches: [{ ...first, variants: [{ ...variant, windows }] }, ...rest],
  });
  const point = first.front[0];
  if (!point) throw new Error("no front");
  const forged: readonly Certificate[] = [
    {
      ...certificate,
      searches: [
        { ...first, front: first.front.map((one) => ({ ...one, energyPj: one.energyPj * 1.001 })) },
        ...rest,
      ],
    },
    withWindows(variant.windows.slice(1)),
    withWindows(variant.windows.map((window) => ({ ...window, latencyAtLeast: 1e9 }))),
    withWindows(variant.windows.map((window) => ({ ...window, status: "over-capacity" as const }))),
    { ...certificate, totals: { ...certificate.totals, energyUj: certificate.totals.energyUj * 0.999 } },
    { ...certificate, caps: { latencyCycles: certificate.totals.latencyCycles - 1 } },
    { ...certificate, searches: [{ ...first, front: first.front.slice(1) }, ...rest] },
  ];
  const ended = await certify({ evaluations: 1 });

  for (const bad of [...forged, { ...ended, optimal: true }, { ...ended, gap: 0 }])
    assert.notDeepEqual(checkCertificate(engine, bad), []);
});
