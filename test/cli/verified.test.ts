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

test("a search on the event model predicts with an interval, verifies nothing, and gives a design", async () => {
  const out = file("event.json");
  const run = await polaris([...SEARCH, "--fidelity", "event", "--out", out]);

  assert.equal(run.code, 0, run.stderr);
  assert.match(String(run.stdout), /predicted edp [\d.,e-]+ \(90 %: [\d.,e-]+ to [\d.,e-]+\), not verified/);
  const design = JSON.parse(readFileSync(out, "utf8"));
  assert.equal(design.verified, null);
  assert.ok(design.predicted.interval.low < design.predicted.cost);
  const evaluated = await polaris(["evaluate", out, "--json"]);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  assert.equal(JSON.parse(String(evaluated.stdout)).totals.areaMm2, design.areaMm2);
});

test("what is verified stands beside what was predicted, within the budget of runs", async () => {
  const run = await polaris([
    ...SEARCH,
    ...["--fidelity", "analytical", "--verify", "event", "--rtl-budget", "7", "--json"],
  ]);

  assert.equal(run.code, 0, run.stderr);
  const { predicted, verified, runs, others, layers, fidelity, ended } = JSON.parse(String(run.stdout));
  assert.equal(fidelity, "analytical");
  assert.equal(ended, "budget");
  assert.ok(runs <= 7 && others.length >= 2);
  assert.equal(verified.by, "event");
  assert.notEqual(verified.cost, predicted.cost);
  assert.equal(
    verified.cost,
    Math.min(...others.map((one: { verified: { cost: number } }) => one.verified.cost)),
  );
  const cycles = layers.reduce(
    (sum: number, one: (typeof layers)[number]) => sum + one.count * one.verified.latencyCycles,
    0,
  );
  assert.equal(verified.sums[0].latencyCycles, cycles);
});

test("a search that could verify nothing gives its design, says why, and fails", async () => {
  const odd = await polaris([
    ...SEARCH.map((word) => (word === "4,8" ? "6" : word)),
    "--verify",
    "rtl",
    "--rtl-budget",
    "8",
  ]);
  const short = await polaris([
    ...SEARCH,
    "--verify",
    "event",
    "--fidelity",
    "analytical",
    "--rtl-budget",
    "1",
  ]);

  assert.equal(odd.code, 1, odd.stderr);
  assert.match(odd.stderr, /^polaris: no design was verified: \d+ could not be run, the first since /m);
  assert.match(String(odd.stdout), /not verified/);
  assert.equal(short.code, 1, short.stderr);
  assert.match(short.stderr, /^polaris: no design was verified: --rtl-budget 1 is less than/m);
});

test("verifiers and samplers that do not go together are refused", async () => {
  const unknown = await polaris([...SEARCH, "--verify", "silicon"]);
  const sampled = await polaris([...SEARCH, "--verify", "event", "--sampler", "anneal"]);

  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /expected rtl, event, command:FILE or dataset:FILE, found "silicon"/);
  assert.equal(sampled.code, 2);
  assert.match(sampled.stderr, /expected polaris with --verify/);
});
