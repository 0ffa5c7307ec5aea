import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChunkAnswer, createChunkEvaluator } from "../../src/designs/chunk.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { readMapping, readMappingBytes } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { loadEngine } from "../../src/starlight.ts";
import { COLUMNS, designRows, withCell } from "../cli/polaris.ts";

const engine = await loadEngine(64);
const rows = designRows(300, 11);
const [first = []] = rows;
/** Every kind of row: good, with a cell, a mapping or a length that is wrong, blank, beyond ASCII. */
const mixed = [
  ...rows.slice(0, 150),
  withCell(first, "prob.K", "65"),
  withCell(first, "prob.P", "x\u00e9"),
  withCell(first, "mapping.mapping", " \u00a0L3[WIO] \u00ff\t"),
  [""],
  withCell(first, "mapping.mapping", ` ${first[0]}\t`),
  first.slice(1),
  [...first, "more"],
  ...rows.slice(150),
];
const text = body(mixed);

/** Records without a header. */
function body(records: readonly (readonly string[])[]): string {
  return records.map((cells) => `${cells.join(",")}\n`).join("");
}

function answer(records: string, header = COLUMNS): ChunkAnswer {
  const bytes = Buffer.from(records, "latin1");
  return createChunkEvaluator(engine)({ header, bytes, format: "csv", keepGoing: true });
}

const written = ({ bytes }: ChunkAnswer): string => Buffer.from(bytes).toString("latin1");

test("quoted cells are answered as the same cells without quotes", () => {
  const quoted = text.replace(/^([^,\n]+),/gm, '"$1",');
  assert.notEqual(quoted, text);

  const [other, plain] = [answer(quoted), answer(text)];

  assert.equal(written(other), written(plain));
  assert.equal(other.records, plain.records);
  assert.equal(other.badRows, 5);
});

test("rows are answered the same whatever ends their lines", () => {
  const plain = answer(text);

  for (const [end, first] of [
    ["\r\n", "CR LF"],
    ["\r", undefined],
  ] as const) {
    const other = answer(text.replaceAll("\n", end));
    assert.equal(written(other), written(plain));
    assert.equal(other.records, plain.records);
    assert.equal(other.lineEnds.first, first);
  }
});

test("columns in another order change no answer but the row carried along", () => {
  const turned = [...COLUMNS].reverse();
  const metrics = (result: ChunkAnswer): readonly string[] =>
    written(result)
      .split("\n")
      .map((line) => line.split(",").slice(0, 6).join());

  const other = answer(body(rows.map((row) => [...row].reverse())), turned);

  assert.deepEqual(metrics(other), metrics(answer(body(rows))));
});

test("what is remembered of one table is not taken for another", () => {
  const evaluate = createChunkEvaluator(engine);
  const swapped = COLUMNS.map((name) =>
    name === "prob.P" ? "prob.Q" : name === "prob.Q" ? "prob.P" : name,
  ).map((name) => (name === "prob.R" ? "prob.N" : name === "prob.N" ? "prob.R" : name));
  const bytes = Buffer.from(text, "latin1");
  const chunk = { bytes, format: "csv", keepGoing: true } as const;

  const before = evaluate({ ...chunk, header: COLUMNS });
  const other = evaluate({ ...chunk, header: swapped });
  const after = evaluate({ ...chunk, header: COLUMNS });

  assert.equal(written(after), written(before));
  assert.equal(written(other), written(answer(text, swapped)));
  assert.notEqual(written(other), written(before));
});

test("a mapping is read the same from bytes as from text, wrong ones included", () => {
  const outcome = (read: (raw: RawMapping) => RawMapping): unknown => {
    try {
      const { factors, orders, spatialK, spatialC } = read(new RawMapping());
      return [[...factors], [...orders], spatialK, spatialC];
    } catch (error) {
      return String(error);
    }
  };
  const edited = (rng: Rng, mapping: string): string => {
    const at = Math.floor(rng() * mapping.length);
    const put = "NKX19 -L[]\u00ff"[Math.floor(rng() * 12)] ?? "";
    return mapping.slice(0, at) + put + mapping.slice(at + (rng() < 0.5 ? 1 : 0));
  };
  for (let seed = 1; seed <= 3000; seed++) {
    const rng = createRng(seed, 7);
    const mapping = edited(rng, (rows[seed % rows.length]?.[0] as string) ?? "");
    // What stands around it could all belong to a mapping.
    const bytes = Buffer.from(`X1${mapping}1X - `, "latin1");

    assert.deepEqual(
      outcome((raw) => readMappingBytes(bytes, 2, 2 + mapping.length, raw)),
      outcome((raw) => readMapping(mapping, raw)),
      `seed ${seed}: ${mapping}`,
    );
  }
});
