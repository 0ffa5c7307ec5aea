import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PROGRAM, polaris, scratchFolder } from "./polaris.ts";
import { smallSearch } from "./small-search.ts";

const file = scratchFolder();
const SEARCH = smallSearch(file("net.json"), "1..64", "1..16");

/** A journal without its times. */
function read(name: string): string {
  return readFileSync(file(name), "utf8").replace(/"seconds":[^}]*}/g, "}");
}

test("samplers give a design that evaluate prices alike, and that no proof contradicts", async () => {
  const proven = JSON.parse(String((await polaris([...SEARCH, "--json"])).stdout));
  for (const sampler of ["anneal", "dosa"]) {
    const out = file(`${sampler}.json`);
    const run = await polaris([...SEARCH, "--sampler", sampler, "--evaluations", "20000", "--out", out]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(String(run.stdout), new RegExp(`best of \\d+ trials \\(${sampler}\\), no proof`));

    const evaluated = JSON.parse(String((await polaris(["evaluate", out, "--json"])).stdout));

    const design = JSON.parse(readFileSync(out, "utf8"));
    assert.deepEqual(evaluated.totals, design.totals);
    assert.equal(design.optimal, false);
    assert.match(design.provenance.command, /--sampler/);
    assert.ok(design.totals.areaMm2 <= 0.3);
    assert.ok(design.totals.edpJCycles >= proven.totals.edpJCycles * (1 - 1e-12), sampler);
  }
});

test("one worker, two workers and a study that was killed leave the same journal", async () => {
  const args = (name: string, workers: string): string[] => [
    ...SEARCH,
    ...["--sampler", "random", "--evaluations", "60000", "--workers", workers, "--study", file(name)],
  ];
  const one = await polaris(args("one.jsonl", "1"));
  const two = await polaris(args("two.jsonl", "2"));

  const child = spawn(process.execPath, [PROGRAM, ...args("killed.jsonl", "2")], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(file("killed.jsonl")) || readFileSync(file("killed.jsonl")).length < 2000) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill("SIGKILL");
  await ended;
  const resumed = await polaris(args("killed.jsonl", "2"));

  assert.equal(read("two.jsonl"), read("one.jsonl"));
  assert.equal(read("killed.jsonl"), read("one.jsonl"));
  assert.deepEqual([one.code, two.code, resumed.code], [0, 0, 0]);
  assert.deepEqual(resumed.stdout, one.stdout);
});

test("Ctrl-C gives the best so far, says how to go on, and ends with 130", async () => {
  const child = spawn(
    process.execPath,
    [PROGRAM, ...SEARCH, "--sampler", "random", "--budget", "60s", "--study", file("cut.jsonl")],
    { stdio: "pipe" },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(file("cut.jsonl")) || readFileSync(file("cut.jsonl")).length < 2000) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  child.kill("SIGINT");

  assert.equal(await ended, 130);
  assert.match(stdout, /no proof/);
  assert.match(
    stderr,
    /the best design so far is given; the same command goes on with it: polaris search .*cut\.jsonl\n/,
  );
});

test("a study of another search is refused, and the proof keeps none", async () => {
  const journal = ["--study", file("other.jsonl")];
  await polaris([...SEARCH, "--sampler", "random", "--evaluations", "1000", ...journal]);

  const other = await polaris([...SEARCH, "--sampler", "random", "--objective", "latency", ...journal]);
  const proof = await polaris([...SEARCH, ...journal]);

  assert.equal(other.code, 2);
  assert.match(other.stderr, /expected a study of the same workloads, hardware, objective and fidelity/);
  assert.equal(proof.code, 2);
  assert.match(proof.stderr, /expected --verify, or a --sampler other than polaris/);
});
