import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ARRAYS, RTL } from "../../scripts/rtl-sources.ts";
import { skipWithout } from "./tools.ts";

const SKIP = skipWithout("verilator");

for (const array of [...Object.values(ARRAYS), 2]) {
  test(`verilator -Wall has nothing to say of the RTL with ARRAY = ${array}`, { skip: SKIP }, () => {
    const args = ["--lint-only", "-Wall", "--top-module", "polaris_sim", "-GDIM=4", `-GARRAY=${array}`];
    const { stderr } = spawnSync("verilator", [...args, "-f", "files.f"], { cwd: RTL, encoding: "utf8" });
    assert.equal(stderr, "");
  });
}

test("no more than two lint warnings are waived", () => {
  const sources = readFileSync(`${RTL}/files.f`, "utf8").trim().split("\n");
  const waivers = sources.flatMap((name) => [
    ...readFileSync(`${RTL}/${name}`, "utf8").matchAll(/lint_off (\w+)/g),
  ]);

  assert.deepEqual(
    waivers.map(([, rule]) => rule),
    ["UNUSEDSIGNAL", "BLKSEQ"],
  );
});
