import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { archiveHull, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP, parseObjective } from "../../src/mapper/objective.ts";
import { paddedShapes } from "../../src/mapper/padding.ts";
import { bestOfRandom } from "../../src/mapper/random.ts";
import { createRng } from "../../src/rng.ts";
import { coveredBound, parseMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import { BUILTIN_WORKLOADS, builtinWorkload } from "../../src/workload/builtin.ts";
import { DIMS, type Layer, shapeKey, toLayerShape } from "../../src/workload/layer.ts";
import { integer, smallShape } from "./random-case.ts";

const module = await loadModule();
const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };

function layer(bounds: Parameters<typeof toLayerShape>[0], name = "layer", count = 1): Layer {
  return { name, count, groups: 1, shape: toLayerShape(bounds) };
}

test("every built-in network is mapped with proof, to valid mappings that the engine prices the same", async () => {
  const engine = await createEngine(module, 1);
  for (const { name, layers } of BUILTIN_WORKLOADS.values()) {
    const result = await mapNetwork(module, { layers, hardware, objective: EDP });

    assert.equal(result.optimal, true, name);
    assert.equal(result.gap, 0);
    assert.equal(result.layers.length, layers.length);
    assert.ok(result.statistics.evaluated > 0 && result.statistics.covered > result.statistics.evaluated);
    for (const mapped of result.layers) {
      const mapping = parseMapping(mapped.mapping);
      assert.deepEqual(violations(mapping, mapped.shape, createHardware(hardware)), []);
      const { latencyCycles, energyPj, boundBy } = engine.explain(
        mapping,
        mapped.shape,
        createHardware(hardware),
      );
      assert.deepEqual(
        [latencyCycles, energyPj * 1e-6, boundBy],
        [mapped.latencyCycles, mapped.energyUj, mapped.boundBy],
      );
      assert.equal(mapped.optimal, true);
    }
  }
});

test("no choice of random mappings beats the proven network", async () => {
  const engine = await createEngine(module, 4096);
  const { layers } = builtinWorkload("resnet50");
  for (const name of ["edp", "latency", "energy", "ed2p"]) {
    const objective = parseObjective(name);
    const { totals } = await mapNetwork(module, { layers, hardware, objective });
    const random = bestOfRandom(engine, layers, hardware, objective, 1000, 7);
    const ours =
      totals.latencyCycles ** objective.latencyPower * (totals.energyUj * 1e6) ** objective.energyPower;
    const theirs = random.latencyCycles ** objective.latencyPower * random.energyPj ** objective.energyPower;
    assert.ok(ours < theirs, `${name}: ${ours} ${theirs}`);
  }
});

test("a budget that ends first gives every layer a mapping, and a gap that holds the truth", async () => {
  for (const [name, evaluations] of [
    ["unet", 1],
    ["unet", 3000],
    ["resnet50", 500],
    ["retinanet", 1500],
  ] as const) {
    const { layers } = builtinWorkload(name);
    const whole = await mapNetwork(module, { layers, hardware, objective: EDP });
    const cut = await mapNetwork(module, { layers, hardware, objective: EDP, evaluations });

    assert.equal(cut.optimal, false, `${name} ${evaluations}`);
    assert.ok(cut.gap > 0 && Number.isFinite(cut.gap));
    // What was not dealt with is not called covered.
    assert.ok(cut.statistics.covered < whole.statistics.covered);
    if (evaluations === 1) assert.ok(cut.statistics.covered < 0.1 * whole.statistics.covered);
    assert.ok(cut.totals.edpJCycles >= whole.totals.edpJCycles * (1 - 1e-12));
    assert.ok(
      cut.totals.edpJCycles <= whole.totals.edpJCycles * (1 + cut.gap) * (1 + 1e-12),
      `${name} ${cut.gap}`,
    );
    assert.equal(cut.layers.length, layers.length);
    assert.deepEqual(await mapNetwork(module, { layers, hardware, objective: EDP, evaluations }), cut);
  }
});

test("a layer of millions of windows is searched slice by slice, in bounded memory", async () => {
  const huge = layer({ N: 720, K: 4, C: 4, P: 5040, Q: 2520, R: 12, S: 12 }, "huge");
  const cut = await mapNetwork(module, { layers: [huge], hardware, objective: EDP, budgetMs: 200 });

  assert.equal(cut.optimal, false);
  assert.ok(cut.gap > 0 && cut.statistics.windows > 1e6);
});

test("caps on the totals are kept, and one out of reach is refused with what can be reached", async () => {
  const { layers } = builtinWorkload("resnet50");
  const free = await mapNetwork(module, { layers, hardware, objective: EDP });
  const latencyCycles = free.totals.latencyCycles - 5000;
  const capped = await mapNetwork(module, { layers, hardware, objective: EDP, caps: { latencyCycles } });

  assert.ok(capped.totals.latencyCycles <= latencyCycles);
  assert.ok(capped.totals.edpJCycles >= free.totals.edpJCycles);
  const quickest = await mapNetwork(module, { layers, hardware, objective: parseObjective("latency") });
  await assert.rejects(
    mapNetwork(module, {
      layers,
      hardware,
      objective: EDP,
      caps: { latencyCycles: quickest.totals.latencyCycles - 1 },
    }),
    new RegExp(
      `at most ${quickest.totals.latencyCycles - 1} cycles \\(least possible ${quickest.totals.latencyCycles}\\)`,
    ),
  );
  const tight = await mapNetwork(module, {
    layers,
    hardware,
    objective: EDP,
    caps: { latencyCycles: quickest.totals.latencyCycles },
  });
  assert.equal(tight.totals.latencyCycles, quickest.totals.latencyCycles);
});

test("padding is used only where it wins, is priced as the work it is, and never makes a network worse", async () => {
  const prime = layer({ K: 127, C: 3, P: 61, Q: 59, R: 3, S: 3 }, "prime");
  const plain = await mapNetwork(module, { layers: [prime], hardware, objective: EDP });
  const padded = await mapNetwork(module, { layers: [prime], hardware, objective: EDP, allowPadding: true });
  const [mapped] = padded.layers;

  assert.ok(mapped?.paddedFrom);
  assert.equal(shapeKey(mapped.paddedFrom), shapeKey(prime.shape));
  assert.ok(padded.totals.edpJCycles < plain.totals.edpJCycles);
  for (const dim of DIMS) {
    assert.equal(coveredBound(parseMapping(mapped.mapping), dim), mapped.shape[dim]);
    assert.ok(mapped.shape[dim] >= prime.shape[dim]);
  }
  for (const name of ["resnet50", "vit-b16"]) {
    const { layers } = builtinWorkload(name);
    const without = await mapNetwork(module, { layers, hardware, objective: EDP });
    const allowed = await mapNetwork(module, { layers, hardware, objective: EDP, allowPadding: true });
    assert.ok(allowed.totals.edpJCycles <= without.totals.edpJCycles * (1 + 1e-12), name);
  }
});

test("a padded optimum is the least over mapping every padded shape by itself", async () => {
  for (let i = 0; i < 20; i++) {
    const { shape } = layer({ ...smallShape(createRng(71, i), 4), K: integer(createRng(72, i), 1, 23) });
    const one: Layer = { name: "layer", count: 1, groups: 1, shape };
    const small = { peDim: 4, scratchpadKib: 1, accumulatorKib: 1 };
    const padded = await mapNetwork(module, {
      layers: [one],
      hardware: small,
      objective: EDP,
      allowPadding: true,
    });
    let least = Number.POSITIVE_INFINITY;
    for (const variant of [shape, ...paddedShapes(shape, 4)]) {
      const alone = await mapNetwork(module, {
        layers: [{ ...one, shape: variant }],
        hardware: small,
        objective: EDP,
      });
      least = Math.min(least, alone.totals.edpJCycles);
    }
    assert.equal(padded.totals.edpJCycles, least, JSON.stringify(shape));
  }
});

test("given tiles are kept, and the best of all given tiles is the best", async () => {
  const one = layer({ K: 16, C: 12, P: 8, Q: 6, R: 3, S: 3 });
  const small = { peDim: 4, scratchpadKib: 1, accumulatorKib: 1 };
  const free = await mapNetwork(module, { layers: [one], hardware: small, objective: EDP });
  let least = Number.POSITIVE_INFINITY;
  for (const P of [1, 2, 4, 8]) {
    for (const C of [1, 2, 3, 4, 6, 12]) {
      const found = await mapNetwork(module, {
        layers: [one],
        hardware: small,
        objective: EDP,
        tiles: { P, C },
      }).catch(() => undefined);
      if (!found) continue;
      least = Math.min(least, found.totals.edpJCycles);
      const mapping = parseMapping(found.layers[0]?.mapping ?? "");
      const outside = (dim: string): number =>
        mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1;
      assert.deepEqual([one.shape.P / outside("P"), one.shape.C / outside("C")], [P, C]);
    }
  }
  assert.equal(least, free.totals.edpJCycles);
});

test("padded shapes keep given tiles", async () => {
  const prime = layer({ K: 127, C: 3, P: 61, Q: 59, R: 3, S: 3 }, "prime");
  for (const tiles of [{ P: 1 }, { Q: 59 }, { C: 3 }] as const) {
    const found = await mapNetwork(module, {
      layers: [prime],
      hardware,
      objective: EDP,
      tiles,
      allowPadding: true,
    });
    const [mapped] = found.layers;
    const mapping = parseMapping(mapped?.mapping ?? "");
    for (const [dim, extent] of Object.entries(tiles) as ["P" | "Q" | "C", number][]) {
      const outside = mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1;
      assert.equal((mapped?.shape[dim] ?? 0) / outside, extent);
    }
  }
});

test("bounds are padded to multiples of powers of two and of peDim, by at most a half", () => {
  const bounds = (shape: Parameters<typeof toLayerShape>[0], peDim: number) =>
    paddedShapes(toLayerShape(shape), peDim).map(({ N, K, C, P, Q }) => [N, K, C, P, Q].join(" "));

  assert.deepEqual(bounds({ K: 127 }, 16), ["1 128 1 1 1"]);
  assert.deepEqual(bounds({ C: 20 }, 25), ["1 1 24 1 1", "1 1 25 1 1"]);
  assert.deepEqual(bounds({ P: 4 }, 6), ["1 1 1 6 1"]);
  assert.deepEqual(bounds({ N: 3, Q: 5 }, 2), ["3 1 1 1 6", "4 1 1 1 5", "4 1 1 1 6"]);
  assert.deepEqual(bounds({ K: 128, R: 5, S: 7 }, 16), []);
});

test("with a budget and a cap the gap still holds the truth", async () => {
  let cuts = 0;
  for (const name of ["unet", "retinanet"]) {
    const { layers } = builtinWorkload(name);
    const free = await mapNetwork(module, { layers, hardware, objective: EDP });
    for (const share of [1.0001, 1.01]) {
      const caps = { energyPj: share * free.totals.energyUj * 1e6 };
      const objective = parseObjective("latency");
      const whole = await mapNetwork(module, { layers, hardware, objective, caps });
      const cut = await mapNetwork(module, { layers, hardware, objective, caps, evaluations: 3000 }).catch(
        () => undefined,
      );
      if (!cut) continue;
      cuts++;
      assert.equal(cut.optimal, false);
      assert.ok(
        cut.totals.latencyCycles <= whole.totals.latencyCycles * (1 + cut.gap) * (1 + 1e-12),
        `${name} ${share}`,
      );
    }
  }
  assert.ok(cuts > 0);
});

test("a layer's own gap holds the truth of the layer alone", async () => {
  const { layers } = builtinWorkload("unet");
  const cut = await mapNetwork(module, { layers, hardware, objective: EDP, evaluations: 2000 });
  let open = 0;
  for (const [i, mapped] of cut.layers.entries()) {
    const one = layers[i] as Layer;
    const alone = await mapNetwork(module, { layers: [{ ...one, count: 1 }], hardware, objective: EDP });
    const found = Math.min(
      ...(cut.fronts[i] ?? []).map(({ latencyCycles, energyPj }) => latencyCycles * energyPj * 1e-12),
    );
    assert.ok(found <= alone.totals.edpJCycles * (1 + mapped.gap) * (1 + 1e-12), mapped.name);
    if (!mapped.optimal) open++;
    else assert.equal(mapped.gap, 0);
  }
  assert.ok(open > 0);
});

test("a layer of more windows than a slice holds is searched whole", async () => {
  const shape = toLayerShape({ K: 2, C: 3, N: 2, P: 720, Q: 5040, R: 12, S: 12 });
  const search = new LayerSearch(module, shape, createHardware(hardware));
  search.advance(Number.POSITIVE_INFINITY);
  const archive = collectArchive(
    module,
    shape,
    { peDim: 16 },
    {
      leastScratchpadKib: 128,
      mostScratchpadKib: 128,
      leastAccumulatorKib: 32,
      mostAccumulatorKib: 32,
    },
  );

  assert.ok(search.statistics().windows > 65_536);
  assert.equal(search.statistics().covered, archive.covered);
  assert.deepEqual(
    search.points().map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
    archiveHull(archive, memoryView(hardware)).map(({ latencyCycles, energyPj }) => [
      latencyCycles,
      energyPj,
    ]),
  );
});

test("given tiles that fit nowhere are explained: what, where, by how much, and what would fit", async () => {
  const one = layer({ K: 512, C: 512, P: 28, Q: 28 }, "big");
  const map = (tiles: Record<string, number>) =>
    mapNetwork(module, { layers: [one], hardware, objective: EDP, tiles });

  await assert.rejects(map({ K: 512, C: 512 }), (error: Error & { problem: { hint?: string } }) => {
    assert.match(
      error.message,
      /^big: expected a mapping with tile K=512,C=512 that fits, found weights 262144 \+ inputs 512 bytes for a scratchpad of 131072: 131584 bytes too many/,
    );
    assert.match(error.problem.hint ?? "", /a scratchpad of 257 KiB, or with tile K=128/);
    return true;
  });
  await mapNetwork(module, {
    layers: [one],
    hardware: { ...hardware, scratchpadKib: 257 },
    objective: EDP,
    tiles: { K: 512, C: 512 },
  });
  await map({ K: 128, C: 512 });
  await assert.rejects(
    map({ P: 28, Q: 28, K: 1 }),
    /outputs 3136 bytes for an accumulator bank of 2048: 1088 bytes too many/,
  );
});
