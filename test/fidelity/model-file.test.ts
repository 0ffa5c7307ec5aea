import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { crc32, requireProfile, seal, unseal } from "../../src/fidelity/model-file.ts";

const file = seal({
  kind: "event",
  profile: "gemmini-firesim",
  data: [{ name: "rows.csv", rows: 3, crc32: "00000000" }],
  madeBy: "polaris train --rtl rows.csv",
  model: { callWait: [262, 116] },
});

/** The file as it comes back from disk, some fields changed. */
function reread(changes: Readonly<Record<string, unknown>> = {}): unknown {
  return { ...JSON.parse(JSON.stringify(file)), ...changes };
}

test("CRC-32 is that of the standard's check string", () => {
  assert.equal(crc32("123456789"), "cbf43926");
  assert.equal(crc32(""), "00000000");
});

test("a sealed model comes back as it was", () => {
  assert.deepEqual(unseal(reread(), "model.json", "event"), file);
});

const faults: readonly [string, unknown, RegExp][] = [
  ["no document", 7, /model\.json: expected a model file/],
  [
    "another format",
    reread({ format: "onnx" }),
    /model\.json: format: expected "polaris-model", found "onnx"/,
  ],
  ["a later version", reread({ version: 2 }), /model\.json: version: expected 1, found 2/],
  ["another kind", reread({ kind: "starlight" }), /model\.json: kind: expected "event", found "starlight"/],
  ["an unknown profile", reread({ profile: "tpu" }), /model\.json: profile: expected one of gemmini-firesim/],
  ["no sources", reread({ data: [{}] }), /model\.json: data: expected a list of tables/],
  ["a changed number", reread({ model: { callWait: [263, 116] } }), /model\.json: checksum: expected/],
  ["no model", reread({ model: undefined }), /model\.json: checksum: expected/],
];
for (const [what, document, message] of faults) {
  test(`${what} is refused by one clear line`, () => {
    assert.throws(
      () => unseal(document, "model.json", "event"),
      (error) => error instanceof InputError && message.test(error.message) && !error.message.includes("\n"),
    );
  });
}

test("a model of one RTL is refused for another", () => {
  requireProfile(file, "gemmini-firesim", "model.json");
  assert.throws(
    () => requireProfile(file, "polaris-rtl", "model.json"),
    /model\.json: profile: expected a model of polaris-rtl, found gemmini-firesim/,
  );
});
