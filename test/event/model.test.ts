import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { COEFFICIENTS, priorCoefficients } from "../../src/event/coefficients.ts";
import { DEFAULT_EVENT_MODEL } from "../../src/event/default-model.ts";
import { type EventNumbers, latencyInterval, parseEventModel } from "../../src/event/model.ts";
import type { Simulation } from "../../src/event/simulator.ts";
import type { Profile } from "../../src/fidelity/evaluator.ts";
import { seal } from "../../src/fidelity/model-file.ts";

const numbers: EventNumbers = {
  coefficients: priorCoefficients(),
  intervals: { load: [-0.2, 0.3], execute: [-0.1, 0.1], store: [-0.2, 0.2], issue: [-0.05, 0.05] },
};

function file(model: unknown, profile: Profile = "gemmini-firesim"): unknown {
  return JSON.parse(
    JSON.stringify(seal({ kind: "event", profile, data: [], madeBy: "polaris train", model })),
  );
}

test("a model comes back from its file as it was", () => {
  assert.deepEqual(parseEventModel(file(numbers), "m.json").file.model, numbers);
});

test("the model that comes with the package is whole, of the profile, and names what made it", () => {
  const { file: shipped } = parseEventModel(DEFAULT_EVENT_MODEL, "default");

  assert.equal(shipped.profile, "gemmini-firesim");
  assert.match(shipped.madeBy, /^polaris train --rtl /);
  assert.ok(shipped.data.length > 0 && shipped.data.every(({ rows }) => rows > 0));
});

test("names are unique, priors lie within their bounds, and every place of the record has a name", () => {
  assert.equal(new Set(COEFFICIENTS.map(({ name }) => name)).size, COEFFICIENTS.length);
  assert.deepEqual(
    COEFFICIENTS.map(({ offset }) => offset).sort((a, b) => a - b),
    COEFFICIENTS.map((_, i) => 8 * i),
  );
  for (const { name, prior, low, high } of COEFFICIENTS)
    assert.ok(low <= prior && prior <= high && low > 0, name);
});

const { request, ...withoutRequest } = numbers.coefficients;
const faults: readonly [string, unknown, RegExp][] = [
  [
    "of other RTL",
    file(numbers, "polaris-rtl"),
    /m\.json: profile: expected a model of gemmini-firesim, found polaris-rtl/,
  ],
  [
    "without a coefficient",
    file({ ...numbers, coefficients: withoutRequest }),
    /m\.json: model\.coefficients: request: expected two numbers/,
  ],
  [
    "with a negative one",
    file({ ...numbers, coefficients: { ...numbers.coefficients, miss: [-1, 5] } }),
    /m\.json: model\.coefficients: miss: expected two numbers from 0\.0067 to 40/,
  ],
  [
    "with one too many",
    file({ ...numbers, coefficients: { ...numbers.coefficients, requests: [1, 1] } }),
    /m\.json: model\.coefficients: expected keys among .*found "requests"/,
  ],
  [
    "with an interval upside down",
    file({ ...numbers, intervals: { ...numbers.intervals, store: [0.2, -0.2] } }),
    /m\.json: model\.intervals\.store: expected two numbers in ascending order/,
  ],
  ["without numbers", file(undefined), /m\.json: (checksum|model): expected/],
];
for (const [what, document, message] of faults) {
  test(`a model ${what} is refused by one clear line`, () => {
    assert.throws(
      () => parseEventModel(document, "m.json"),
      (error) => error instanceof InputError && message.test(error.message) && !error.message.includes("\n"),
    );
  });
}

test("intervals are those of the engine that is busy longest, and never reach below the rows streamed", () => {
  const simulation: Simulation = {
    latencyCycles: 1000,
    loadCycles: 900,
    executeCycles: 500,
    storeCycles: 10,
    calls: 1,
    isMatmul: false,
    rowsStreamed: 400,
  };

  const loads = latencyInterval(simulation, numbers);
  const executes = latencyInterval({ ...simulation, executeCycles: 950, rowsStreamed: 940 }, numbers);

  assert.deepEqual(loads, { low: 1000 * Math.exp(-0.2), high: 1000 * Math.exp(0.3) });
  assert.deepEqual(executes, { low: 940, high: 1000 * Math.exp(0.1) });
});
