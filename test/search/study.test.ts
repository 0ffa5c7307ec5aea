import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { openStudyJournal, type StudyQuestion } from "../../src/search/journal.ts";
import type { Sampler } from "../../src/search/sampler.ts";
import { runStudy, type StudyRequest, type StudyResult } from "../../src/search/study.ts";
import type { TrialOutcome } from "../../src/search/trial.ts";

const folder = await mkdtemp(join(tmpdir(), "polaris-study-"));
after(() => rm(folder, { recursive: true, force: true }));

interface Step {
  readonly from: number;
  readonly by: number;
}

/** A walk on a line: each job begins at the best place told so far. */
function createWalk(last = 30): Sampler<Step, number> {
  let best = { cost: Number.POSITIVE_INFINITY, place: 100 };
  let asked = 0;
  return {
    name: "walk",
    inFlight: 4,
    ask: (rng) => (asked++ < last ? { from: best.place, by: Math.round(20 * rng()) - 10 } : undefined),
    tell({ outcome, cost }) {
      if (outcome.status === "found" && cost < best.cost) best = { cost, place: outcome.carry };
    },
  };
}

function price({ from, by }: Step): TrialOutcome<number> {
  const place = from + by;
  if (place % 7 === 0) return { status: "infeasible", reason: "a multiple of seven", evaluated: 1 };
  return {
    status: "found",
    design: { hardware: { peDim: 2, scratchpadKib: 1, accumulatorKib: 1 }, mappings: [] },
    sums: [{ latencyCycles: Math.abs(place) + 1, energyPj: 1 }],
    evaluated: 3,
    carry: place,
  };
}

const QUESTION: StudyQuestion = {
  sampler: "walk",
  seed: 5,
  problem: ["a line"],
  package: "1.0.0",
  engine: "test",
};
let files = 0;
const fileOf = (): string => join(folder, `${files++}.jsonl`);

function study(
  options: Partial<StudyRequest<Step, number>> = {},
  file?: string,
): Promise<StudyResult<Step, number>> {
  const journal = file === undefined ? undefined : openStudyJournal<Step, number>(file, QUESTION);
  return runStudy<Step, number>({
    sampler: createWalk(),
    seed: QUESTION.seed,
    run: async (job) => price(job),
    cost: (outcome) =>
      outcome.status === "found" ? (outcome.sums[0]?.latencyCycles ?? 0) : Number.POSITIVE_INFINITY,
    budget: {},
    ...(journal ? { journal } : {}),
    ...options,
  }).finally(() => journal?.close());
}

/** A journal without what two runs need not have in common. */
async function read(file: string): Promise<string> {
  return (await readFile(file, "utf8")).replace(/"seconds":[^}]*}/g, "}");
}

test("a study tells every trial, keeps the best, and ends when its sampler does", async () => {
  const costs: number[] = [];

  const result = await study({ onTrial: ({ cost }) => costs.push(cost) });

  assert.equal(result.ended, "sampler");
  assert.equal(result.trials, 30);
  assert.equal(costs.length, 30);
  assert.equal(result.bestCost, Math.min(...costs));
  assert.equal(result.bestTrial?.number, costs.indexOf(result.bestCost));
});

test("a study cut anywhere goes on to the same journal as one that was not", async () => {
  const whole = fileOf();
  await study({}, whole);
  const bytes = await readFile(whole);

  for (const cut of [1, 60, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2), bytes.length - 1]) {
    const file = fileOf();
    await writeFile(file, bytes);
    await truncate(file, cut);

    await study({}, file);

    assert.equal(await read(file), await read(whole), `cut after ${cut} bytes`);
  }
});

test("trials on record are told, not run again", async () => {
  const file = fileOf();
  await study({ budget: { trials: 12 } }, file);
  let runs = 0;

  const result = await study(
    {
      run: async (job) => {
        runs++;
        return price(job);
      },
    },
    file,
  );

  assert.equal(runs, 18);
  assert.equal(result.trials, 30);
});

test("budgets of trials and evaluations end a study after the same trial every time", async () => {
  const whole = fileOf();
  await study({ budget: { trials: 20 } }, whole);
  const [lines, parts] = [(await read(whole)).split("\n"), fileOf()];
  assert.equal(lines.length, 1 + 20 + 1);

  const result = await study({ budget: { evaluations: 20 } }, parts);

  assert.equal(result.ended, "budget");
  assert.ok(result.evaluated >= 20 && result.evaluated < 23, String(result.evaluated));
  assert.ok((await read(whole)).startsWith(await read(parts)));
});

test("a budget of time and a signal end a study while jobs are open, with the trials so far", async () => {
  const never = (job: Step, signal: AbortSignal): Promise<TrialOutcome<number>> =>
    job.from === 100
      ? Promise.resolve(price(job))
      : new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

  const timed = await study({ run: never, budget: { milliseconds: 30 } });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const signalled = await study({ run: never, signal: controller.signal });

  assert.equal(timed.ended, "budget");
  assert.equal(signalled.ended, "signal");
  assert.ok(timed.trials >= 4 && timed.trials < 30);
  assert.equal(signalled.trials, timed.trials);
  assert.ok(timed.bestTrial);
});

test("time that runs out before the first trial waits for it, and for no more", async () => {
  const slow = async (job: Step): Promise<TrialOutcome<number>> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return price(job);
  };

  const { trials, ended } = await study({ run: slow, budget: { milliseconds: 1 } });

  assert.deepEqual({ trials, ended }, { trials: 1, ended: "budget" });
});

test("a job that fails ends the study with its error", async () => {
  const broken = new Error("broken");

  await assert.rejects(study({ run: () => Promise.reject(broken) }), broken);
});

test("a journal of another study, of another version, or none at all is refused by what differs", async () => {
  const file = fileOf();
  await study({}, file);
  const open = (question: StudyQuestion) => (): void => openStudyJournal(file, question).close();
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof InputError && pattern.test(error.message);

  assert.throws(open({ ...QUESTION, seed: 6 }), refused(/expected a study with seed 6, found seed 5/));
  assert.throws(open({ ...QUESTION, sampler: "anneal" }), refused(/sampler anneal, found sampler "walk"/));
  assert.throws(open({ ...QUESTION, problem: ["a plane"] }), refused(/same workloads/));
  assert.doesNotThrow(open({ ...QUESTION, package: "1.0.1", engine: "other" }));
  const other = fileOf();
  await writeFile(other, "name,price\n");
  assert.throws(() => openStudyJournal(other, QUESTION), refused(/journal of a study, or no file/));
  assert.equal(await readFile(other, "utf8"), "name,price\n");
  await writeFile(other, '{"op":"study","version":2}\n');
  assert.throws(() => openStudyJournal(other, QUESTION), refused(/version 1, found version 2/));
});

test("a journal has one writer; the lock of a process that was killed is taken over", async () => {
  const file = fileOf();
  const lock = `${file}.lock`;
  await writeFile(lock, String(process.ppid));
  assert.throws(
    () => openStudyJournal(file, QUESTION),
    (error: unknown) => error instanceof InputError && /no other run is writing/.test(error.message),
  );
  await writeFile(lock, String(spawnSync(process.execPath, ["--version"]).pid));
  openStudyJournal(file, QUESTION).close();
  await assert.rejects(readFile(lock), /ENOENT/);
});

test("a bad line that is not the last is an error with its number, and a trial of another walk is named", async () => {
  const file = fileOf();
  await study({ budget: { trials: 3 } }, file);
  await appendFile(file, '{"op":"trial","trial":7}\n');
  assert.throws(
    () => openStudyJournal(file, QUESTION),
    (error: unknown) => error instanceof InputError && /line 5: expected trial 3/.test(error.message),
  );
  const hollow = fileOf();
  await study({ budget: { trials: 1 } }, hollow);
  await appendFile(hollow, '{"op":"trial","trial":1,"job":{},"seconds":1}\n');
  assert.throws(
    () => openStudyJournal(hollow, QUESTION),
    (error: unknown) => error instanceof InputError && /line 3: expected trial 1/.test(error.message),
  );

  const changed = fileOf();
  await study({ budget: { trials: 6 } }, changed);
  const text = await readFile(changed, "utf8");
  await writeFile(
    changed,
    text.replace(/"trial":2,"job":\{"from":100,"by":/, '"trial":2,"job":{"from":101,"by":'),
  );
  await assert.rejects(
    study({}, changed),
    (error: unknown) => error instanceof InputError && /trial 2/.test(error.message),
  );
});
