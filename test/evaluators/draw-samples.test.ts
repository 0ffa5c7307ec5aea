import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { builtinShapes, drawSample, SAMPLE_SPACE } from "../../src/evaluators/draw-samples.ts";
import { candidateText } from "../../src/fidelity/candidate-key.ts";
import { MachineModel } from "../../src/fidelity/machine-model.ts";
import { createMachine } from "../../src/rtl/machine.ts";
import { toTiling } from "../../src/rtl/tiling.ts";
import { violations } from "../../src/space/validity.ts";
import { loadEngine } from "../../src/starlight.ts";

const tools = {
  engine: await loadEngine(64),
  model: new MachineModel(await loadModule()),
  shapes: builtinShapes(),
};

test("a sample depends on its seed and number alone, fits its accelerator and runs no longer than asked", () => {
  const forward = Array.from({ length: 40 }, (_, index) => drawSample(tools, 5, index));
  const backward = Array.from({ length: 40 }, (_, i) => drawSample(tools, 5, 39 - i)).reverse();

  assert.deepEqual(forward.map(candidateText), backward.map(candidateText));
  assert.equal(new Set(forward.map(candidateText)).size, 40);
  assert.notEqual(candidateText(drawSample(tools, 6, 0)), candidateText(drawSample(tools, 5, 0)));
  for (const { shape, hardware, mapping } of forward) {
    assert.deepEqual(violations(mapping, shape, hardware), []);
    tools.model.open(createMachine(hardware), shape);
    tools.model.write(0, toTiling(mapping, { shape }));
    tools.model.simulate(1);
    assert.ok(tools.model.cycles(0) <= SAMPLE_SPACE.maxCycles);
  }
});

test("samples range over arrays, memories and from arbitrary mappings to searched ones", () => {
  const samples = Array.from({ length: 200 }, (_, index) => drawSample(tools, 7, index));

  assert.deepEqual(
    [...new Set(samples.map(({ hardware }) => hardware.peDim))].sort((a, b) => a - b),
    [4, 8, 16, 32, 64],
  );
  assert.ok(new Set(samples.map(({ hardware }) => hardware.scratchpadWords)).size >= 6);
  assert.ok(new Set(samples.map(({ shape }) => JSON.stringify(shape))).size > 50);
});
