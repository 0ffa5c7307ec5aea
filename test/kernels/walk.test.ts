import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { BOUNDS } from "../../src/kernels/batch.ts";
import { createRng } from "../../src/rng.ts";
import type { Level } from "../../src/space/mapping.ts";
import { tileWords } from "../../src/space/validity.ts";
import type { Dim } from "../../src/workload/layer.ts";
import { walkLoopNest } from "../reference/loop-nest.ts";
import { type RandomCase, randomCase, randomHardware } from "./random-mapping.ts";
import { assertClose, describe } from "./support.ts";

const engine = await createEngine(await loadModule(), 4096);

const WALKS = 3600;

test(`explain gives all that walks of ${WALKS} random loop nests count and cost`, () => {
  const seed = 1;
  const rng = createRng(seed);
  const seen = new Map<string, number>();
  for (let i = 0; i < WALKS; i++) {
    const { shape, mapping } = randomCase(rng);
    const hardware = randomHardware(rng, Math.max(mapping.spatialK, mapping.spatialC));

    const explained = engine.explain(mapping, shape, hardware);
    const walked = walkLoopNest(mapping, shape, hardware);

    const which = `seed ${seed}, case ${i}: ${describe(mapping, shape, hardware)}`;
    assert.deepEqual(explained.accesses, walked.accesses, which);
    assert.deepEqual(explained.rooflineCycles, walked.rooflineCycles, which);
    assert.equal(explained.latencyCycles, walked.latencyCycles, which);
    assert.equal(explained.boundBy, walked.boundBy, which);
    for (const component of ["mac", "register", "accumulator", "scratchpad", "dram"] as const) {
      assertClose(explained.energyByComponentPj[component], walked.energyByComponentPj[component], which);
    }
    assertClose(explained.energyPj, walked.energyPj, which);
    assertClose(explained.edpJCycles, walked.edpJCycles, which);
    for (const feature of features({ shape, mapping }, walked.inputWordsKeptAcrossLoops > 0)) {
      seen.set(feature, (seen.get(feature) ?? 0) + 1);
    }
    const bound = `${hardware.scratchpadBandwidth.kind} bandwidth, bound by ${walked.boundBy}`;
    seen.set(bound, (seen.get(bound) ?? 0) + 1);
  }
  for (const feature of FEATURES) {
    const times = seen.get(feature) ?? 0;
    assert.ok(times >= 20, `only ${times} of ${WALKS} cases of seed ${seed} have: ${feature}`);
  }
});

/** What the random loop nests must have had, each some twenty times at least. */
const FEATURES: readonly string[] = [
  ...["P outside R", "R outside P", "Q outside S", "S outside Q"].flatMap((pair) => [
    `words kept across loops, ${pair}, K innermost`,
    `words kept across loops, ${pair}, K between`,
    `words kept across loops, ${pair}, K outside`,
    `words kept across loops, ${pair}, no K`,
  ]),
  "shifts equal or doubled, but nothing kept across loops",
  ...["N", "K", "C", "P", "Q", "R", "S"].flatMap((dim) => [
    `${dim} innermost at DRAM`,
    `${dim} at DRAM`,
    `${dim} at the scratchpad`,
    `${dim} at the accumulator`,
    `${dim} at the register`,
  ]),
  "no loop at DRAM",
  "no loop at the accumulator",
  "batch",
  "stride",
  "dilation",
  "stride and dilation on one axis",
  "gaps between input tiles",
  "several weights per register",
  "weights stay while accumulator loops run, scratchpad loops move them",
  "weights stay while accumulator and scratchpad loops run, DRAM loops move them",
  "outputs stay while scratchpad loops run, DRAM loops move them",
  ...["shared", "split"].flatMap((kind) => BOUNDS.map((bound) => `${kind} bandwidth, bound by ${bound}`)),
];

function features({ shape, mapping }: RandomCase, kept: boolean): readonly string[] {
  const found: string[] = [];
  const has = (feature: string, so: boolean): void => {
    if (so) found.push(feature);
  };
  const loops = (level: Level) => mapping.loops[level].filter(({ bound }) => bound > 1).map(({ dim }) => dim);
  const dram = loops("dram");
  const inside = (outer: Dim, inner: Dim): boolean =>
    dram.includes(outer) && dram.indexOf(outer) < dram.indexOf(inner);
  const tile = (dim: Dim): number =>
    shape[dim] / (mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1);

  for (const [output, tap, stride, dilation] of [
    ["P", "R", shape.Wstride, shape.Wdilation],
    ["Q", "S", shape.Hstride, shape.Hdilation],
  ] as const) {
    const shifts = [tile(output) * stride, tile(tap) * dilation];
    const tempting = [0.5, 1, 2].includes((shifts[0] as number) / (shifts[1] as number));
    has(
      "shifts equal or doubled, but nothing kept across loops",
      dram.includes(output) && dram.includes(tap) && tempting && !kept,
    );
    has("stride and dilation on one axis", stride > 1 && dilation > 1 && shape[output] > 1 && shape[tap] > 1);
    has("gaps between input tiles", dram.at(-1) === output && (tile(tap) - 1) * dilation + 1 < stride);
    for (const [outer, inner] of [
      [output, tap],
      [tap, output],
    ] as const) {
      const innermost = dram.filter((dim) => dim !== "K").slice(-2);
      if (!kept || innermost[0] !== outer || innermost[1] !== inner) continue;
      const k = !dram.includes("K")
        ? "no K"
        : inside(inner, "K")
          ? "K innermost"
          : inside(outer, "K")
            ? "K between"
            : "K outside";
      found.push(`words kept across loops, ${outer} outside ${inner}, ${k}`);
    }
  }
  for (const level of ["dram", "scratchpad", "accumulator", "register"] as const) {
    for (const dim of loops(level)) found.push(`${dim} at ${level === "dram" ? "DRAM" : `the ${level}`}`);
  }
  has(`${dram.at(-1)} innermost at DRAM`, dram.length > 1);
  has("no loop at DRAM", dram.length === 0);
  has("no loop at the accumulator", loops("accumulator").length === 0);
  has("batch", shape.N > 1);
  has("stride", shape.Wstride > 1 || shape.Hstride > 1);
  has("dilation", shape.Wdilation > 1 || shape.Hdilation > 1);
  has("several weights per register", tileWords(mapping, shape).registerWeights > 1);
  const moves = (dims: string, level: Level): boolean => loops(level).some((dim) => dims.includes(dim));
  const stays = (dims: string, level: Level): boolean => loops(level).length > 0 && !moves(dims, level);
  has(
    "weights stay while accumulator loops run, scratchpad loops move them",
    stays("RSCK", "accumulator") && moves("RSCK", "scratchpad"),
  );
  has(
    "weights stay while accumulator and scratchpad loops run, DRAM loops move them",
    stays("RSCK", "accumulator") && stays("RSCK", "scratchpad") && moves("RSCK", "dram"),
  );
  has(
    "outputs stay while scratchpad loops run, DRAM loops move them",
    stays("PQKN", "scratchpad") && moves("PQKN", "dram"),
  );
  return found;
}

// Against plain JavaScript, and candidates among others.
