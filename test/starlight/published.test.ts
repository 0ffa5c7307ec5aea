import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../../src/surrogate/evaluator.ts";
import { cleanRows, parseDataset } from "../../src/tune/dataset.ts";
import { judgeRows } from "../../src/tune/judge-rows.ts";
import { reportAccuracy } from "../../src/tune/report.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const tables = ["firesim-gemmini-train.csv", "firesim-gemmini-optimised.csv"];
const missing = tables.find((name) => !existsSync(join(data, name)));

test("the model of the package errs on the rows it learnt from by what docs/accuracy.md says", {
  skip:
    missing === undefined
      ? false
      : `needs the published data: set POLARIS_DATA to the folder with ${missing}`,
}, async () => {
  const module = await loadModule();
  const engine = await createEngine(module);
  const rows = tables.flatMap((name) =>
    cleanRows(parseDataset(readFileSync(join(data, name), "utf8"), name, engine)),
  );
  const model = await builtinStarlight("gemmini-firesim");
  const evaluator = createStarlightEvaluator(await createStarlightEngine(module, model));

  const { latency, ranking } = reportAccuracy(await judgeRows(evaluator, rows));

  assert.equal(latency.rows, 1642);
  assert.equal(latency.mapePercent.toFixed(1), "4.4");
  assert.equal(latency.medianApePercent.toFixed(1), "2.7");
  assert.equal(ranking.meanSlowdown.toFixed(3), "1.008");
});
