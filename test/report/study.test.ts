import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { loadResult } from "../../src/report/load-result.ts";
import { summarise } from "../../src/report/summary.ts";
import { loadEngine } from "../../src/starlight.ts";
import { polaris, scratchFolder } from "../cli/polaris.ts";
import { writeStudy } from "./study.ts";

const file = scratchFolder();

test("a study is read from its journal: trials, front, best so far and the best design", async () => {
  const totals = await writeStudy(file("study.jsonl"), 300, 1);
  appendFileSync(file("study.jsonl"), '{"op":"trial","trial":300,"outc');

  const record = await loadResult(file("study.jsonl"));

  assert.equal(record.points.length, 300);
  const edps = totals.map(({ latencyCycles, energyUj }) => latencyCycles * energyUj * 1e-6);
  let least = Number.POSITIVE_INFINITY;
  for (const [i, { work, best }] of (record.convergence?.steps ?? []).entries()) {
    least = Math.min(least, edps[i] ?? 0);
    assert.equal(work, 700 * (i + 1));
    assert.ok(Math.abs(best / least - 1) < 1e-12);
  }
  const beats = (a: (typeof record.points)[number], b: typeof a): boolean =>
    a.latencyCycles <= b.latencyCycles &&
    a.energyUj <= b.energyUj &&
    a.areaMm2 <= b.areaMm2 &&
    (a.latencyCycles < b.latencyCycles || a.energyUj < b.energyUj || a.areaMm2 < b.areaMm2);
  for (const point of record.points) {
    assert.equal(point.pareto, !record.points.some((other) => beats(other, point)));
  }
  const info = summarise(record, await loadEngine(1));
  assert.equal(info.designs[0]?.agrees, true);
  assert.ok(Math.abs((info.designs[0]?.totals.edpJCycles ?? 0) / least - 1) < 1e-9);
  assert.deepEqual(
    [info.provenance.sampler, info.provenance.objective, info.provenance.seed],
    ["random", "edp", 1],
  );

  // What a verified search adds up was measured: it is no check of the model.
  const journal = readFileSync(file("study.jsonl"), "utf8");
  writeFileSync(file("verified.jsonl"), journal.replace('"sampler":"random"', '"sampler":"verified"'));
  const verified = summarise(await loadResult(file("verified.jsonl")), await loadEngine(1));
  assert.deepEqual([verified.designs.length, verified.designs[0]?.agrees], [1, undefined]);
});

test("what search writes down, report reads; what is no study is refused with its line", async () => {
  const args = ["search", "dlrm", "--sampler", "random", "--pe", "8", "--evaluations", "20000", "--quiet"];
  await polaris([...args, "--study", file("own.jsonl")]);

  const { stdout, code } = await polaris(["report", file("own.jsonl"), "--json"]);

  assert.equal(code, 0);
  const { title, figures, designs, provenance } = JSON.parse(String(stdout));
  assert.equal(provenance.command, "polaris search dlrm --sampler random --pe 8 --evaluations 20000");
  assert.match(title, /^dlrm: study of \d+ trials$/);
  assert.ok(figures.some(({ id }: { id: string }) => id === "convergence"));
  assert.equal(designs[0].agrees, true);
  for (const [text, message] of [
    ["", /an empty file/],
    ['{"polaris":"sweep"}\n', /line 1: expected the head of a study's journal/],
    ['{"op":"study","version":2}\n', /line 1: expected the head/],
    ['{"op":"study","version":1}\n', /expected a trial that found a design/],
    ['{"op":"study","version":1}\nno\n', /line 2: expected a line of a study's journal/],
    [
      '{"op":"study","version":1}\n{"op":"trial","outcome":{"status":"found"}}\n',
      /line 2: design: expected a design/,
    ],
  ] as const) {
    writeFileSync(file("wrong.jsonl"), text);
    await assert.rejects(loadResult(file("wrong.jsonl")), message);
  }
});
