import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { seal } from "../../src/fidelity/model-file.ts";
import { DEFAULT_STARLIGHT } from "../../src/surrogate/default-model.ts";
import { parseStarlightModel, type StarlightDocument, toDocument } from "../../src/surrogate/model.ts";

const read = (document: unknown) => parseStarlightModel(document, "m.json", "gemmini-firesim");
const copy = (): Record<string, unknown> & { model: Record<string, unknown> } =>
  JSON.parse(JSON.stringify(DEFAULT_STARLIGHT));

/** The message of the error that a document is refused with. */
function refusal(document: unknown): string {
  try {
    read(document);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return assert.fail("not refused");
}

/** The document with numbers changed and sealed again. */
function resealed(change: (model: { convolution: Record<string, unknown> }) => void): unknown {
  const { model, ...rest } = copy();
  change(model as { convolution: Record<string, unknown> });
  return seal({ ...(rest as unknown as Parameters<typeof seal>[0]), model });
}

test("the model that comes with the package is read, and writing it again gives the same numbers", () => {
  const model = read(DEFAULT_STARLIGHT);
  const document = copy().model as unknown as StarlightDocument;

  assert.equal(model.profile, "gemmini-firesim");
  assert.deepEqual(JSON.parse(JSON.stringify(toDocument(model, document.date))), document);
  assert.match(document.date, /^\d{4}-\d\d-\d\d/);
});

test("a damaged or foreign file is refused by one line that says what is wrong", () => {
  const flipped = copy();
  (flipped.model["coefficients"] as { preload: number[] }).preload[0] = 1;

  assert.match(refusal(flipped), /m\.json: checksum: expected/);
  assert.match(refusal({}), /m\.json: format/);
  assert.match(refusal({ ...copy(), version: 2 }), /version: expected 1, found 2/);
  assert.match(refusal({ ...copy(), kind: "event" }), /kind: expected "starlight"/);
  assert.throws(() => read([]), InputError);
});

test("a model of other RTL is refused", () => {
  assert.throws(
    () => parseStarlightModel(DEFAULT_STARLIGHT, "m.json", "polaris-rtl"),
    /profile: expected a model of polaris-rtl, found gemmini-firesim/,
  );
});

test("numbers that no kernel could use are refused, whatever the checksum says", () => {
  const message = (change: Parameters<typeof resealed>[0]): string => refusal(resealed(change));
  const layers = (model: { convolution: Record<string, unknown> }) =>
    model.convolution["layers"] as { inputs: number; units: number; weights: string; biases: number[] }[];

  assert.match(
    message((model) => (model.convolution["outputScales"] = [1])),
    /convolution\.outputScales/,
  );
  assert.match(
    message((model) => layers(model).pop()),
    /three layers/,
  );
  assert.match(
    message((model) => ((layers(model)[0] as { weights: string }).weights = "!")),
    /base 64/,
  );
  assert.match(
    message((model) => ((layers(model)[0] as { units: number }).units = 0)),
    /from 1 to 256/,
  );
  const heavy = btoa(String.fromCharCode(...new Uint8Array(64 * 36).fill(127)));
  assert.match(
    message((model) => ((layers(model)[0] as { weights: string }).weights = heavy)),
    /at most 516/,
  );
});
