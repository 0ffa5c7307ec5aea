import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sweepBuilds } from "../../src/evaluators/native-build.ts";

const folder = mkdtempSync(join(tmpdir(), "polaris-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("what killed builds left is removed once it is older than any build, and nothing else is", async () => {
  const builds = join(folder, "verilator-0123456789abcdef");
  const hours = Date.now() / 1000 - 2 * 3600;
  for (const [name, isOld] of [
    ["4-full", true],
    ["4-full.killed.tmp", true],
    ["8-full.running.tmp", false],
  ] as const) {
    mkdirSync(join(builds, name), { recursive: true });
    writeFileSync(join(builds, name, "machine"), "");
    if (isOld) utimesSync(join(builds, name), hours, hours);
  }
  const other = join(folder, "results", "old.tmp");
  mkdirSync(other, { recursive: true });
  utimesSync(other, hours, hours);

  await sweepBuilds(folder);
  await sweepBuilds(join(folder, "not there"));

  assert.deepEqual(readdirSync(builds).sort(), ["4-full", "8-full.running.tmp"]);
  assert.deepEqual(readdirSync(join(folder, "results")), ["old.tmp"]);
});
