import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { ChunkPool } from "../../src/designs/chunk.ts";
import { evaluateCsv } from "../../src/designs/evaluate-csv.ts";
import { InputError } from "../../src/errors.ts";
import { COLUMNS, designRows, tableText } from "../cli/polaris.ts";

test("an evaluation that fails leaves no answer under way in the pool", async () => {
  let asked = 0;
  let answered = 0;
  const pool: ChunkPool = {
    workers: 2,
    evaluateChunk: async ({ bytes }) => {
      const error = { record: 0, problem: { where: "x", expected: "y", found: "z" } };
      // The first answer is the fault, and comes first.
      if (asked++ > 0) await setTimeout(20);
      answered++;
      return { bytes: bytes.subarray(0, 0), records: 1, rows: 0, badRows: 0, lineEnds: {}, error };
    },
  };
  const table = Buffer.from(tableText(designRows(20_000, 5)));
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${COLUMNS.join(",")}\n`);
    for (let at = table.indexOf(10) + 1; at < table.length; at += 100_000)
      yield table.subarray(at, at + 100_000);
  };

  await assert.rejects(
    evaluateCsv(pool, {
      name: "t.csv",
      input: pieces(),
      open: async () => new Writable({ write: (_bytes, _encoding, done) => done() }),
      format: "csv",
      keepGoing: false,
    }),
    InputError,
  );

  assert.ok(asked > 1);
  assert.equal(answered, asked);
});
