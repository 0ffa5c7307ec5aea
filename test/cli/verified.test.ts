import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { findingBudget } from "../../src/cli/commands/choose-designs.ts";
import { PROGRAM, polaris, scratchFolder } from "./polaris.ts";
import { smallSearch } from "./small-search.ts";

const file = scratchFolder();
const SEARCH = smallSearch(file("net.json"), "8..64", "4..16");

test("a search on the event model predicts with an interval, verifies nothing, and gives a design", async () => {
  const out = file("event.json");
  const run = await polaris([...SEARCH, "--fidelity", "event", "--out", out]);

  assert.equal(run.code, 0, run.stderr);
  assert.match(
    String(run.stdout),
    /predicted edp [\d.,e-]+ \(90 %: [\d.,e-]+ to [\d.,e-]+\) J x cycles, not verified/,
  );
  const design = JSON.parse(readFileSync(out, "utf8"));
  assert.equal(design.verified, null);
  assert.ok(design.predicted.interval.low < design.predicted.cost);
  const evaluated = await polaris(["evaluate", out, "--json"]);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  assert.equal(JSON.parse(String(evaluated.stdout)).totals.areaMm2, design.areaMm2);
});

test("a design is priced by the model of the RTL that it was made for, or it is said that it is not", async () => {
  const out = file("event.json");
  const event = ["evaluate", out, "--fidelity", "event"];
  const { profile, layers } = JSON.parse(readFileSync(out, "utf8"));

  const own = await polaris([...event, "--json"]);
  const other = await polaris([...event, "--profile", "gemmini-firesim"]);

  const priced = JSON.parse(String(own.stdout));
  assert.deepEqual([profile, priced.profile], ["polaris-rtl", "polaris-rtl"]);
  assert.deepEqual(
    priced.layers.map(({ latencyCycles }: { latencyCycles: number }) => latencyCycles),
    layers.map((layer: { predicted: { latencyCycles: number } }) => layer.predicted.latencyCycles),
  );
  assert.equal(own.stderr, "");
  assert.match(
    other.stderr,
    /^polaris: note: .*event\.json was made for polaris-rtl and is priced as gemmini-firesim\n$/,
  );
  assert.match(
    String(other.stdout),
    /^area [\d.]+ mm2.*; cycles by the event model \(profile gemmini-firesim\), energy by the analytical model$/m,
  );
  assert.match(String(other.stdout), /^layer +runs +cycles +90 % +energy uJ +EDP J\*cycles +bound by$/m);
});

test("what is verified stands beside what was predicted, within the budget of runs", async () => {
  const run = await polaris([
    ...SEARCH,
    ...["--fidelity", "analytical", "--verify", "event", "--rtl-budget", "7", "--json"],
  ]);

  assert.equal(run.code, 0, run.stderr);
  const { predicted, verified, runs, others, layers, fidelity, profile, ended } = JSON.parse(
    String(run.stdout),
  );
  assert.deepEqual([fidelity, profile], ["analytical", "polaris-rtl"]);
  // The analytical model has no interval before it was calibrated.
  assert.ok(
    others.some((one: { predicted: { interval?: unknown } }) => one.predicted.interval === undefined),
  );
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

/** A program that takes its time to measure a layer. */
function slowProgram(): string {
  const program = file("measure.mjs");
  writeFileSync(
    program,
    `import { text } from "node:stream/consumers";
    const { layer, hardware } = JSON.parse(await text(process.stdin));
    const cycles = layer.K * layer.C * layer.P * (1 + hardware.scratchpadWords / 1e6);
    setTimeout(() => console.log(JSON.stringify({ version: 1, latencyCycles: Math.round(cycles) })), 100);`,
  );
  const config = file("runner.json");
  writeFileSync(config, JSON.stringify({ identity: "slow", command: [process.execPath, program] }));
  return config;
}

const VERIFIED = [...SEARCH, "--fidelity", "analytical", "--rtl-budget", "6", "--verify"];
const read = (name: string): string => readFileSync(file(name), "utf8").replace(/"seconds":[^}]*}/g, "}");

test("one worker, two workers and a verified search that was killed leave the same journal and answer", async () => {
  const args = (name: string, workers: string): string[] => [
    ...VERIFIED,
    ...["event", "--workers", workers, "--study", file(name), "--json"],
  ];
  const [one, two] = await Promise.all([polaris(args("one.jsonl", "1")), polaris(args("two.jsonl", "2"))]);
  const child = spawn(process.execPath, [PROGRAM, ...args("killed.jsonl", "2")], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(file("killed.jsonl")) || read("killed.jsonl").split("\n").length < 3)
    await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await ended;

  const resumed = await polaris(args("killed.jsonl", "2"));

  assert.deepEqual([one.code, two.code, resumed.code], [0, 0, 0], resumed.stderr);
  assert.equal(read("two.jsonl"), read("one.jsonl"));
  assert.equal(read("killed.jsonl"), read("one.jsonl"));
  assert.deepEqual(String(resumed.stdout), String(one.stdout));

  const told = JSON.parse(String((await polaris(["report", file("one.jsonl"), "--json"])).stdout));
  const designs = JSON.parse(String(one.stdout)).others.length;
  assert.match(told.provenance.command, /^polaris search .*--verify /);
  assert.match(told.claim, new RegExp(`^the best of the designs that were run \\(edp, ${designs}\\)`));
  const other = await polaris([...args("one.jsonl", "1"), "--objective", "latency"]);
  assert.equal(other.code, 2);
  assert.match(other.stderr, /expected a study of the same workloads/);
});

test("Ctrl-C during verification gives the best so far and the command that goes on", async () => {
  const child = spawn(
    process.execPath,
    [PROGRAM, ...VERIFIED, `command:${slowProgram()}`, "--study", file("cut.jsonl")],
    { stdio: "pipe", env: { ...process.env, XDG_CACHE_HOME: file("cache") } },
  );
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(file("cut.jsonl")) || read("cut.jsonl").split("\n").length < 3)
    await new Promise((resolve) => setTimeout(resolve, 2));

  child.kill("SIGINT");

  assert.equal(await ended, 130, stderr);
  assert.match(stdout, /^verified edp .*; interrupted: others considered may be better$/m);
  assert.match(
    stderr,
    /the best so far is given; the same command goes on with it: polaris search .*cut\.jsonl\n/,
  );
});

test("a budget ends a verified search in the middle of a run, and says what is not verified and not proven", async () => {
  const program = file("stuck.mjs");
  writeFileSync(program, "setTimeout(() => undefined, 600_000);");
  const config = file("stuck.json");
  writeFileSync(config, JSON.stringify({ identity: "stuck", command: [process.execPath, program] }));
  const started = performance.now();

  const args = [...SEARCH, "--fidelity", "analytical", "--verify", `command:${config}`, "--budget", "500ms"];
  const run = await polaris(args);

  assert.ok(performance.now() - started < 60_000);
  assert.equal(run.code, 1, run.stderr);
  assert.match(
    run.stderr,
    /^polaris: no design was verified: --budget ended first; what is given is predicted$/m,
  );
  assert.match(
    String(run.stdout),
    /^predicted edp [\d.,e-]+ \(no interval: the analytical model has none\) J x cycles, not verified; that no other is better is not proven/m,
  );
});

test("a budget ends the search for designs too, and a study whose designs are not all there runs none", async () => {
  const budget = ["--fidelity", "starlight", "--verify", "event", "--budget", "1ms"];
  const run = await polaris([...SEARCH, ...budget, "--json"]);
  const study = await polaris([...SEARCH, ...budget, "--study", file("short.jsonl")]);

  assert.equal(run.code, 1, run.stderr);
  const { verified, complete, ended } = JSON.parse(String(run.stdout));
  assert.deepEqual([verified, complete, ended], [null, false, "budget"]);
  assert.match(String(study.stdout), /not all designs were found before a limit ended the search for them/);
  assert.equal(study.code, 1, study.stderr);
  assert.equal(readFileSync(file("short.jsonl"), "utf8").trimEnd().split("\n").length, 1);
});

test("a study is taken up with less time, or interrupted at once, and nothing on record is hidden", async () => {
  const args = [...SEARCH, "--fidelity", "analytical", "--verify", "event", "--rtl-budget", "6"];
  const study = [...args, "--study", file("later.jsonl"), "--json"];
  const first = await polaris(study);
  assert.equal(first.code, 0, first.stderr);
  const journal = readFileSync(file("later.jsonl"), "utf8");
  const designs = journal.trimEnd().split("\n").length - 1;
  assert.ok(designs >= 2);

  const short = await polaris([...study, "--budget", "1ms"]);
  const fewer = await polaris(study.with(study.indexOf("6"), "1"));
  const interrupted = await polaris(study, "", AbortSignal.abort());

  for (const run of [short, fewer]) {
    assert.equal(run.code, 0, run.stderr);
    const { verified, others } = JSON.parse(String(run.stdout));
    assert.deepEqual(verified, JSON.parse(String(first.stdout)).verified);
    assert.equal(others.length, designs);
  }
  assert.equal(interrupted.code, 130);
  assert.deepEqual(
    [JSON.parse(String(interrupted.stdout)).verified, JSON.parse(String(interrupted.stdout)).complete],
    [null, false],
  );
  assert.match(
    interrupted.stderr,
    new RegExp(`the best so far is given; on record are ${designs} verified designs; the same command`),
  );
  assert.equal(readFileSync(file("later.jsonl"), "utf8"), journal);
});

test("finding designs may take half of a budget, all of it with a study, and any time if designs are on record", () => {
  const verify = { kind: "event" } as const;

  assert.equal(findingBudget({ budget: 1000, verify }, undefined), 500);
  assert.equal(findingBudget({ budget: 1000, verify: undefined }, undefined), 1000);
  assert.equal(findingBudget({ budget: 1000, verify }, 0), 1000);
  assert.equal(findingBudget({ budget: 1000, verify }, 1), Number.POSITIVE_INFINITY);
  assert.equal(findingBudget({ budget: undefined, verify }, undefined), Number.POSITIVE_INFINITY);
});
