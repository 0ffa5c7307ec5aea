import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { after, test } from "node:test";
import { loadModule } from "#kernels";
import { runCli } from "../../src/cli/run.ts";
import { createLocalPool } from "../../src/mapper/archive-pool.ts";
import { EDP, LATENCY } from "../../src/mapper/objective.ts";
import { openJournal } from "../../src/sweep/journal.ts";
import { type SweepPoint, sweep } from "../../src/sweep/sweep.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";

const folder = mkdtempSync(join(tmpdir(), "polaris-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

const module = await loadModule();
const pool = createLocalPool(module);
const { layers } = builtinWorkload("dlrm");
// Arrays come and go, and one config comes twice.
const grid = [
  [8, 64, 16],
  [16, 64, 16],
  [8, 32, 16],
  [8, 32, 16],
  [16, 32, 8],
].map(([peDim = 0, scratchpadKib = 0, accumulatorKib = 0]) => ({ peDim, scratchpadKib, accumulatorKib }));
const question = { layers, grid, objective: EDP };
const { points } = await sweep(pool, question);

/** A journal as a run that was killed after some points leaves it. */
function killedAfter(name: string, count: number): string {
  const journal = openJournal(file(name), question);
  for (const point of points.slice(0, count)) journal.append(point);
  journal.close();
  return file(name);
}

test("a sweep over a grid in any order gives each config its own point", () => {
  assert.deepEqual(
    points.map(({ hardware }) => hardware),
    grid,
  );
});

test("a sweep goes on after the points of its journal and ends as if it had never stopped", async () => {
  for (let count = 0; count <= grid.length; count++) {
    const path = killedAfter(`cut${count}`, count);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"torn`);
    const journal = openJournal(path, question);
    const fresh: SweepPoint[] = [];
    const result = await sweep(pool, {
      ...question,
      known: journal.known,
      onPoint: (point) => fresh.push(point),
    });
    journal.remove();

    assert.equal(journal.known.length, count);
    assert.equal(fresh.length, grid.length - count);
    assert.deepEqual(result.points, points);
    assert.equal(result.complete, true);
  }
});

test("a header that was torn counts as none", () => {
  const path = killedAfter("torn", 0);
  writeFileSync(path, readFileSync(path, "utf8").slice(0, 30));

  const journal = openJournal(path, question);
  journal.close();

  assert.deepEqual(journal.known, []);
});

test("a file that is not this sweep's journal is refused and left as it is", () => {
  const other = file("other");
  openJournal(other, { ...question, objective: LATENCY }).close();
  const padded = file("padded");
  openJournal(padded, { ...question, allowPadding: true }).close();
  for (const text of [
    "precious notes, no line end",
    "precious\nnotes",
    ...[other, padded].map((path) => readFileSync(path, "utf8")),
  ]) {
    const path = file("precious");
    writeFileSync(path, text);

    assert.throws(() => openJournal(path, question), /expected the journal of this sweep/);
    assert.equal(readFileSync(path, "utf8"), text);
  }
});

test("a journal that another version wrote, or in another format, is refused by name", () => {
  const path = file("version");
  openJournal(path, { ...question, engine: "0.0.9" }).close();
  assert.throws(
    () => openJournal(path, { ...question, engine: "0.1.0" }),
    /found one that polaris 0\.0\.9 wrote/,
  );
  openJournal(path, { ...question, engine: "0.0.9" }).close();
  writeFileSync(path, readFileSync(path, "utf8").replace('"version":1', '"version":2'));
  assert.throws(() => openJournal(path, { ...question, engine: "0.0.9" }), /another version of the format/);
});

test("a journal whose points are not the grid's, in its order, is refused with the line", () => {
  const path = killedAfter("mixed", 1);
  const [header = "", first = ""] = readFileSync(path, "utf8").split("\n");
  for (const [text, line] of [
    [`${header}\n${first}\n${first}\n`, 3],
    [`${header}\nhello\n`, 2],
    [`${header}\n${points.map((point) => JSON.stringify(point)).join("\n")}\n${first}\n`, 7],
  ] as const) {
    writeFileSync(path, text);
    assert.throws(() => openJournal(path, question), new RegExp(`line ${line}: expected`));
    assert.equal(readFileSync(path, "utf8"), text);
  }
});

test("a journal has one writer, who gives it up at the end; the lock of a process that was killed is taken over", () => {
  const path = file("locked");
  const lock = `${path}.lock`;
  writeFileSync(lock, String(process.ppid));
  assert.throws(
    () => openJournal(path, question),
    new RegExp(`no other run is writing, found process ${process.ppid} at it`),
  );
  writeFileSync(lock, String(spawnSync(process.execPath, ["--version"]).pid));

  const journal = openJournal(path, question);

  assert.equal(readFileSync(lock, "utf8"), String(process.pid));
  journal.remove();
  assert.equal(existsSync(lock), false);
  openJournal(path, question).close();
  assert.equal(existsSync(lock), false);
});

function writable(write: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
}

test("a sweep that is interrupted when all is done is done", async () => {
  const controller = new AbortController();
  let stderr = "";
  const out = file("done.csv");
  const args = [
    "sweep",
    "dlrm",
    "--pe",
    "8",
    "--scratchpad-kib",
    "64",
    "--accumulator-kib",
    "16",
    "--out",
    out,
  ];
  const code = await runCli({
    stdin: Readable.from([]),
    // What was found is printed: the interrupt comes then.
    stdout: writable(() => controller.abort()),
    stderr: writable((text) => {
      stderr += text;
    }),
    signal: controller.signal,
    version: "1",
    args,
  });

  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /interrupted/);
  assert.equal(existsSync(`${out}.journal`), false);
});
