import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { InputError } from "../../src/errors.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { loadEngine } from "../../src/starlight.ts";
import { accuracy } from "../../src/tune/accuracy.ts";
import { cleanRows, MEASURED_COLUMN, parseDataset } from "../../src/tune/dataset.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const engine = await loadEngine(64);
const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
/** What DOSA's training data declares for every row. */
const dummy: Hardware = {
  ...createHardware({ peDim: 128, scratchpadKib: 1024, accumulatorKib: 1024 }),
  scratchpadWords: 8192 * 128,
  scratchpadRows: 8192,
  accumulatorWords: 2048,
  accumulatorRows: 2048,
};

interface Design {
  readonly shape: Parameters<typeof toLayerShape>[0];
  readonly mapping: string;
  readonly cycles?: string;
  readonly on?: Hardware;
}

function table(...designs: readonly Design[]): string {
  const lines = designs.map(({ shape, mapping, cycles = "1000", on = hardware }) =>
    [...dosaCells(parseMapping(mapping), toLayerShape(shape), on), cycles].join(","),
  );
  return [[...dosaHeader("shared"), MEASURED_COLUMN].join(","), ...lines, ""].join("\n");
}

const matmul: Design = {
  shape: { P: 32, C: 64, K: 16 },
  mapping: "L3[WIO] P2 - L2[WI] K16X - L1[O] C4 C16X - L0[W] P16",
};
const convolution: Design = {
  shape: { P: 8, Q: 8, C: 4, K: 4, R: 3, S: 3 },
  mapping: "L3[WIO] P2 R3 - L2[WI] K4X - L1[O] Q8 P4 S3 C4X - L0[W] N1",
};

test("a row is the design, its measurement, and what the analytical model says of it", () => {
  const [row, other] = parseDataset(table(matmul, convolution), "rows.csv", engine);
  assert.ok(row && other);

  const expected = engine.explain(parseMapping(matmul.mapping), toLayerShape(matmul.shape), hardware);
  assert.equal(row.measuredCycles, 1000);
  assert.equal(row.analyticalCycles, expected.latencyCycles);
  assert.equal(row.energyPj, expected.energyPj);
  assert.equal(row.line, 2);
  assert.notEqual(row.layer, other.layer);
  assert.equal(row.excluded, undefined);
});

test("the array is the declared one, but under DOSA's dummy accelerator the smallest that holds the spatial factors", () => {
  const rows = parseDataset(
    table(convolution, { ...convolution, on: dummy }, { ...matmul, on: dummy }),
    "rows.csv",
    engine,
  );

  assert.deepEqual(
    rows.map(({ peDim }) => peDim),
    [16, 4, 16],
  );
});

test("rows whose tiles lie wholly in the padding are kept, but not as clean ones", () => {
  // The rightmost of 8 columns under 7 taps that are walked one by one: the last taps read right of the input.
  const shape = { P: 8, Q: 8, R: 7, S: 7 };
  const inPadding = { shape, mapping: "L3[WIO] P8 R7 - L2[WI] N1 - L1[O] Q8 S7 - L0[W] N1" };
  const clear = { shape, mapping: "L3[WIO] R7 - L2[WI] N1 - L1[O] Q8 P8 S7 - L0[W] N1" };

  const rows = parseDataset(table(inPadding, clear), "rows.csv", engine);

  assert.match(rows[0]?.excluded ?? "", /inside the padding/);
  assert.deepEqual(
    cleanRows(rows).map(({ line }) => line),
    [3],
  );
});

test("layers that the harness cannot run are left out with a reason", () => {
  const dilated = { ...convolution, shape: { ...convolution.shape, Wdilation: 2 } };
  const skewed = { ...convolution, shape: { ...convolution.shape, Wstride: 2 } };

  const rows = parseDataset(table(dilated, skewed), "rows.csv", engine);

  assert.deepEqual(
    rows.map(({ excluded }) => excluded?.split(" ").at(-1)),
    ["layers", "axes"],
  );
});

test("the network of a row is the one with all the layers measured on its hardware", () => {
  const bert = {
    shape: { C: 768, K: 768, P: 128 },
    mapping: "L3[WIO] C48 K48 P128 - L2[WI] K16X - L1[O] C16X - L0[W] N1",
  };
  const [alone] = parseDataset(table(bert), "rows.csv", engine);
  const mixed = parseDataset(table(bert, matmul), "rows.csv", engine);

  assert.equal(alone?.network, "bert");
  assert.deepEqual(
    mixed.map(({ network }) => network),
    [undefined, undefined],
  );
});

const faults: readonly [string, string, RegExp][] = [
  [
    "no measured column",
    table(matmul).replace(MEASURED_COLUMN, "target.cycle"),
    /rows\.csv: row 1: expected a column target\.gemmini_cycle/,
  ],
  [
    "a cell that is no count",
    table({ ...matmul, cycles: "fast" }),
    /rows\.csv: row 2: target\.gemmini_cycle: expected a positive/,
  ],
  ["no rows", table(), /rows\.csv: expected rows with measurements, found none/],
  [
    "a mapping of another layer",
    table({ ...matmul, shape: { P: 32, C: 64, K: 32 } }),
    /rows\.csv: row 2: mapping\.mapping: factors of K/,
  ],
];
for (const [what, text, message] of faults) {
  test(`${what} is an input error that says where`, () => {
    assert.throws(
      () => parseDataset(text, "rows.csv", engine),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const training = join(data, "firesim-gemmini-train.csv");
test("DOSA's training file has 1,555 clean rows on five arrays, and the analytical error that the study found", {
  skip: existsSync(training)
    ? false
    : "needs the published data: set POLARIS_DATA to the folder with firesim-gemmini-train.csv",
}, () => {
  const rows = cleanRows(parseDataset(readFileSync(training, "utf8"), training, engine));
  const arrays = [4, 8, 16, 32, 64].map((dim) => rows.filter(({ peDim }) => peDim === dim).length);
  const found = accuracy(
    rows.map(({ measuredCycles }) => measuredCycles),
    rows.map(({ analyticalCycles }) => analyticalCycles),
  );

  assert.equal(rows.length, 1555);
  assert.deepEqual(arrays, [363, 312, 390, 221, 269]);
  assert.equal(found.mapePercent.toFixed(1), "60.9");
  assert.equal(found.medianApePercent.toFixed(1), "54.5");
  assert.equal(found.spearman.toFixed(3), "0.867");
});
