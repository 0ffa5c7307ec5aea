import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { loadSharedModule } from "#shared-kernels";

const module = await loadModule();

test("the released kernel imports nothing, the shared one its memory alone", async () => {
  const names = (exports: readonly WebAssembly.ModuleExportDescriptor[]): readonly string[] =>
    exports.map(({ kind, name }) => `${kind} ${name}`).sort();

  assert.deepEqual(WebAssembly.Module.imports(module), []);
  assert.deepEqual(names(WebAssembly.Module.exports(module)), [
    "function anneal",
    "function boundPredicted",
    "function breed",
    "function closedForm",
    "function collect",
    "function collectPredicted",
    "function describeEvents",
    "function evaluate",
    "function explain",
    "function explore",
    "function found",
    "function hiddenLayer",
    "function lastLayer",
    "function networkInputs",
    "function scatter",
    "function simulateEvents",
    "function simulateMachine",
    "function starlight",
    "function survey",
    "function windowCount",
    "global STEP_INPUTS",
    "memory memory",
  ]);
  const shared = await loadSharedModule();
  assert.deepEqual(
    WebAssembly.Module.imports(shared).map(({ module, name, kind }) => `${module}.${name}: ${kind}`),
    ["env.memory: memory"],
  );
  assert.ok(names(WebAssembly.Module.exports(shared)).includes("function evaluate"));
});

for (const file of ["starlight.wasm", "starlight.shared.wasm"]) {
  test(`${file} runs no code when it is instantiated`, () => {
    const sections = sectionIds(readFileSync(new URL(`../../build/${file}`, import.meta.url)));
    const [type, code, start] = [1, 10, 8];

    assert.ok(sections.includes(type) && sections.includes(code), `sections ${sections}`);
    assert.ok(!sections.includes(start), `sections ${sections}`);
  });
}

/**
 * Ids of the sections of a WebAssembly binary: magic and version, then id, LEB128 size and content of each.
 */
function sectionIds(binary: Uint8Array): readonly number[] {
  assert.deepEqual([...binary.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const ids: number[] = [];
  for (let i = 8; i < binary.length; ) {
    ids.push(binary[i++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[i++] as number;
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    i += size;
  }
  return ids;
}
