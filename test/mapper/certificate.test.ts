import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { type Certificate, createCertifier } from "../../src/mapper/certificate.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP } from "../../src/mapper/objective.ts";
import type { RawMapping } from "../../src/space/raw-mapping.ts";
import { DIMS, type Layer, toLayerShape } from "../../src/workload/layer.ts";
import { forEachMapping } from "../reference/map-space.ts";

const module = await loadModule();
const hardware = { peDim: 4, scratchpadKib: 1, accumulatorKib: 1 };
const layers: readonly Layer[] = [
  { name: "conv", count: 3, groups: 1, shape: toLayerShape({ K: 4, C: 3, P: 14, Q: 3, R: 3, Wstride: 2 }) },
  { name: "again", count: 1, groups: 1, shape: toLayerShape({ K: 4, C: 3, P: 14, Q: 3, R: 3, Wstride: 2 }) },
  { name: "corner", count: 2, groups: 1, shape: toLayerShape({ K: 6, P: 4, R: 4, N: 2, Wdilation: 2 }) },
  { name: "matmul", count: 5, groups: 1, shape: toLayerShape({ K: 8, C: 12, P: 7 }) },
];

async function certify(allowPadding: boolean): Promise<Certificate> {
  const request = { layers, hardware, objective: EDP, allowPadding };
  const certifier = createCertifier(request);
  const result = await mapNetwork(module, { ...request, onWindow: certifier.onWindow });
  return JSON.parse(JSON.stringify(certifier.finish("test", EDP, result))) as Certificate;
}

/**
 * Checks a certificate by enumerating every mapping of every shape in it. Nothing of the mapper is used.
 *
 * @returns what is wrong
 */
async function check(certificate: Certificate): Promise<readonly string[]> {
  const wrong: string[] = [];
  const engine = await createEngine(module, 4096);
  const accelerator = createHardware(certificate.hardware);
  for (const { names, front: hull, variants } of certificate.layers) {
    const below = (latency: number, energy: number): boolean => {
      if (hull.some((point) => point.latencyCycles <= latency && point.energyPj <= energy)) return false;
      const right = hull.findIndex((point) => point.latencyCycles > latency);
      const [a, b] = [hull[right - 1], hull[right]];
      if (!a || !b) return true;
      const share = (latency - a.latencyCycles) / (b.latencyCycles - a.latencyCycles);
      return energy < (a.energyPj + share * (b.energyPj - a.energyPj)) * (1 - 1e-12);
    };
    const reached = new Set<string>();
    for (const { shape, windows } of variants) {
      const byTile = new Map(windows.map((window) => [JSON.stringify(window.tile), window]));
      if (byTile.size !== windows.length) wrong.push(`${names}: a window twice`);
      const held: string[] = [];
      const tileOf = (mapping: RawMapping): string => {
        const tile = Object.fromEntries(
          (["R", "S", "P", "Q", "N"] as const).map((dim) => [
            dim,
            shape[dim] / mapping.factor(0, DIMS.indexOf(dim)),
          ]),
        );
        return JSON.stringify(tile);
      };
      const flush = (): void => {
        engine.evaluateNow(shape, accelerator, held.length);
        for (const [i, tile] of held.entries()) {
          const window = byTile.get(tile);
          if (!window) {
            wrong.push(`${names}: window ${tile} is missing`);
            continue;
          }
          if (!engine.batch.feasible(i)) continue;
          const [latency, energy] = [engine.batch.latencyCycles(i), engine.batch.energyPj(i)];
          reached.add(`${latency} ${energy}`);
          if (window.status === "over-capacity") wrong.push(`${names}: a mapping of ${tile} fits`);
          if (below(latency, energy))
            wrong.push(`${names}: a mapping of ${tile} (${window.status}) lies below the hull`);
          if (latency < (window.latencyAtLeast ?? 0) || energy < (window.energyPjAtLeast ?? 0))
            wrong.push(`${names}: ${tile} goes below its bound`);
        }
        held.length = 0;
      };
      forEachMapping(shape, accelerator, (mapping) => {
        engine.batch.writeRaw(held.length, mapping);
        held.push(tileOf(mapping));
        if (held.length === engine.batch.capacity) flush();
      });
      flush();
    }
    for (const point of hull) {
      if (!reached.has(`${point.latencyCycles} ${point.energyPj}`))
        wrong.push(`${names}: nothing costs what the hull says`);
    }
  }
  let sums: readonly (readonly [number, number])[] = [[0, 0]];
  for (const { front: hull, count } of certificate.layers) {
    sums = sums.flatMap(([l, e]) =>
      hull.map((point) => [l + count * point.latencyCycles, e + count * point.energyPj] as const),
    );
  }
  const least = Math.min(...sums.map(([l, e]) => l * e * 1e-12));
  if (Math.abs(certificate.totals.edpJCycles / least - 1) > 1e-12)
    wrong.push(`network: ${certificate.totals.edpJCycles} for ${least}`);
  return [...new Set(wrong)];
}

test("a certificate stands up to enumerating everything that it speaks of", async () => {
  const certificate = await certify(false);

  assert.equal(certificate.optimal, true);
  assert.deepEqual(
    certificate.layers.map(({ names }) => names),
    [["conv", "again"], ["corner"], ["matmul"]],
  );
  assert.deepEqual(await check(certificate), []);
  assert.ok(
    certificate.layers.some(({ variants }) =>
      variants.some(({ windows }) => windows.some(({ status }) => status === "cut")),
    ),
  );
});

test("a certificate counts its windows as the statistics do, and says which tiles and caps it speaks of", async () => {
  const request = { layers, hardware, objective: EDP, tiles: { P: 7 }, caps: { latencyCycles: 1e9 } };
  const [, , , matmul] = layers;
  const one = { ...request, layers: matmul ? [matmul] : [] };
  const certifier = createCertifier(one);
  const result = await mapNetwork(module, { ...one, onWindow: certifier.onWindow });
  const certificate = certifier.finish("test", EDP, result);
  const all = await certify(false);
  const whole = await mapNetwork(module, { layers, hardware, objective: EDP });

  assert.deepEqual([certificate.tiles, certificate.caps], [request.tiles, request.caps]);
  assert.deepEqual(
    certificate.layers[0]?.variants[0]?.windows.map(({ tile }) => tile.P),
    [7],
  );
  const windows = all.layers.flatMap(({ variants }) => variants.flatMap((variant) => variant.windows));
  assert.equal(windows.length, whole.statistics.windows);
  assert.equal(windows.filter(({ status }) => status === "cut").length, whole.statistics.windowsCut);
  assert.equal(
    windows.filter(({ status }) => status === "over-capacity").length,
    whole.statistics.windowsOverCapacity,
  );
});

test("a certificate with padding speaks of every padded shape", async () => {
  const certificate = await certify(true);

  assert.ok(certificate.layers.every(({ variants }) => variants.length > 1));
  assert.deepEqual(await check(certificate), []);
});

test("the check finds a certificate that is not true", async () => {
  const certificate = await certify(false);
  const [first, ...rest] = certificate.layers;
  if (!first) throw new Error("no layer");
  const [variant] = first.variants;
  if (!variant) throw new Error("no variant");

  const worse = {
    ...certificate,
    layers: [
      { ...first, front: first.front.map((point) => ({ ...point, energyPj: point.energyPj * 1.001 })) },
      ...rest,
    ],
  };
  const missing = {
    ...certificate,
    layers: [{ ...first, variants: [{ ...variant, windows: variant.windows.slice(1) }] }, ...rest],
  };
  const unbound = {
    ...certificate,
    layers: [
      {
        ...first,
        variants: [
          { ...variant, windows: variant.windows.map((window) => ({ ...window, latencyAtLeast: 1e9 })) },
        ],
      },
      ...rest,
    ],
  };

  for (const bad of [worse, missing, unbound]) assert.notDeepEqual(await check(bad), []);
});
