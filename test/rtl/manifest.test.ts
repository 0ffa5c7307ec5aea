import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Manifest, RTL, sha256, sourceHash } from "../../scripts/rtl-sources.ts";
import { PREBUILT_DIMS } from "../../src/rtl/prebuilt.node.ts";
import { MODES } from "../../src/rtl/simulator.ts";

const PREBUILT = join(RTL, "prebuilt");
const MAX_BYTES = 350 * 1024;
const manifest = JSON.parse(readFileSync(join(PREBUILT, "manifest.json"), "utf8")) as Manifest;

test("the prebuilt RTL was built from the sources as they are; else: npm run build:rtl", () => {
  assert.equal(manifest.sources, sourceHash());
});

test("every prebuilt file is the one in the manifest, at most 350 KB, and none is missing", () => {
  const expected = PREBUILT_DIMS.flatMap((dim) => MODES.map((mode) => `polaris-${dim}-${mode}.wasm`));

  assert.deepEqual(Object.keys(manifest.files), expected);
  assert.deepEqual(
    readdirSync(PREBUILT)
      .filter((name) => name.endsWith(".wasm"))
      .sort(),
    [...expected].sort(),
  );
  for (const name of expected) {
    const bytes = readFileSync(join(PREBUILT, name));
    assert.equal(sha256(bytes), manifest.files[name]?.sha256, name);
    assert.ok(bytes.length <= MAX_BYTES, `${name}: ${bytes.length} bytes`);
  }
});
