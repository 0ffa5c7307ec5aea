import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateDesign } from "../../src/designs/design.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { verifiedFigure } from "../../src/report/draw/verified.ts";
import { calibrationInfo } from "../../src/report/info/calibration.ts";
import { convergenceInfo } from "../../src/report/info/convergence.ts";
import { FRONT_AXES, type FrontAxis, frontInfo, MOST_POINTS } from "../../src/report/info/front.ts";
import { COMPONENTS, LATENCY_PARTS, layersInfo } from "../../src/report/info/layers.ts";
import { nestInfo } from "../../src/report/info/nest.ts";
import { occupancyInfo } from "../../src/report/info/occupancy.ts";
import { rooflineInfo } from "../../src/report/info/roofline.ts";
import { verifiedInfo } from "../../src/report/info/verified.ts";
import { designInfo } from "../../src/report/summary.ts";
import { formatMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import { loadEngine } from "../../src/starlight.ts";
import { DIMS } from "../../src/workload/layer.ts";
import { HARDWARE, mappedDesign, randomPoints } from "./result.ts";

const engine = await loadEngine(64);
const design = await mappedDesign("resnet50");
const hardware = createHardware(HARDWARE);
const layers = layersInfo(engine, design.layers, hardware);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const close = (a: number, b: number): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)), `${a} and ${b}`);

test("the parts of each layer's latency and energy add up to what evaluate says", () => {
  const evaluated = evaluateDesign(engine, design);

  for (const [i, layer] of layers.entries()) {
    const { latencyCycles = 0, energyUj = 0, count = 0, boundBy } = evaluated.layers[i] ?? {};
    assert.equal(layer.latencyCycles, count * latencyCycles);
    close(sum(LATENCY_PARTS.map((part) => layer.latencyParts[part])), layer.latencyCycles);
    close(sum(COMPONENTS.map((part) => layer.energyPartsUj[part])), count * energyUj);
    assert.equal(layer.boundBy, boundBy);
    assert.equal(layer.latencyParts.unmodelled, 0);
  }
  const { totals, agrees } = designInfo({ ...design, totals: evaluated.totals }, engine);
  close(totals.edpJCycles, evaluated.totals.edpJCycles);
  assert.equal(agrees, true);
  assert.equal(designInfo({ ...design, totals: { latencyCycles: 1, energyUj: 1 } }, engine).agrees, false);
});

test("cycles that a truer model adds are unmodelled, and cycles it takes away shrink the parts", () => {
  const [first] = design.layers;
  assert.ok(first);
  const { latencyCycles } = engine.explain(first.mapping, first.shape, hardware);
  const priced = (latency: number) =>
    layersInfo(engine, [{ ...first, count: 2, latencyCycles: latency }], hardware)[0];

  const slower = priced(latencyCycles + 50);
  const faster = priced(latencyCycles - 50);

  assert.equal(slower?.latencyParts.unmodelled, 100);
  assert.equal(faster?.latencyParts.unmodelled, 0);
  assert.equal(sum(Object.values(slower?.latencyParts ?? {})), 2 * (latencyCycles + 50));
  assert.equal(sum(Object.values(faster?.latencyParts ?? {})), 2 * (latencyCycles - 50));
});

test("no layer lies above the roofs, and one bound by compute or DRAM lies on its own, but for rounding up", () => {
  const { points, ridge, dramBytesPerCycle } = rooflineInfo(layers, hardware);

  assert.equal(ridge, 32);
  close(sum(points.map(({ share }) => share)), 1);
  for (const { intensity, macsPerCycle, boundBy } of points) {
    const roof = Math.min(256, intensity * dramBytesPerCycle);
    assert.ok(macsPerCycle <= roof * (1 + 1e-12));
    if (boundBy === "dram") assert.ok(macsPerCycle > 0.999 * intensity * dramBytesPerCycle);
  }
});

test("occupancy is above 1 exactly where a capacity rule is broken", () => {
  const tiny = createHardware({ peDim: 8, scratchpadKib: 8, accumulatorKib: 4 });
  const rows = occupancyInfo(layers, tiny);

  for (const [i, row] of rows.entries()) {
    const { mapping, shape } = layers[i]?.record ?? assert.fail();
    const broken = new Set(violations(mapping, shape, tiny).map(({ rule }) => rule));
    assert.equal(row.scratchpadWeights + row.scratchpadInputs > 1, broken.has("scratchpad"));
    assert.equal(row.accumulatorOutputs > 1, broken.has("accumulator"));
    assert.equal(row.peColumns > 1, broken.has("pe-columns"));
    assert.equal(row.peRows > 1, broken.has("pe-rows"));
  }
  assert.ok(rows.some((row) => row.scratchpadWeights + row.scratchpadInputs > 1));
});

test("the loops of a nest multiply to the layer's bounds and read as the mapping does", () => {
  for (const layer of design.layers) {
    const { levels } = nestInfo(layer, hardware);
    const product: Record<string, number> = Object.fromEntries(DIMS.map((dim) => [dim, 1]));
    for (const { loops, spatial } of levels) {
      for (const { dim, bound } of [...loops, ...(spatial ? [spatial] : [])]) {
        product[dim] = (product[dim] ?? 0) * bound;
      }
    }

    assert.deepEqual(product, Object.fromEntries(DIMS.map((dim) => [dim, layer.shape[dim]])));
    const text = formatMapping(layer.mapping);
    for (const { loops } of levels) {
      if (loops.length > 0)
        assert.ok(text.includes(loops.map(({ dim, bound }) => `${dim}${bound}`).join(" ")));
    }
  }
});

test("a front holds the points that no other beats in both axes, and cells count all the others", () => {
  for (const [count, levels] of [
    [300, 20],
    [MOST_POINTS + 500, 1e6],
  ] as const) {
    const points = randomPoints(count, 7, levels);
    for (const [x, y] of [
      ["latencyCycles", "energyUj"],
      ["areaMm2", "edpJCycles"],
    ] satisfies [FrontAxis, FrontAxis][]) {
      const info = frontInfo(points, x, y);

      const unbeaten = points.filter(
        (a) => !points.some((b) => b[x] <= a[x] && b[y] <= a[y] && (b[x] < a[x] || b[y] < a[y])),
      );
      const places = (some: typeof points): readonly string[] =>
        [...new Set(some.map((point) => `${point[x]} ${point[y]}`))].sort();
      assert.deepEqual(places(info.front), places(unbeaten));
      const rest = info.others.length + sum(info.cells.map((cell) => cell.count));
      assert.equal(info.front.length + rest, points.length);
      assert.equal(info.cells.length > 0, count > MOST_POINTS);
      assert.ok(Object.hasOwn(FRONT_AXES, info.x));
    }
  }
});

test("a long trace keeps its first and last step and every kind of change within a thousand steps", () => {
  const steps = Array.from({ length: 50_000 }, (_, i) => ({
    work: i + 1,
    best: 1000 - Math.floor(i / 5000),
    bound: i / 100,
  }));

  const info = convergenceInfo({ unit: "trials", objective: "EDP", steps });

  assert.ok(info.steps.length <= 1000);
  assert.equal(info.steps.length + info.dropped, steps.length);
  assert.deepEqual([info.steps[0], info.steps.at(-1)], [steps[0], steps.at(-1)]);
  const firstOf = new Map(steps.toReversed().map((step) => [step.best, step]));
  for (const step of firstOf.values()) assert.ok(info.steps.includes(step));
});

test("coverage is counted where intervals are narrow and where they are wide, with Wilson's interval", () => {
  // Two groups of 20 narrow intervals of which nine in ten hold, and two of wide ones of which every second does.
  const records = Array.from({ length: 80 }, (_, i) => {
    const half = i < 40 ? 1.1 : 1.5;
    const inside = i < 40 ? i % 10 !== 9 : i % 2 === 0;
    const interval = { low: 100 / half, high: 100 * half };
    return { name: "", predicted: 100, measured: inside ? 100 : 200, interval };
  });

  const { groups } = calibrationInfo(records) ?? assert.fail();

  assert.deepEqual(
    groups.map(({ count, coverage }) => [count, coverage]),
    [
      [20, 0.9],
      [20, 0.9],
      [20, 0.5],
      [20, 0.5],
    ],
  );
  close(groups[0]?.width ?? 0, 0.1);
  close((groups[2]?.low ?? 0) + (groups[2]?.high ?? 0), 1);
  // 18 of 20 at z = 1.6449, by the formula as published.
  assert.deepEqual([groups[0]?.low.toFixed(4), groups[0]?.high.toFixed(4)], ["0.7383", "0.9663"]);
  assert.equal(calibrationInfo(records.slice(0, 39)), undefined);
});

test("accuracy of predictions as worked out by hand", () => {
  const of = (predicted: number, measured: number, low: number, high: number) => ({
    name: "",
    predicted,
    measured,
    interval: { low, high },
  });

  const info = verifiedInfo([of(200, 100, 90, 110), of(100, 200, 10, 20), of(400, 400, 400, 400)]);

  // Ratios 2, 1/2 and 1.
  close(info.meanError, (1 + 1 / 2 + 0) / 3);
  close(info.meanRatio, 1);
  // Ranks of predictions 1 0 2, of measurements 0 1 2: 1 - 6 (1 + 1 + 0) / (3 (9 - 1)).
  close(info.rankCorrelation, 0.5);
  close(info.coverage ?? 0, 2 / 3);
  assert.deepEqual(
    info.points.map(({ measured }) => measured),
    [100, 200, 400],
  );
});

test("the lines of 10 % off stay within the axes, and are left out where all is nearer", () => {
  const drawn = (...measured: readonly number[]): readonly (readonly number[])[] => {
    const records = measured.map((cycles) => ({ name: "", predicted: cycles, measured: cycles }));
    const subject = { id: "verified", title: "", unit: "cycles", of: "design" };
    const { content } = verifiedFigure(verifiedInfo(records), subject).draw(640);
    const [, d = ""] = /class="roof dashed faint" d="([^"]*)"/.exec(content) ?? [];
    return [...d.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map((point) => point.slice(1).map(Number));
  };

  assert.equal(drawn(100, 101).length, 0);
  assert.equal(drawn(100, 200).length, 4);
  for (const [x = 0, y = 0] of [...drawn(100, 108), ...drawn(100, 200), ...drawn(100, 1e6)])
    assert.ok(x >= 56 && x <= 436 && y >= 28 && y <= 408, `${x}, ${y}`);
});
