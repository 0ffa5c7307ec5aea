import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { after, test } from "node:test";
import { csvParseRows } from "d3-dsv";
import { type ChunkPool, createChunkEvaluator } from "../../src/designs/chunk.ts";
import { parseDesign } from "../../src/designs/design.ts";
import { createDosaReader } from "../../src/designs/dosa-row.ts";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { evaluateCsv } from "../../src/designs/evaluate-csv.ts";
import { RecordCutter } from "../../src/designs/records.ts";
import { InputError } from "../../src/errors.ts";
import { createHardware, parseHardware } from "../../src/hardware/hardware.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { formatMapping, parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { loadEngine } from "../../src/starlight.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { parseWorkload } from "../../src/workload/workload.ts";

const evaluateChunk = createChunkEvaluator(await loadEngine(64));
const hardware = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 16 });
const shapes = [
  toLayerShape({ K: 64, C: 32, P: 28, Q: 28, R: 3, S: 3, Wstride: 2, Hstride: 2 }),
  toLayerShape({ N: 3, K: 1000, C: 7 }),
];
const header = [...dosaHeader("shared"), "note"];
const TOKENS = [
  ..."\"',;:.-+ \t\r\n\0\\[]{}NKCPQRSX019eE\u00ff\u00a0\u2028\ud800",
  ...[
    '""',
    "\r\n",
    "L2[WI]",
    " - ",
    "L9[X]",
    "1e999",
    "-1",
    "NaN",
    "16777217",
    "99999999999",
    "0x1",
    "__proto__",
  ],
];
let inputs = 0;

const below = (rng: Rng, limit: number): number => Math.floor(rng() * limit);
const pick = <T>(rng: Rng, items: readonly T[]): T => items[below(rng, items.length)] as T;

/** A text with a few edits: a piece cut out, doubled or replaced by a token. */
function mutate(rng: Rng, text: string): string {
  let result = text;
  for (let edits = 1 + below(rng, 4); edits > 0; edits--) {
    const at = below(rng, result.length + 1);
    const length = rng() < 0.8 ? below(rng, 3) : below(rng, result.length);
    const piece = result.slice(at, at + length);
    const put = pick(rng, ["", piece + piece, pick(rng, TOKENS), pick(rng, TOKENS)]);
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}

function noise(rng: Rng, length: number): string {
  return Array.from({ length: below(rng, length) }, () =>
    rng() < 0.5 ? pick(rng, TOKENS) : String.fromCharCode(below(rng, 256)),
  ).join("");
}

/** Runs a reader; anything that it throws must be a problem with the input, told on one line. */
async function survives(seed: number, read: () => unknown): Promise<void> {
  inputs++;
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof InputError, `seed ${seed}: ${(error as Error).stack}`);
    checkMessage(seed, error.message);
  }
}

function checkMessage(seed: number, message: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line for people has none
  assert.doesNotMatch(message, /[\u0000-\u001f]|undefined|\[object/, `seed ${seed}: ${message}`);
  assert.ok(message.length < 700, `seed ${seed}: ${message}`);
}

function validRow(rng: Rng): string {
  const shape = pick(rng, shapes);
  const raw = new RawMapping();
  createMappingSampler(shape, hardware)(rng, raw);
  return [...dosaCells(toMapping(raw), shape, hardware), pick(rng, ["n", '"a ""b"', '"x\ny"', ""])].join(",");
}

/**
 * Readers of outside data on mutated data.
 *
 * @param scale 1 for a hundred thousand inputs
 */
export function fuzzReaders(scale: number): void {
  after(() => assert.ok(inputs >= 100_000 * scale, `${inputs} inputs`));

  test("a mutated mapping is read or refused, and what is read is written as it was meant", async () => {
    for (let seed = 1; seed <= 64_000 * scale; seed++) {
      const rng = createRng(seed, 1);
      const valid = "L3[WIO] P28 Q56 N1 - L2[WI] N1 K4X - L1[O] S7 K16 C3X - L0[W] P4";
      const text = rng() < 0.1 ? noise(rng, 80) : mutate(rng, valid);
      await survives(seed, () => {
        const written = formatMapping(parseMapping(text));
        assert.equal(formatMapping(parseMapping(written)), written, `seed ${seed}`);
      });
    }
  });

  test("a mutated header is read or refused", async () => {
    for (let seed = 1; seed <= 5_000 * scale; seed++) {
      const rng = createRng(seed, 2);
      const cells = mutate(rng, rng() < 0.1 ? noise(rng, 200) : header.join(",")).split(",");
      await survives(seed, () => createDosaReader(cells).read(cells));
    }
  });

  test("mutated rows are answered, each with metrics or a reason", async () => {
    for (let seed = 1; seed <= 11_000 * scale; seed++) {
      const rng = createRng(seed, 3);
      const [format, keepGoing] = [rng() < 0.5 ? "csv" : "json", rng() < 0.5] as const;
      const rows = Array.from({ length: 1 + below(rng, 3) }, () => `${validRow(rng)}\n`).join("");
      const bytes = Buffer.from(rng() < 0.1 ? noise(rng, 200) : mutate(rng, rows), "latin1");
      await survives(seed, () => {
        const result = evaluateChunk({ header, bytes, format, keepGoing });
        const text = Buffer.from(result.bytes).toString("latin1");
        assert.ok(result.rows <= result.records && result.badRows <= result.rows, `seed ${seed}`);
        if (keepGoing) assert.equal(result.error, undefined);
        else assert.equal(result.badRows, 0);
        if (result.error) checkMessage(seed, new InputError(result.error.problem).message);
        if (format === "csv") {
          const answers = csvParseRows(text);
          assert.equal(answers.length, result.rows, `seed ${seed}`);
          for (const cells of answers)
            assert.equal(cells[0] === "", keepGoing && cells[6] !== "", `seed ${seed}`);
        } else {
          assert.equal(JSON.parse(`[${text.slice(1)}]`).length, result.rows, `seed ${seed}`);
        }
      });
    }
  });

  test("a mutated file is answered or refused, the same in pieces as whole", async () => {
    const pool: ChunkPool = { workers: 1, evaluateChunk: async (chunk) => evaluateChunk(chunk) };
    const run = async (pieces: readonly Uint8Array[]): Promise<string> => {
      const out: Buffer[] = [];
      const sink = new Writable({
        write(bytes: Buffer, _, done) {
          out.push(bytes);
          done();
        },
      });
      const request = { name: "t.csv", format: "csv", keepGoing: true } as const;
      const input = (async function* () {
        yield* pieces;
      })();
      const summary = await evaluateCsv(pool, { ...request, input, open: async () => sink });
      return `${JSON.stringify(summary)}\n${Buffer.concat(out).toString("latin1")}`;
    };
    for (let seed = 1; seed <= 1_500 * scale; seed++) {
      const rng = createRng(seed, 4);
      const table = `${header.join(",")}\n${validRow(rng)}\n${validRow(rng)}\n`;
      const bytes = Buffer.from(rng() < 0.1 ? noise(rng, 300) : mutate(rng, table), "latin1");
      const cut = below(rng, bytes.length + 1);
      await survives(seed, async () => {
        const whole = await run([bytes]);
        assert.equal(await run([bytes.subarray(0, cut), bytes.subarray(cut)]), whole, `seed ${seed}`);
      });
    }
  });

  test("records are cut at the same places whatever pieces they come in", () => {
    const cut = (text: Buffer, target: number, next: () => number): readonly Buffer[] => {
      const cutter = new RecordCutter(target, 1e6);
      const runs: Buffer[] = [];
      for (let at = 0; at < text.length; ) {
        const to = at + next();
        const run = cutter.push(text.subarray(at, to));
        if (run) runs.push(Buffer.from(run));
        at = to;
      }
      runs.push(Buffer.from(cutter.finish()));
      return runs;
    };
    const ends = (runs: readonly Buffer[]): readonly number[] => {
      let at = 0;
      return runs.map((run) => (at += run.length));
    };
    const cell = (rng: Rng): string =>
      pick(rng, ["", "a", "b c", '"q,\n""r"""', '"\r\n"', '""', '5"', "x\ty"]);
    for (let seed = 1; seed <= 12_000 * scale; seed++) {
      inputs++;
      const rng = createRng(seed, 5);
      const proper = rng() < 0.7;
      const text = Buffer.from(
        proper
          ? Array.from(
              { length: below(rng, 8) },
              () => `${cell(rng)},${cell(rng)}${pick(rng, ["\n", "\r\n"])}`,
            ).join("")
          : Array.from({ length: below(rng, 40) }, () => pick(rng, [...'a,"\n\r'])).join(""),
      );
      const single = cut(text, 1, () => 1);

      const runs = cut(text, 1 + below(rng, 20), () => 1 + below(rng, 9));

      assert.deepEqual(Buffer.concat(runs), text, `seed ${seed}`);
      for (const end of ends(runs))
        assert.ok(ends(single).includes(end), `seed ${seed}: ${JSON.stringify(String(text))}`);
      if (!proper) continue;
      // A run per record, so that no run cuts one.
      const records = runs.filter((run) => run.length > 0).flatMap((run) => csvParseRows(run.toString()));
      assert.deepEqual(records, text.length === 0 ? [] : [...csvParseRows(text.toString())], `seed ${seed}`);
    }
  });

  test("a mutated workload, accelerator or design is read or refused", async () => {
    const conv = { name: "conv", count: 2, K: 8, C: 4, P: 7, Q: 7, R: 3, S: 3, stride: 2, groups: 2 };
    const workload = JSON.stringify({ name: "net", source: "x", layers: [conv, { name: "b", dilation: 1 }] });
    const config = { peDim: 16, scratchpadKib: 64, accumulatorKib: 16, bandwidth: "shared" };
    const mapping = "L3[WIO] P4 - L2[WI] N1 K8X - L1[O] Q2 C2 C4X - L0[W] N1";
    const layer = { name: "conv", count: 2, mapping, shape: { K: 8, C: 8, P: 4, Q: 2 } };
    const design = { version: 1, workload: "dlrm", hardware: config, layers: [layer] };
    const readers: readonly (readonly [string, (document: unknown) => unknown])[] = [
      [workload, (document) => parseWorkload(document, "w.json")],
      [JSON.stringify(config), (document) => parseHardware(document, "h.json")],
      [
        JSON.stringify(design),
        (document) => parseDesign(document, "d.json", async (name) => builtinWorkload(name)),
      ],
    ];
    for (let seed = 1, done = 0; done < 9_000 * scale; seed++) {
      const rng = createRng(seed, 6);
      const [text, read] = pick(rng, readers);
      const values = [
        "null",
        "[]",
        "{}",
        "true",
        "-1",
        "0",
        "1e308",
        "2.5",
        '""',
        '"x"',
        "16777217",
        '{"a":[1]}',
      ];
      // A value replaced by another keeps most documents JSON.
      const edited =
        rng() < 0.7
          ? text.replace(/(?<=[:[])("[^"]*"|[\d.]+)(?=[,}\]])/g, (value) =>
              rng() < 0.1 ? pick(rng, values) : value,
            )
          : mutate(rng, text);
      let document: unknown;
      try {
        document = JSON.parse(edited);
      } catch {
        continue;
      }
      done++;
      await survives(seed, () => read(document));
    }
  });
}
