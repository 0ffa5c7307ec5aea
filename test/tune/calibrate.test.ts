import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { COEFFICIENTS, type Coefficients, priorCoefficients } from "../../src/event/coefficients.ts";
import { createRng } from "../../src/rng.ts";
import { accuracy } from "../../src/tune/accuracy.ts";
import { type CalibrationRow, calibrate } from "../../src/tune/calibrate.ts";
import { predictRows } from "../../src/tune/predict.ts";
import { randomCase } from "../event/support.ts";

const module = await loadModule();
const prior = priorCoefficients();

/** Measurements as an event model of other coefficients would make them: each up to a half off its prior. */
function synthetic(count: number): readonly CalibrationRow[] {
  const rng = createRng(31);
  const truth: Coefficients = Object.fromEntries(
    COEFFICIENTS.map(({ name, low, high, layers }) => {
      const value = [prior[name] ?? 0].flat()[0] as number;
      const moved = Math.min(high, Math.max(low, value * Math.exp(rng() - 0.5)));
      return [name, layers === "each" ? [moved, moved] : moved];
    }),
  );
  const rows = Array.from({ length: count }, () => {
    const { shape, hardware, mapping } = randomCase(rng);
    return { shape, mapping, peDim: hardware.peDim, cold: false };
  });
  const measured = predictRows(module, rows, truth);
  return rows.map((row, i) => ({ ...row, measuredCycles: measured[i]?.latencyCycles ?? 0 }));
}

const mape = (rows: readonly CalibrationRow[], coefficients: Coefficients): number =>
  accuracy(
    rows.map(({ measuredCycles }) => measuredCycles),
    predictRows(module, rows, coefficients).map(({ latencyCycles }) => latencyCycles),
  ).mapePercent;

test("a calibration finds coefficients that explain measurements, of rows that it has not seen too", () => {
  const rows = synthetic(160);
  const [learnt, unseen] = [rows.slice(0, 120), rows.slice(120)];

  const { coefficients } = calibrate(module, learnt, { iterations: 8 });

  assert.ok(mape(unseen, prior) > 8, `before ${mape(unseen, prior)}`);
  assert.ok(mape(learnt, coefficients) < 1.5, `learnt ${mape(learnt, coefficients)}`);
  assert.ok(mape(unseen, coefficients) < 3, `unseen ${mape(unseen, coefficients)}`);
});

test("coefficients stay within their bounds, those told to keep still do, and the same rows give the same ones", () => {
  const rows = synthetic(30);
  const options = { iterations: 3, fixed: ["miss", "cacheLog2"] };

  const { coefficients } = calibrate(module, rows, options);

  assert.deepEqual(calibrate(module, rows, options).coefficients, coefficients);
  assert.deepEqual(coefficients["miss"], prior["miss"]);
  assert.equal(coefficients["cacheLog2"], prior["cacheLog2"]);
  assert.notDeepEqual(coefficients["request16"], prior["request16"]);
  for (const { name, low, high } of COEFFICIENTS) {
    for (const value of [coefficients[name] ?? 0].flat() as readonly number[]) {
      assert.ok(value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12), `${name} ${value}`);
    }
  }
});

test("a row of twice the weight is a row twice", () => {
  const rows = synthetic(12);
  const [first, ...others] = rows;
  assert.ok(first);

  const weighted = calibrate(module, [{ ...first, weight: 2 }, ...others], { iterations: 1 });
  const doubled = calibrate(module, [first, first, ...others], { iterations: 1 });

  // The prior counts for the same number of rows in both.
  for (const { name } of COEFFICIENTS) {
    const [a, b] = [weighted, doubled].map(
      ({ coefficients }) => [coefficients[name] ?? 0].flat()[0] as number,
    );
    assert.ok(Math.abs(Math.log((a as number) / (b as number))) < 0.05, `${name}: ${a}, ${b}`);
  }
});
