import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const TABLE = file("net.json");
writeFileSync(
  TABLE,
  JSON.stringify({
    layers: [
      { name: "a", K: 64, C: 32, P: 14, Q: 14, R: 3, S: 3, count: 2 },
      { name: "b", K: 96, C: 64, P: 49 },
    ],
  }),
);
const SPACE = [
  "--pe",
  "4,8",
  "--scratchpad-kib",
  "8..64",
  "--accumulator-kib",
  "4..16",
  "--max-area-mm2",
  "0.3",
];
const SEARCH = ["search", TABLE, ...SPACE, "--quiet"];

test("Starlight learns from what a search ran, and is a model file afterwards", async () => {
  const [model, design] = [file("learnt.json"), file("design.json")];
  const run = await polaris([
    ...SEARCH,
    ...["--fidelity", "starlight", "--verify", "event", "--rtl-budget", "4"],
    ...["--save-model", model, "--out", design],
  ]);

  assert.equal(run.code, 0, run.stderr);
  const { kind, profile, data } = JSON.parse(readFileSync(model, "utf8"));
  assert.deepEqual([kind, profile], ["starlight", "polaris-rtl"]);
  assert.equal(data[0].rows, JSON.parse(readFileSync(design, "utf8")).runs);
  const priced = await polaris([
    ...[
      "evaluate",
      design,
      "--fidelity",
      "starlight",
      "--profile",
      "polaris-rtl",
      "--model",
      model,
      "--json",
    ],
  ]);
  assert.equal(priced.code, 0, priced.stderr);
  const without = await polaris([...SEARCH, "--verify", "event", "--save-model", model]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /--save-model: expected --fidelity starlight and --verify/);
});
