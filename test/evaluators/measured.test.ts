import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { csvFormatRows } from "d3-dsv";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { createMeasuredEvaluator } from "../../src/evaluators/measured.ts";
import type { Candidate, Evaluator, Outcome } from "../../src/fidelity/evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { loadEngine } from "../../src/starlight.ts";
import { MEASURED_COLUMN, parseDataset } from "../../src/tune/dataset.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { candidates, INVALID } from "./cases.ts";

const engine = await loadEngine(64);

function measured(rows: readonly (readonly [Candidate, number])[]): Evaluator {
  const lines = rows.map(([{ mapping, shape, hardware }, cycles]) =>
    [...dosaCells(mapping, shape, hardware), cycles].map(String),
  );
  const text = csvFormatRows([[...dosaHeader("shared"), MEASURED_COLUMN], ...lines]);
  return createMeasuredEvaluator(parseDataset(text, "rows.csv", engine), {
    name: "rows.csv",
    profile: "gemmini-firesim",
    engine,
  });
}

async function ask(evaluator: Evaluator, candidate: Candidate): Promise<Outcome> {
  const [outcome] = await evaluator.evaluate([candidate]);
  assert.ok(outcome);
  return outcome;
}

const hardware = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 16 });
const shape = toLayerShape({ K: 32, C: 32, P: 8, Q: 8, R: 3, S: 3 });
const design = (mapping: string, other: Partial<Candidate> = {}): Candidate => ({
  shape,
  hardware,
  mapping: parseMapping(mapping),
  ...other,
});
const BASE = design("L3[WIO] K2 P2 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q8 C16X - L0[W] P4");

const several = candidates(6);
testEvaluator("measured", {
  create: async () => measured(several.map((one, i) => [one, 1000 + i])),
  valid: several,
  invalid: INVALID,
});

test("a design is known by its layer, array, tiles and order of tiles, and by nothing else", async () => {
  const evaluator = measured([[BASE, 5000]]);
  const same = [
    design("L3[WIO] K2 P2 - L2[WI] N1 K16X - L1[O] P4 S3 R3 C4 C8X - L0[W] Q8"),
    design("L3[WIO] K2 N1 P2 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q8 C16X - L0[W] P4", {
      hardware: createHardware({ peDim: 16, scratchpadKib: 256, accumulatorKib: 64 }),
    }),
  ];

  for (const one of same) {
    const outcome = await ask(evaluator, one);
    assert.ok(outcome.status === "priced", JSON.stringify(outcome));
    assert.equal(outcome.latencyCycles, 5000);
    const { energyPj } = engine.explain(one.mapping, one.shape, one.hardware);
    assert.equal(outcome.energyPj, energyPj);
  }
});

test("what is not measured is told from what is", async () => {
  const evaluator = measured([[BASE, 5000]]);
  for (const [candidate, reason] of [
    [
      design("L3[WIO] P2 K2 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q8 C16X - L0[W] P4"),
      /1 row has this layer, 1 with this array and tiles, loops in order K P, not P K$/,
    ],
    [
      design("L3[WIO] K2 P4 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q8 C16X - L0[W] P2"),
      /1 row has this layer, 1 on this array, none with tiles N1 K16 C32 P2 Q8 R3 S3$/,
    ],
    [
      { ...BASE, hardware: createHardware({ peDim: 32, scratchpadKib: 64, accumulatorKib: 16 }) },
      /1 row has this layer, none on a 32x32 array$/,
    ],
    [
      design("L3[WIO] K2 P2 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q4 C16X - L0[W] P4", {
        shape: { ...shape, Q: 4 },
      }),
      /no row has this layer$/,
    ],
  ] as const) {
    const outcome = await ask(evaluator, candidate);
    assert.ok(outcome.status === "failed", JSON.stringify(outcome));
    assert.match(outcome.reason, reason);
  }
});

test("measurements of one program that agree give their median, those that do not are listed", async () => {
  const agreeing = await ask(
    measured([
      [BASE, 5000],
      [BASE, 5500],
      [BASE, 5100],
    ]),
    BASE,
  );
  const differing = await ask(
    measured([
      [BASE, 5000],
      [BASE, 7000],
    ]),
    BASE,
  );

  assert.ok(agreeing.status === "priced");
  assert.equal(agreeing.latencyCycles, 5100);
  assert.deepEqual(agreeing.counters, { measurements: 3, leastCycles: 5000, mostCycles: 5500 });
  assert.deepEqual(differing, {
    status: "failed",
    reason: "rows.csv: measurements of this program differ by 40 %: lines 2 (5000), 3 (7000)",
  });
});

test("a matrix product is known by its tiles in sixteenths, as the harness gives them to the RTL", async () => {
  const product = toLayerShape({ P: 256, C: 256, K: 256 });
  const tile = (p: number): Candidate =>
    design(`L3[WIO] P${256 / p} K16 C16 - L2[WI] N1 K16X - L1[O] P${p} C16X - L0[W] N1`, { shape: product });

  const evaluator = measured([[tile(8), 9000]]);

  const outcome = await ask(evaluator, tile(16));
  assert.ok(outcome.status === "priced");
  assert.equal(outcome.latencyCycles, 9000);
  assert.equal((await ask(evaluator, tile(32))).status, "failed");
});

test("a measurement that is an artefact is no answer, with the reason", async () => {
  const dilated = design("L3[WIO] K2 P2 - L2[WI] N1 K16X - L1[O] C2 R3 S3 Q8 C16X - L0[W] P4", {
    shape: { ...shape, Wdilation: 2 },
  });

  const outcome = await ask(measured([[dilated, 5000]]), dilated);

  assert.ok(outcome.status === "failed");
  assert.match(outcome.reason, /^rows.csv: line 2 measured it but is not used: the harness runs no dilated/);
});

const published = join(
  process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url)),
  "firesim-gemmini-train.csv",
);

test("every clean published row is found again, with its cycles or the rows that it disagrees with", {
  skip: existsSync(published) ? false : `needs ${published}`,
}, async () => {
  const rows = parseDataset(readFileSync(published, "utf8"), "train", engine);
  const evaluator = createMeasuredEvaluator(rows, { name: "train", profile: "gemmini-firesim", engine });

  const outcomes = await evaluator.evaluate(rows);

  for (const [i, outcome] of outcomes.entries()) {
    const { excluded, measuredCycles } = rows[i] as (typeof rows)[number];
    if (outcome.status === "priced") {
      const { leastCycles = 0, mostCycles = 0 } = outcome.counters ?? {};
      assert.ok(leastCycles <= measuredCycles && measuredCycles <= mostCycles);
    } else {
      assert.ok(outcome.status === "failed");
      assert.match(outcome.reason, excluded ? /is not used|differ/ : /differ/);
    }
  }
  assert.ok(outcomes.filter(({ status }) => status === "priced").length > 0.9 * rows.length);
});
