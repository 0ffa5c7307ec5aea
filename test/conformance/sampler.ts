import assert from "node:assert/strict";
import { test } from "node:test";
import { EDP } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import type { Sampler } from "../../src/search/sampler.ts";
import { type RecordedTrial, runStudy } from "../../src/search/study.ts";
import { type TrialOutcome, trialCost } from "../../src/search/trial.ts";

export interface SamplerFixture<Job, Carry> {
  readonly create: () => Sampler<Job, Carry>;
  /** An outcome that a job might have, the same for the same job. */
  readonly answer: (job: Job) => TrialOutcome<Carry>;
  readonly trials: number;
}

/** What every sampler is held to. */
export function testSampler<Job, Carry>(name: string, fixture: SamplerFixture<Job, Carry>): void {
  const { create, answer, trials } = fixture;
  /** A study whose trials end in an order of chance. */
  const record = async (
    seed: number,
    chance: number,
    known: readonly RecordedTrial<Job, Carry>[] = [],
  ): Promise<readonly RecordedTrial<Job, Carry>[]> => {
    const rng = createRng(chance);
    const told = [...known];
    await runStudy<Job, Carry>({
      sampler: create(),
      seed,
      run: async (job) => {
        await new Promise((resolve) => setTimeout(resolve, 4 * rng()));
        return answer(job);
      },
      cost: (outcome) => trialCost(EDP, outcome),
      budget: { trials },
      journal: { name: "test", known, append: (trial) => told.push(trial) },
    });
    return told.map((trial) => ({ ...trial, seconds: 0 }));
  };

  test(`${name}: the same seed has the same trials, whichever ends first; another seed has others`, async () => {
    const first = await record(1, 10);

    assert.deepEqual(await record(1, 20), first);
    assert.notDeepEqual(
      (await record(2, 10)).map(({ job }) => job),
      first.map(({ job }) => job),
    );
  });

  test(`${name}: jobs and outcomes survive JSON, and a study goes on from any trial on record`, async () => {
    const whole = await record(3, 30);
    const written = JSON.parse(JSON.stringify(whole)) as typeof whole;
    assert.deepEqual(written, whole);

    for (const cut of [1, Math.floor(whole.length / 2), whole.length]) {
      assert.deepEqual(await record(3, 40 + cut, written.slice(0, cut)), whole, `from trial ${cut}`);
    }
  });

  test(`${name}: as many jobs as it lets be open are there before the first trial is told`, () => {
    const sampler = create();

    for (let i = 0; i < Math.min(sampler.inFlight, trials); i++) {
      assert.notEqual(sampler.ask(createRng(4, i)), undefined);
    }
  });
}
