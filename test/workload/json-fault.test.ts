import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { readDocument } from "../../src/workload/document.ts";
import { jsonFault } from "../../src/workload/json-fault.ts";

test("broken JSON is told with its line, its column and what is there", () => {
  for (const [text, line, column, found] of [
    ['{\n  "a": 1,\n}', 3, 1, '"}"'],
    ["[1, 2,]", 1, 7, '"]"'],
    ['{"a" 1}', 1, 6, '"1}"'],
    ['{"a": nul}', 1, 7, '"nul}"'],
    ['{"a": 01}', 1, 7, '"01}"'],
    ['{"a": "x\ny"}', 1, 7, '"\\"x"'],
    ['{"a": [1, 2}', 1, 12, '"}"'],
    ["{} {}", 1, 4, '"{}"'],
    ["{'a': 1}", 1, 2, "\"'a': 1}\""],
    ['{"a": [1,\n 2', 2, 3, "the end of the file"],
    ["{", 1, 2, "the end of the file"],
    ["hello there, you of many words", 1, 1, '"hello there, you of "'],
  ] as const) {
    assert.deepEqual(jsonFault(text), { line, column, found }, text);
    assert.throws(() => readDocument(text, "x.json"), {
      message: `x.json: line ${line}, column ${column}: expected JSON, found ${found}`,
    });
  }
});

test("bytes that are no text are shown without steering the terminal", () => {
  for (const [file, text] of [
    ["x.json", "\u0000\u001b[2J\u009b1m\u0007{"],
    ["x.yaml", "a: *x\u001b[2J"],
    ["x.yaml", "%\u001b[2J\n--- a\u0007: }"],
  ] as const) {
    assert.throws(
      () => readDocument(text, file),
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      (error: Error) => error.name === "InputError" && !/[\u0000-\u001f\u007f-\u009f]/.test(error.message),
    );
  }
});

test("a fault is where a valid text was spoilt, or after it", () => {
  const text = JSON.stringify(
    { a: [1, -2.5e-3, { b: 'x\\"\u00e9', c: [] }], d: {}, e: [true, false, null] },
    null,
    1,
  );
  const rng = createRng(1);
  let broken = 0;
  for (let i = 0; i < 3000; i++) {
    const at = Math.floor(rng() * text.length);
    const spoilt = text.slice(0, at) + '{}[],:"0x \n'[Math.floor(rng() * 11)] + text.slice(at + 1);
    try {
      JSON.parse(spoilt);
    } catch (error) {
      broken++;
      const { line, column } = jsonFault(spoilt);
      const lines = spoilt.split("\n");
      const offset = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
      assert.ok(offset <= spoilt.length, spoilt);
      const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
      // V8 looks into strings and words, whose beginning is told here.
      if (position !== undefined) assert.ok(offset <= Number(position), `${offset} ${error} ${spoilt}`);
    }
  }
  assert.ok(broken > 1000, String(broken));
});
