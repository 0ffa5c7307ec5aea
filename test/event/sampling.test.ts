import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { packCoefficients, priorCoefficients } from "../../src/event/coefficients.ts";
import { CandidateBatch } from "../../src/kernels/batch.ts";
import * as at from "../../src/kernels/event-layout.ts";
import { instantiateNow } from "../../src/kernels/kernels.ts";
import { createRng } from "../../src/rng.ts";
import { quantile } from "../../src/tune/ranks.ts";
import { DIMS } from "../../src/workload/layer.ts";
import { randomCase } from "./support.ts";

const CONTEXT = 64;
const BLOCK = 4096;
const COEFFICIENTS = 16384;
const RESULT = 20480;
const PROGRAM = 24576;
const WORKSPACE = 32768;

// docs/event.md quotes these.
test("a sampled walk is the whole one for half of the mappings, within 1 % for 95 % and within 5 % for all", async () => {
  const { exports, memory } = instantiateNow(await loadModule());
  memory.grow(1);
  const batch = new CandidateBatch(memory, BLOCK, 1);
  const f64 = new Float64Array(memory.buffer);
  const i32 = new Int32Array(memory.buffer);
  const field = (offset: number): number => (PROGRAM + offset) >> 2;
  f64.set(packCoefficients(priorCoefficients()), COEFFICIENTS >> 3);
  const cycles = (): number => {
    exports.simulateEvents(PROGRAM, 1, COEFFICIENTS, RESULT, WORKSPACE);
    return f64[(RESULT + at.RESULT_CYCLES) >> 3] as number;
  };
  /** Makes the walk visit every tile. */
  const visitAll = (): void => {
    i32[field(at.SAMPLED)] = 0;
    for (let loop = 0; loop < (i32[field(at.LOOP_COUNT)] as number); loop++) {
      const record = at.LOOPS + loop * at.LOOP_BYTES;
      const dim = i32[field(record + at.LOOP_DIM)] as number;
      const trips = (PROGRAM + at.DIM_RECORDS + dim * at.DIM_RECORD_BYTES + at.TRIPS) >> 3;
      i32[field(record + at.LOOP_SAMPLED)] = 0;
      i32[field(record + at.LOOP_VISITS)] = f64[trips] as number;
    }
  };
  const rng = createRng(21);
  const errors: number[] = [];
  let exact = 0;
  while (errors.length < 400) {
    const { shape, hardware, mapping } = randomCase(rng);
    for (const [d, dim] of DIMS.entries()) f64[((CONTEXT + at.LAYER_BOUND) >> 3) + d] = shape[dim];
    f64[(CONTEXT + at.LAYER_STRIDE) >> 3] = shape.Wstride;
    f64[(CONTEXT + at.ARRAY_DIM) >> 3] = hardware.peDim;
    batch.write(0, mapping);
    exports.describeEvents(CONTEXT, BLOCK, 0, PROGRAM);
    const calls = f64[(PROGRAM + at.CALLS) >> 3] as number;
    if (calls > 30_000) continue;
    const sampled = cycles();
    visitAll();
    const whole = cycles();
    if (calls <= at.EXACT_CALLS) {
      assert.equal(sampled, whole);
      exact++;
    } else {
      errors.push(Math.abs(sampled / whole - 1));
    }
  }

  assert.ok(exact > 50);
  for (const [share, most] of [
    [0.5, 1e-9],
    [0.95, 0.01],
    [1, 0.05],
  ] as const) {
    assert.ok(quantile(errors, share) < most, `${100 * share} % within ${quantile(errors, share)}`);
  }
});
