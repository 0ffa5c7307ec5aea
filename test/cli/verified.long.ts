import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { polaris, scratchFolder } from "./polaris.ts";
import { smallSearch } from "./small-search.ts";

const file = scratchFolder();
const SEARCH = smallSearch(file("net.json"), "8..64", "4..16");

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
