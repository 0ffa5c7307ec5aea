import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateDesign, parseDesign } from "../../src/designs/design.ts";
import { InputError } from "../../src/errors.ts";
import { loadEngine } from "../../src/starlight.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";

const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
const mapping = "L3[WIO] P4 - L2[WI] N1 K8X - L1[O] Q2 C2 C4X - L0[W] N1";
const shape = { K: 8, C: 8, P: 4, Q: 2 };
const layer = { name: "conv", shape, mapping };
const design = { workload: "mine", hardware, layers: [layer] };
const parse = (document: unknown) => parseDesign(document, "d.json", async (name) => builtinWorkload(name));

const withHardware = (fields: object) => ({ ...design, hardware: { ...hardware, ...fields } });
const withLayer = (fields: object) => ({ ...design, layers: [{ ...layer, ...fields }] });

/** What is wrong, the document, and the message up to its end. */
const BAD: readonly (readonly [string, unknown, RegExp])[] = [
  ["a list for a design", [1], /^d\.json: expected a design .*, found \[1\]$/],
  ["another version", { ...design, version: 7 }, /^d\.json: version: expected 1, found 7$/],
  ["no hardware", { layers: [layer] }, /^d\.json: hardware: expected .*peDim.*, found nothing$/],
  [
    "a size that is text",
    withHardware({ peDim: "16" }),
    /hardware: peDim: expected an integer .* found "16"$/,
  ],
  ["too large an array", withHardware({ peDim: 129 }), /hardware: peDim: .* from 2 to 128, found 129$/],
  ["an empty scratchpad", withHardware({ scratchpadKib: 0 }), /hardware: scratchpadKib: .* found 0$/],
  ["half a KiB", withHardware({ accumulatorKib: 0.5 }), /hardware: accumulatorKib: .* found 0\.5$/],
  ["an unknown bandwidth", withHardware({ bandwidth: "wide" }), /hardware: bandwidth: .* found "wide"$/],
  ["a mistyped parameter", withHardware({ bandwith: 1 }), /hardware: expected keys .* found "bandwith"$/],
  ["no layers", { ...design, layers: [] }, /layers: expected a list of at least one layer, found \[\]$/],
  ["a layer that is a number", { ...design, layers: [5] }, /layers\[0\]: expected a layer .* found 5$/],
  [
    "a layer without a name",
    withLayer({ name: undefined }),
    /layers\[0\]\.name: expected text, found nothing$/,
  ],
  ["a mapping that is a number", withLayer({ mapping: 3 }), /layers\[0\] \(conv\)\.mapping: .* found 3$/],
  [
    "a mapping with a hole",
    withLayer({ mapping: mapping.replace("[O]", "[]") }),
    /\(conv\)\.mapping: character \d+: expected "L1\[O\]", found "L1\[\]/,
  ],
  [
    "a mapping of another layer",
    withLayer({ shape: { ...shape, K: 9 } }),
    /\(conv\)\.mapping: expected .*rule factors.* K = 9$/,
  ],
  [
    "a mapping that does not fit",
    withHardware({ peDim: 4 }),
    /\(conv\)\.mapping: .*\(rule pe-columns\), found .*: 8 needed, 4 there/,
  ],
  ["an unknown bound", withLayer({ shape: { ...shape, M: 3 } }), /\(conv\)\.shape: .* found "M"$/],
  ["a bound below one", withLayer({ shape: { ...shape, P: 0 } }), /\(conv\)\.shape: P: .* found 0$/],
  ["half a run", withLayer({ count: 0.5 }), /\(conv\)\.count: expected an integer .* found 0\.5$/],
  ["a count beyond counting", withLayer({ count: 1e308 }), /\(conv\)\.count: .* found 1e\+308$/],
  ["no shape anywhere", { hardware, layers: [{ ...layer, shape: undefined }] }, /found neither$/],
  [
    "a layer that the network has not",
    { ...design, workload: "alexnet", layers: [{ name: "conv", mapping }] },
    /layers\[0\]\.name: expected a layer of alexnet, found "conv"$/,
  ],
  [
    "a second layer of one name",
    { ...design, layers: [layer, { ...layer, count: 3 }] },
    /^d\.json: layers\[1\]\.name: expected a name of its own for each layer, found "conv" twice$/,
  ],
  [
    "an unknown network",
    { ...design, workload: "alexnot", layers: [{ name: "conv", mapping }] },
    /^d\.json: workload: expected a built-in name, .* found "alexnot"$/,
  ],
];

for (const [name, document, message] of BAD) {
  test(`${name} in a design is told by place, expectation and finding`, async () => {
    await assert.rejects(parse(document), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n") && error.message.length < 400, error.message);
      return true;
    });
  });
}

test("a document that holds itself, as YAML can, is an input error too", async () => {
  const layers: Record<string, unknown> = {};
  layers["x"] = layers;

  await assert.rejects(parse({ ...design, layers }), InputError);
});

test("a layer without a shape is the one of that name in the workload", async () => {
  const [known] = builtinWorkload("dlrm").layers;
  assert.ok(known);
  const { N, K, C, P, Q, R, S } = known.shape;
  const text = `L3[WIO] N${N} K${K} C${C} P${P} Q${Q} R${R} S${S} - L2[WI] N1 - L1[O] N1 - L0[W] N1`;

  const found = await parse({ workload: "dlrm", hardware, layers: [{ name: known.name, mapping: text }] });

  assert.deepEqual(found.layers[0]?.shape, known.shape);
  assert.equal(found.layers[0]?.count, known.count);
});

test("totals weight layers by count, and EDP is the product of the totals", async () => {
  const engine = await loadEngine(64);
  const twice = { ...design, layers: [layer, { ...layer, name: "again", count: 3 }] };

  const one = evaluateDesign(engine, await parse(design));
  const both = evaluateDesign(engine, await parse(twice));

  assert.equal(both.totals.latencyCycles, 4 * one.totals.latencyCycles);
  assert.ok(Math.abs(both.totals.energyUj / (4 * one.totals.energyUj) - 1) < 1e-12);
  assert.equal(both.totals.edpJCycles, both.totals.energyUj * 1e-6 * both.totals.latencyCycles);
});
