import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { InputError } from "../../src/errors.ts";
import type { Evaluator } from "../../src/fidelity/evaluator.ts";
import {
  searchVerified,
  type VerifiedSearchRequest,
  type VerifiedSearchResult,
} from "../../src/promotion/verified-search.ts";
import type { VerifyCarry, VerifyJob } from "../../src/promotion/verified-trial.ts";
import { openStudyJournal } from "../../src/search/journal.ts";
import { assertValid } from "../schema/validator.ts";
import { createTruth, propose, request } from "./fixtures.ts";

const folder = await mkdtemp(join(tmpdir(), "polaris-verified-"));
after(() => rm(folder, { recursive: true, force: true }));
let files = 0;
const fileOf = (): string => join(folder, `${files++}.jsonl`);

const QUESTION = { sampler: "verified", seed: 0, problem: ["bert"], package: "1.0.0", engine: "test" };

/** A machine that is off by chance, and on which one layer cannot run. */
function createMachine(): Evaluator & { readonly runs: () => number } {
  const truth = createTruth(1.3, 0.1);
  let first: string | undefined;
  return {
    ...truth,
    evaluate: async (candidates, signal) => {
      const outcomes = await truth.evaluate(candidates, signal);
      return outcomes.map((outcome, i) => {
        const shape = JSON.stringify([candidates[i]?.shape, candidates[i]?.hardware.scratchpadWords]);
        first ??= shape;
        return shape === first ? { status: "failed", reason: "deadlock at cycle 7" } : outcome;
      });
    },
  };
}

async function study(
  file: string,
  options: Partial<VerifiedSearchRequest> = {},
): Promise<VerifiedSearchResult> {
  const journal = openStudyJournal<VerifyJob, VerifyCarry>(file, QUESTION);
  try {
    return await searchVerified(request({ verifier: createTruth(1.3, 0.1), journal, ...options }));
  } finally {
    journal.close();
  }
}

const timeless = (result: VerifiedSearchResult): VerifiedSearchResult => ({ ...result, seconds: 0 });
const read = async (file: string): Promise<string> =>
  (await readFile(file, "utf8")).replace(/"seconds":[^}]*}/g, "}");

const whole = fileOf();
const answer = await study(whole);

test("a verified search cut anywhere goes on to the same journal and the same answer", async () => {
  const bytes = await readFile(whole);
  assert.ok(answer.verified.length >= 3, `${answer.verified.length} designs`);

  for (const cut of [
    1,
    100,
    ...[0.3, 0.5, 0.8].map((part) => Math.floor(part * bytes.length)),
    bytes.length,
  ]) {
    const file = fileOf();
    await writeFile(file, bytes);
    await truncate(file, cut);

    const resumed = await study(file);

    assert.equal(await read(file), await read(whole), `cut after ${cut} bytes`);
    assert.deepEqual(timeless(resumed), timeless(answer), `cut after ${cut} bytes`);
  }
});

test("what is on record is not run again, whatever failed in it", async () => {
  const file = fileOf();
  const machine = createMachine();
  const first = await study(file, { verifier: machine });
  assert.ok(first.failed.length > 0 && machine.runs() === first.runs);

  const second = await study(file, { verifier: machine });

  assert.equal(machine.runs(), first.runs);
  assert.deepEqual(timeless(second), timeless(first));
});

test("the order in which machines come back leaves no trace", async () => {
  const file = fileOf();
  let calls = 0;
  const truth = createTruth(1.3, 0.1);
  const uneven: Evaluator = {
    ...truth,
    evaluate: async (candidates, signal) => {
      const pause = calls++ % 2 === 0 ? 10 : 0;
      await new Promise((resolve) => setTimeout(resolve, pause));
      return truth.evaluate(candidates, signal);
    },
  };

  await study(file, { verifier: uneven });

  assert.equal(await read(file), await read(whole));
});

test("more runs, evaluations or designs let a search that had spent them go on as if it had had them", async () => {
  for (const small of [{ runs: 13 }, { budget: { evaluations: 1 } }, { budget: { trials: 1 } }]) {
    const file = fileOf();
    const short = await study(file, small);
    assert.equal(short.ended, "budget", JSON.stringify(small));
    assert.ok(short.runs < answer.runs);
    assert.ok((await read(whole)).startsWith(await read(file)), JSON.stringify(small));

    const resumed = await study(file);

    assert.equal(await read(file), await read(whole), JSON.stringify(small));
    assert.deepEqual(timeless(resumed), timeless(answer));
  }
});

test("budgets that are smaller than what is on record hide none of it, and allow nothing more", async () => {
  const lines = (await readFile(whole, "utf8")).trimEnd().split("\n");
  const slow: VerifiedSearchRequest["propose"] = async (...args) => {
    // Long enough for a timer to fall due in between.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return propose(...args);
  };

  for (const small of [
    { budget: { milliseconds: 1 }, propose: slow },
    { budget: { evaluations: 1 } },
    { budget: { trials: 1 } },
    { runs: 0 },
  ]) {
    // All of it, and a batch of two of which one is there.
    for (const trials of [answer.verified.length, 3]) {
      const file = fileOf();
      const text = `${lines.slice(0, 1 + trials).join("\n")}\n`;
      await writeFile(file, text);
      const verifier = createTruth(1.3, 0.1);

      const resumed = await study(file, { verifier, ...small });

      const which = `${JSON.stringify(small)}, ${trials} trials`;
      assert.deepEqual(resumed.verified, answer.verified.slice(0, trials), which);
      assert.equal(await readFile(file, "utf8"), text, which);
      assert.equal(verifier.runs(), 0, which);
      assert.equal(resumed.ended, trials === answer.verified.length ? answer.ended : "budget", which);
    }
  }
});

test("when its time is up a search ends in the middle of a run, with what was verified or predicted till then", async () => {
  const truth = createTruth(1.3, 0.1);
  /** Runs so many layers, and then one that only a signal ends. */
  const stuckAfter = (runs: number): Evaluator => ({
    ...truth,
    evaluate: async (candidates, signal) => {
      if (truth.runs() + candidates.length <= runs) return truth.evaluate(candidates, signal);
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  });

  const none = await study(fileOf(), { verifier: stuckAfter(0), budget: { milliseconds: 200 } });
  const some = await study(fileOf(), { verifier: stuckAfter(10), budget: { milliseconds: 400 } });
  const first = await study(fileOf(), { verifier: stuckAfter(0), budget: { milliseconds: 1 } });

  assert.deepEqual([none.ended, none.best, none.verified.length], ["budget", undefined, 0]);
  assert.ok(none.promising && first.promising);
  assert.equal(some.ended, "budget");
  assert.ok(some.best && some.verified.length < answer.verified.length);
});

test("a journal whose trial is of another design is refused by its number", async () => {
  const file = fileOf();
  const lines = (await readFile(whole, "utf8")).split("\n");
  await writeFile(
    file,
    lines.map((line, i) => (i === 2 ? line.replace('"round":0', '"round":7') : line)).join("\n"),
  );

  await assert.rejects(study(file), (error) => error instanceof InputError && /trial 1/.test(error.message));
});

test("a journal whose trial lacks the outcome of a run is refused by its number", async () => {
  const file = fileOf();
  const lines = (await readFile(whole, "utf8")).split("\n");
  const trial = JSON.parse(lines[2] as string);
  trial.outcome.carry.runs.pop();
  lines[2] = JSON.stringify(trial);
  await writeFile(file, lines.join("\n"));

  await assert.rejects(
    study(file),
    (error) => error instanceof InputError && /trial 1: expected \d+ runs, found \d+/.test(error.message),
  );
});

test("every line of a journal is as the schema says", async () => {
  const machine = fileOf();
  await study(machine, { verifier: createMachine() });

  for (const file of [whole, machine]) {
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    for (const line of lines) assertValid("study", JSON.parse(line));
  }
});
