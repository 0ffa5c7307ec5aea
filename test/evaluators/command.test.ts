import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createCachedEvaluator } from "../../src/evaluators/cached.ts";
import { type CommandOptions, createCommandEvaluator } from "../../src/evaluators/command.ts";
import { parseCommandConfig } from "../../src/evaluators/command-config.ts";
import { openResultStore } from "../../src/evaluators/result-store.ts";
import type { Candidate, Evaluator, Outcome } from "../../src/fidelity/evaluator.ts";
import { createRng } from "../../src/rng.ts";
import { macs } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { candidates, INVALID } from "./cases.ts";

const folder = mkdtempSync(join(tmpdir(), "polaris-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (): string => join(folder, String(files++));
const PROGRAM = fileURLToPath(new URL("fixtures/program.js", import.meta.url));

function command(mode: string, options: Partial<CommandOptions> = {}): Evaluator {
  return createCommandEvaluator(
    {
      command: [process.execPath, PROGRAM],
      cwd: folder,
      timeoutMs: 30_000,
      graceMs: 100,
      attempts: 1,
      backoff: { firstMs: 1, longestMs: 10 },
      parallel: 2,
      ...options,
      environment: { POLARIS_TEST: mode, ...options.environment },
    },
    { energyPj: () => 5, rng: createRng(1) },
  );
}

async function one(mode: string, options: Partial<CommandOptions> = {}): Promise<Outcome | undefined> {
  return (await command(mode, options).evaluate(candidates(1)))[0];
}

const cyclesOf = ({ shape }: Candidate): number => macs(shape);
/** Waits, if need be, for a process that was killed to be gone; fails if it lives on. */
async function assertEnds(pidFile: string): Promise<void> {
  const pid = readFileSync(pidFile, "utf8").trim();
  for (let look = 0; look < 1000; look++) {
    try {
      process.kill(Number(pid), 0);
      // A zombie has ended; only its parent has not looked yet.
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) return;
    } catch {
      return;
    }
    await sleep(10);
  }
  process.kill(Number(pid), "SIGKILL");
  assert.fail(`process ${pid} lives on`);
}

testEvaluator("command", {
  create: async () => command("good"),
  valid: candidates(3),
  invalid: INVALID,
});

test("an answer without energy is given that of the counts, one with energy and counters keeps them", async () => {
  const latencyCycles = cyclesOf(candidates(1)[0] as Candidate);

  assert.deepEqual(await one("good"), { status: "priced", latencyCycles, energyPj: 5 });
  assert.deepEqual(await one("chatty"), { status: "priced", latencyCycles, energyPj: 5 });
  assert.deepEqual(await one("full"), {
    status: "priced",
    latencyCycles,
    energyPj: 7,
    counters: { beats: 3 },
  });
});

for (const [mode, reason] of [
  ["crash", /^ended by SIGSEGV$/],
  ["exit code", /^exit code 3; stderr: license server not found$/],
  ["garbage", /^answer: expected a JSON object on the last line of stdout, found "Segmentation fault/],
  ["silent", /^answer: expected a JSON object on the last line of stdout, found nothing$/],
  ["not a number", /^answer: expected latencyCycles, a number above 0, found "many"$/],
  ["zero", /^answer: expected latencyCycles, a number above 0, found 0$/],
  ["other version", /^answer: expected version 1, found 2$/],
  ["flood", /^more than 16 MiB on stdout$/],
  ["gives up", /^this layer does not compile$/],
] as const) {
  test(`a program that ends with ${mode} makes its design fail, with the reason`, async () => {
    const outcome = await one(mode);

    assert.equal(outcome?.status, "failed");
    assert.ok(outcome?.status === "failed");
    assert.match(outcome.reason, reason);
  });
}

test("a program that cannot be started makes its design fail, with the reason", async () => {
  const outcome = await one("good", { command: ["no-such-program"] });

  assert.ok(outcome?.status === "failed");
  assert.match(outcome.reason, /^no-such-program did not start in .*ENOENT/);
});

test("what a program says cannot run is infeasible", async () => {
  assert.deepEqual(await one("cannot run it"), {
    status: "infeasible",
    reason: "more tiles than the loop counters hold",
  });
});

test("a program that hangs is ended with all its children, deaf ones too, and its design fails", async () => {
  const pid = fresh();

  const outcome = await one("hang", { timeoutMs: 1500, environment: { POLARIS_TEST_PID: pid } });

  assert.ok(outcome?.status === "failed");
  assert.match(outcome.reason, /^no answer within 1.5 s/);
  await assertEnds(pid);
});

test("a child that a program leaves behind neither holds its answer back nor lives on", async () => {
  const pid = fresh();

  const outcome = await one("leaves a child", { environment: { POLARIS_TEST_PID: pid } });

  assert.equal(outcome?.status, "priced");
  await assertEnds(pid);
});

test("a failed attempt is tried again, as often as was asked, and the program's own word is final", async () => {
  const log = fresh();
  const environment = { POLARIS_TEST_LOG: log };
  const attempts = (): number => {
    const count = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").length : 0;
    rmSync(log, { force: true });
    return count;
  };

  assert.equal((await one("second time lucky", { attempts: 3, environment }))?.status, "priced");
  assert.equal(attempts(), 2);
  const crashed = await one("crash", { attempts: 3, environment });
  assert.deepEqual(crashed, { status: "failed", reason: "ended by SIGSEGV (3 attempts)" });
  assert.equal(attempts(), 3);
  assert.equal((await one("gives up", { attempts: 3, environment }))?.status, "failed");
  assert.equal(attempts(), 1);
});

test("a straggler keeps nobody waiting but its own slot", async () => {
  const log = fresh();
  const gate = fresh();
  const [late, ...others] = candidates(6);
  assert.ok(late);
  const slow = command("gated", { parallel: 2, environment: { POLARIS_TEST_GATE: gate } });
  const quick = command("good", { parallel: 2, environment: { POLARIS_TEST_LOG: log } });
  // One evaluator, two programs: the first candidate is the straggler's.
  const mixed: Evaluator = {
    ...quick,
    evaluate: async ([candidate], signal) =>
      candidate === late
        ? slow.evaluate([late], signal)
        : quick.evaluate(candidate ? [candidate] : [], signal),
  };
  const cached = createCachedEvaluator(mixed, {
    store: await openResultStore(fresh(), { fidelity: "rtl", identity: "mixed" }),
  });

  const outcomes = cached.evaluate([late, ...others]);
  while (!existsSync(log) || readFileSync(log, "utf8").trimEnd().split("\n").length < others.length)
    await sleep(20);
  writeFileSync(gate, "");

  for (const outcome of await outcomes) assert.equal(outcome.status, "priced");
});

test("no more programs run at once than were asked for", async () => {
  const gate = fresh();
  const log = fresh();
  const evaluator = command("gated", {
    parallel: 2,
    environment: { POLARIS_TEST_GATE: gate, POLARIS_TEST_LOG: log },
  });

  const outcomes = evaluator.evaluate(candidates(4));
  const started = (): number =>
    existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").length : 0;
  while (started() < 2) await sleep(20);
  // A third would have come by now: each takes a tenth of a second to start.
  await sleep(300);
  assert.equal(started(), 2);
  writeFileSync(gate, "");

  assert.equal((await outcomes).length, 4);
  assert.equal(started(), 4);
});

test("an abort ends what runs, what waits and what pauses", async () => {
  const pid = fresh();
  const controller = new AbortController();
  const reason = new Error("enough");
  const evaluator = command("hang", { parallel: 1, environment: { POLARIS_TEST_PID: pid } });
  const pausing = command("crash", { attempts: 9, backoff: { firstMs: 1e6, longestMs: 1e6 } });

  const outcomes = Promise.allSettled([
    evaluator.evaluate(candidates(3), controller.signal),
    pausing.evaluate(candidates(1), controller.signal),
  ]);
  while (!existsSync(pid)) await sleep(20);
  controller.abort(reason);

  for (const outcome of await outcomes)
    assert.equal(outcome.status === "rejected" ? outcome.reason : outcome, reason);
  await assertEnds(pid);
});

test("kill -9 and a second run reuse every finished result", async () => {
  const [store, log] = [fresh(), fresh()];
  const program = fileURLToPath(new URL("fixtures/measure.ts", import.meta.url));
  const run = () =>
    spawn(process.execPath, ["-C", "polaris-source", "--import", "tsx", program, store, PROGRAM, log], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  const first = run();
  await once(first.stdout, "data");
  first.kill("SIGKILL");
  await once(first, "close");
  // Programs that were under way are ended; the second run asks again for what they were asked.
  const before = new Set(readFileSync(log, "utf8").trimEnd().split("\n"));
  const second = run();
  let said = "";
  second.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(second, "close");

  const { reused, evaluated } = JSON.parse(said.trimEnd().split("\n").at(-1) ?? "") as {
    reused: number;
    evaluated: number;
  };
  assert.equal(reused + evaluated, 8);
  assert.ok(reused >= 1, said);
  assert.ok(reused <= before.size && before.size < 8);
});

test("kill -9 ends the programs under way with all their children, deaf ones too", async () => {
  const pid = fresh();
  const program = fileURLToPath(new URL("fixtures/hang.ts", import.meta.url));
  const doomed = spawn(process.execPath, ["-C", "polaris-source", "--import", "tsx", program, PROGRAM], {
    stdio: "inherit",
    env: { ...process.env, POLARIS_TEST_PID: pid },
  });
  while (!existsSync(pid)) await sleep(20);

  doomed.kill("SIGKILL");

  await once(doomed, "close");
  await assertEnds(pid);
});

test("kill -9 leaves a group alone that has ended before: its number may be another's by then", async () => {
  const group = () => spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  const [other, running] = [group(), group()];
  try {
    const program = fileURLToPath(new URL("fixtures/watch.ts", import.meta.url));
    const args = ["-C", "polaris-source", "--import", "tsx", program, String(other.pid), String(running.pid)];
    const doomed = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(doomed.stdout, "data");
    const ends = once(running, "exit");

    doomed.kill("SIGKILL");

    await ends;
    // Both would have been ended at the same time.
    await sleep(300);
    assert.equal(other.signalCode, null);
  } finally {
    other.kill("SIGKILL");
    running.kill("SIGKILL");
  }
});

test("a config is read with its defaults, and told what is wrong with it", () => {
  const config = parseCommandConfig({ identity: "a", command: ["run.sh"] }, "/jobs/runner.json");

  assert.deepEqual(config, {
    identity: "a",
    command: ["run.sh"],
    cwd: "/jobs",
    environment: {},
    timeoutMs: 3_600_000,
    graceMs: 5000,
    attempts: 3,
    backoff: { firstMs: 1000, longestMs: 60_000 },
    parallel: 1,
  });
  for (const [wrong, message] of [
    [{ command: ["x"] }, /identity: expected a text/],
    [{ identity: "a", command: "run.sh" }, /command: expected a list/],
    [{ identity: "a", command: [] }, /command: expected a list/],
    [{ identity: "a", command: ["x"], attempts: 0 }, /attempts: expected an integer from 1 to 100, found 0/],
    [{ identity: "a", command: ["x"], timeout: 3 }, /timeout/],
    [{ identity: "a", command: ["x"], environment: { A: 1 } }, /environment: expected texts/],
    [{ identity: "a", command: ["x"], version: 2 }, /version: expected 1, found 2/],
    [{ identity: "a", command: ["x"], profile: "mine" }, /profile: expected gemmini-firesim or polaris-rtl/],
  ] as const) {
    assert.throws(() => parseCommandConfig(wrong, "runner.json"), message);
  }
});

test("the example runs as it stands", async () => {
  const file = fileURLToPath(new URL("../../examples/command/runner.json", import.meta.url));
  const config = parseCommandConfig(JSON.parse(readFileSync(file, "utf8")), file);
  const example = createCommandEvaluator(config, { energyPj: () => 1, rng: createRng(1) });
  const [candidate] = candidates(1);
  assert.ok(candidate);
  const { mapping, shape } = candidate;

  assert.deepEqual(await example.evaluate([candidate]), [
    {
      status: "priced",
      latencyCycles: Math.ceil(macs(shape) / (mapping.spatialK * mapping.spatialC)),
      energyPj: 1,
    },
  ]);
});
