import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  COLUMNS,
  designRows,
  HARDWARE,
  polaris,
  type Run,
  SHAPE,
  scratchFolder,
  tableText,
  withCell,
} from "./polaris.ts";

const file = scratchFolder();
const rows = designRows(3, 1);
const [first = [], second = [], third = []] = rows;
const VALID = first[0] as string;
/** All of the layer in the accumulator tile: too large by far. */
const OVERFULL = "L3[WIO] N1 - L2[WI] N1 - L1[O] K64 C32 P28 Q28 R3 S3 - L0[W] N1";

interface BadInput {
  readonly args: readonly string[];
  readonly stdin?: Uint8Array | string;
  /** What the line must say, in this order. */
  readonly says: readonly (string | RegExp)[];
}

/** A table whose second row has one cell replaced. */
function badCell(column: string, cell: string): string {
  return tableText([first, withCell(second, column, cell), third]);
}

/** `polaris evaluate` of a file with the given content. */
function evaluating(name: string, content: Uint8Array | string, ...says: (string | RegExp)[]): BadInput {
  writeFileSync(file(name), content);
  return { args: ["evaluate", file(name), "--workers", "1"], says: [file(name), ...says] };
}

function badRow(name: string, column: string, cell: string, ...says: (string | RegExp)[]): BadInput {
  return evaluating(name, badCell(column, cell), `row 3: ${column}`, "expected", ...says);
}

const layer = { name: "conv", shape: SHAPE, mapping: VALID };
const design = { workload: "mine", hardware: HARDWARE, layers: [layer] };

function badDesign(name: string, document: unknown, ...says: (string | RegExp)[]): BadInput {
  return evaluating(`${name}.json`, JSON.stringify(document), ...says);
}

mkdirSync(file("folder.csv"));
writeFileSync(file("other.csv.journal"), `{"polaris":"sweep","version":1,"engine":"0.1.0","sweep":"0"}\n`);
writeFileSync(file("none.csv.journal"), "hello\n");
const table = tableText(rows);
writeFileSync(file("good.csv"), table);
writeFileSync(file("net.onnx"), "");
writeFileSync(file("escape.json"), "\u001b[31mred");
writeFileSync(file("design.json"), JSON.stringify(design));
const zipped = gzipSync(tableText(designRows(200, 2)));

const BAD: Readonly<Record<string, BadInput>> = {
  "a mapping that cannot be read": badRow("m1.csv", "mapping.mapping", "L3[WIO] Z4", "a loop", '"Z4"'),
  "an empty mapping": badRow("m2.csv", "mapping.mapping", "", "L3[WIO]", "the end"),
  "a factor product that misses the bound": evaluating(
    "m3.csv",
    badCell("prob.K", "65"),
    "row 3: mapping.mapping: factors of K",
    "65 (prob.K)",
    "found 64",
  ),
  "a tile over capacity": badRow(
    "m4.csv",
    "mapping.mapping",
    OVERFULL,
    /fits \(rule (scratchpad|accumulator)\)/,
    /L[12] .*\d+ needed, \d+ there/,
  ),
  "NaN for a bound": badRow("n1.csv", "prob.P", "NaN", "a number", '"NaN"'),
  "a row that is too short": evaluating("r1.csv", tableText([first, second.slice(1)]), "row 3", "cells"),
  "a missing column": evaluating(
    "h1.csv",
    tableText(rows).replace("prob.Wstride", "prob.stride_w"),
    "row 1",
    "header",
    "a column prob.Wstride",
    'found "prob.stride_w"',
  ),
  "a column left out": evaluating(
    "h3.csv",
    tableText(
      [],
      COLUMNS.filter((column) => column !== "prob.Wstride"),
    ),
    "a column prob.Wstride",
    "columns without it",
  ),
  "a column that stands there twice": evaluating(
    "h2.csv",
    tableText(rows).replace("prob.K,", "prob.N,"),
    "row 1",
    "column",
    "once",
    '"prob.N" twice',
  ),
  "an empty file": evaluating("e1.csv", "", "header", "an empty file"),
  "an empty zipped file": evaluating("e2.csv.gz", gzipSync(""), "header", "an empty file"),
  "a picture": evaluating(
    "p.csv",
    Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
    "row 1",
    "expected",
    "found",
  ),
  "JSON named as a table": evaluating("j.csv", JSON.stringify(design), "row 1", "expected", "found"),
  "UTF-16": evaluating("u.csv", Buffer.from(`\ufeff${table}`, "utf16le"), "row 1", "UTF-8", "UTF-16"),
  "UTF-16 without its mark": evaluating("u2.csv", Buffer.from(table, "utf16le"), "row 1", "found"),
  "a file without line ends": evaluating("z.csv", Buffer.alloc(3_000_000, "x"), "records", "bytes"),
  "a cell of 200 characters": badRow("l.csv", "prob.P", "9x".repeat(100), "a number", "(200 characters)"),
  "a mapping of 200 characters": badRow("l2.csv", "mapping.mapping", "K".repeat(200), "(200 characters)"),
  "an unknown workload": {
    args: ["sweep", "resnet5O"],
    says: ["workload", "built-in name", '"resnet5O"', "did you mean resnet50?"],
  },
  "a missing table": { args: ["evaluate", file("none.csv")], says: [file("none.csv"), "no such file"] },
  "a missing design": { args: ["evaluate", file("none.json")], says: [file("none.json"), "no such file"] },
  "figures over the design": {
    args: ["simulate", file("design.json"), "--timeline", file("design.json")],
    says: ["--timeline", "expected another file", "the input"],
  },
  "a journal that is a folder": {
    args: ["search", "bert", "--sampler", "anneal", "--study", file("folder.csv"), "--quiet"],
    says: ["EISDIR", "folder.csv"],
  },
  "a cache below a file": {
    args: ["evaluate", file("design.json"), "--fidelity", "rtl", "--cache", file("good.csv/cache")],
    says: ["--cache", "good.csv", "a folder to write to"],
  },
  "text that steers the terminal": {
    args: ["map", file("escape.json")],
    says: ["escape.json: line 1, column 1", "u001b[31mred"],
  },
  "a front to be verified": {
    args: ["search", "bert", "--pareto", "--verify", "event"],
    says: ["--pareto", "no --verify"],
  },
  "a model saved that learns nothing": {
    args: ["search", "bert", "--save-model", file("m.json")],
    says: ["--save-model", "--verify"],
  },
  "a missing workload": { args: ["sweep", file("none.json")], says: [file("none.json"), "no such file"] },
  "a folder": { args: ["evaluate", file("folder.csv")], says: ["folder.csv", "a readable file", "a folder"] },
  "a damaged archive": evaluating("d.csv.gz", zipped.subarray(0, -40), "gzip data", "found"),
  "no archive at all": evaluating("d2.csv.gz", table, "gzip data", "found"),
  "an output in no folder": {
    args: ["evaluate", file("good.csv"), "--out", file("no/x.csv")],
    says: [`--out ${file("no/x.csv")}`, "a file to write", "no such folder"],
  },
  "an output that is a folder": {
    args: ["sweep", "dlrm", "--pe", "8", "--quiet", "--out", file("folder.csv")],
    says: ["--out", "a file to write", "a folder"],
  },
  "a certificate in no folder": {
    args: ["map", "dlrm", "--quiet", "--certificate", file("no/c.json")],
    says: ["a file to write", "no such folder"],
  },
  "a journal of another sweep": {
    args: ["sweep", "dlrm", "--pe", "8", "--quiet", "--out", file("other.csv")],
    says: ["other.csv.journal", "the journal of this sweep", "that of another", "delete it"],
  },
  "a journal that is none": {
    args: ["sweep", "dlrm", "--pe", "8", "--quiet", "--out", file("none.csv")],
    says: ["none.csv.journal", "the journal of this sweep", "hello"],
  },
  "a grid for one config": {
    args: ["map", "dlrm", "--pe", "8,16"],
    says: ["one hardware config", "found 2", "polaris sweep"],
  },
  "a tile of no dim": { args: ["map", "dlrm", "--tile", "X=3"], says: ["--tile", "P=14,Q=14", '"X=3"'] },
  "a tile that divides nothing": {
    args: ["map", "resnet50", "--quiet", "--tile", "Q=5"],
    says: ["conv1: tile Q=5", "a divisor of Q = 112", "found 5"],
  },
  "a design named as a table": {
    args: ["search", "dlrm", "--pe", "16", "--quiet", "--out", file("x.csv")],
    says: ["--out", "a name that ends in .json", "x.csv"],
  },
  "mappings named as Parquet": {
    args: ["map", "dlrm", "--quiet", "--out", file("x.parquet")],
    says: ["--out", "a name that ends in .csv or .json", "x.parquet"],
  },
  "a sweep of no format": {
    args: ["sweep", "dlrm", "--pe", "8", "--quiet", "--out", file("x.txt")],
    says: ["--out", ".csv or .parquet or .json", "x.txt"],
  },
  "a front with an objective": {
    args: ["search", "dlrm", "--pareto", "--objective", "latency"],
    says: ["--objective", "--pareto"],
  },
  "hardware from a file and by flags": {
    args: ["map", "dlrm", "--hardware", file("hardware.json"), "--pe", "8"],
    says: ["--pe", "beside --hardware", '"8"'],
  },
  "a proof in the place of the result": {
    args: ["map", "dlrm", "--quiet", "--out", file("x.json"), "--certificate", file("x.json")],
    says: ["--certificate", "another file than --out"],
  },
  "a tile that fits nowhere": {
    args: ["map", "resnet50", "--quiet", "--layer", "conv5_x.3x3", "--tile", "K=512,C=512"],
    says: ["conv5_x.3x3", "131584 bytes too many", "a scratchpad of 257 KiB", "K=128"],
  },
  "a layer unheard of": {
    args: ["map", "resnet50", "--quiet", "--layer", "conv9"],
    says: ["--layer", "a layer of resnet50", '"conv9"'],
  },
  "a cap out of reach": {
    args: ["map", "resnet50", "--quiet", "--max-latency-cycles", "1000"],
    says: ["caps", "at most 1000 cycles", "least possible"],
  },
  "a search of no hardware": { args: ["search", "dlrm", "--pe", "1"], says: ["--pe", "from 2 to 128", "1"] },
  "a search below every area": {
    args: ["search", "dlrm", "--quiet", "--max-area-mm2", "0.001"],
    says: ["maxAreaMm2", "0.0135", "0.001"],
  },
  "an output that is the input": {
    args: ["evaluate", file("good.csv"), "--out", file("good.csv")],
    says: ["--out", "expected", "the input"],
  },
  "an unknown flag": {
    args: ["evaluate", file("good.csv"), "--fast"],
    says: ["evaluate", "a flag of its own", '"--fast"', "polaris evaluate --help"],
  },
  "a mistyped flag": { args: ["map", "dlrm", "--pee=8"], says: ["map", '"--pee"', "did you mean --pe?"] },
  "half a flag": { args: ["map", "dlrm", "--scratchpad", "8"], says: ["did you mean --scratchpad-kib?"] },
  "a mistyped negation": { args: ["evaluate", "a.csv", "--no-cach"], says: ["did you mean --no-cache?"] },
  "a short flag unheard of": { args: ["map", "dlrm", "-z"], says: ['"-z"', "polaris map --help"] },
  "a mistyped command": {
    args: ["evalute", "x.csv"],
    says: ["expected a command", '"evalute"', "did you mean polaris evaluate?"],
  },
  "an unknown command": { args: ["frobnicate"], says: ["expected a command", "polaris --help"] },
  "no command": { args: [], says: ["expected a command", "nothing", "polaris --help"] },
  "no designs": { args: ["evaluate"], says: ["evaluate", "<designs>", "nothing"] },
  "no format": { args: ["export", "d.json"], says: ["export", "--to", "nothing"] },
  "a word too many": { args: ["map", "bert", "dlrm"], says: ["map", "<workload> alone", '"dlrm"'] },
  "a flag without its value": { args: ["map", "bert", "--pe"], says: ["--pe", "a value", "nothing"] },
  "a choice that is none": {
    args: ["evaluate", "d.json", "--fidelity", "starlit"],
    says: ["--fidelity", "analytical, starlight, event or rtl", '"starlit"', "did you mean starlight?"],
  },
  "a choice made twice": {
    args: ["evaluate", "d.json", "--fidelity", "event", "--fidelity", "rtl"],
    says: ["--fidelity", "one value", "2"],
  },
  "a workload for a design": {
    args: ["evaluate", "bert"],
    says: ["bert", "a design", "a built-in workload", "polaris map bert"],
  },
  "a model for a design": { args: ["simulate", "m.onnx"], says: ["m.onnx", "a design", "an ONNX model"] },
  "a report of a model": {
    args: ["report", file("net.onnx")],
    says: ["net.onnx: expected a .json", '".onnx"'],
  },
  "a profile of no model": {
    args: ["evaluate", file("good.csv"), "--profile", "polaris-rtl"],
    says: ["--profile", "starlight or event", "analytical"],
  },
  "a model for a search that has none": {
    args: ["search", "bert", "--model", "m.json"],
    says: ["--model", "--fidelity starlight", "analytical"],
  },
  "a profile that is not run": {
    args: ["evaluate", file("good.csv"), "--fidelity", "rtl", "--profile", "gemmini-firesim"],
    says: ["--profile", "polaris-rtl", "gemmini-firesim"],
  },
  "a design for RTL unheard of": badDesign(
    "p1",
    { ...design, profile: "mine" },
    "profile",
    "polaris-rtl",
    "mine",
  ),
  ...Object.fromEntries(
    [
      ["evaluate", file("e1.csv"), "--fidelity", "event"],
      ["simulate", file("e1.csv")],
      ["import", file("e1.csv")],
      ["validate", "--rtl", file("e1.csv")],
      ["report", file("e1.csv")],
    ].map((args) => [
      `an empty file for ${args[0]}`,
      { args, says: ["e1.csv", "a table with a header row", "an empty file"] },
    ]),
  ),
  "a seed that is no number": { args: ["simulate", "d.json", "--seed", "abc"], says: ["--seed", '"abc"'] },
  "no workers": {
    args: ["evaluate", file("good.csv"), "--workers", "0"],
    says: ["--workers", "from 1", '"0"'],
  },
  ...Object.fromEntries(
    ["0", "-4", "16.5", "1e9", "8..", "8..512:8", "16,", "129"].map((pe) => [
      `--pe ${pe}`,
      {
        args: ["sweep", "dlrm", "--pe", pe],
        says: ["--pe", "integers from 2 to 128, as 16 or 64,128 or", JSON.stringify(pe.replace(/^16,$/, ""))],
      },
    ]),
  ),
  "a range that falls": {
    args: ["map", "dlrm", "--scratchpad-kib", "128..2"],
    says: ["--scratchpad-kib", "from 1 to 2048", '"128..2"', "a range rises: 2..128"],
  },
  "a workload that is a folder": {
    args: ["map", "src"],
    says: ["src: expected a built-in name", "found a folder"],
  },
  "a workload without an ending": { args: ["map", "LICENSE"], says: ["LICENSE", "a file without an ending"] },
  "a word after completion": { args: ["completion", "zsh"], says: ["completion", "no word", '"zsh"'] },
  ...Object.fromEntries(
    (
      [
        ["search bert --rtl-budget 5", "--verify beside it"],
        ["search bert --seed 5", "--sampler", "polaris"],
        ["search bert --verify event --seed=5", "--sampler", "polaris"],
        ["search bert --study s.jsonl", "--verify", "neither"],
        ["search bert --save-model m.json", "--fidelity starlight and --verify"],
        ["search bert --verify event --saveModel m.json", "--fidelity starlight and --verify"],
        ["search bert --fidelity event --evaluations 5", "--verify", "event without"],
        ["search bert --fidelity starlight --evaluations 5", "--verify", "starlight without"],
        ["search bert --pareto --evaluations 5", "--fidelity analytical without --pareto"],
        ["search bert --pareto --objective edp", "no --pareto"],
        ["search bert --fidelity starlight --allow-padding", "--fidelity analytical", "starlight"],
        ["search bert --verify event --allow-padding", "without --verify", "--verify"],
        ["search bert --sampler anneal --allow-padding", "--sampler", "anneal"],
        ["map bert --fidelity starlight --allow-padding", "--fidelity analytical", "cuts tiles"],
        ["map bert --seed 5", "--compare-random"],
        ["map bert --fidelity starlight --certificate c.json", "--fidelity analytical", "starlight"],
        ["evaluate d.json --keep-going", "a table", "a design"],
        ["evaluate d.json --fidelity event --cache c", "--fidelity rtl", "event"],
        ["evaluate d.csv --fidelity rtl --measured m.csv --machine m.json", "the RTL in the box"],
        ["simulate d.json --seed 5", "--check"],
        ["simulate d.json --cache c", "--verilator, --vcd or --toggles"],
        ["validate --rtl r.csv --fidelity analytical --model m.json", "starlight or event", "analytical"],
        ["train --rtl r.csv --onnx n", "--fidelity starlight", "event"],
        ["report r.json --formats svg", "--figures"],
        ["report r.json --json --out r.html", "no --json"],
        ["studio --port 1 --out folder", "no --out"],
      ] as const
    ).map(([line, ...says]) => [
      `a flag without effect (${line})`,
      { args: line.split(" "), says: ["polaris: --", "expected", ...says, "it would have no effect"] },
    ]),
  ),
  "an objective unheard of": { args: ["sweep", "dlrm", "--objective", "cost"], says: ["objective", "cost"] },
  "no evaluations": { args: ["sweep", "dlrm", "--evaluations", "0"], says: ["--evaluations", '"0"'] },
  "a cap below every config": {
    args: ["sweep", "dlrm", "--max-area-mm2", "0.001"],
    says: ["--max-area-mm2", "0.001"],
  },
  "a budget without a unit": { args: ["sweep", "dlrm", "--budget", "60"], says: ["--budget", "60s", '"60"'] },
  "a flag given twice": {
    args: ["search", "dlrm", "--seed", "1", "--seed", "2"],
    says: ["--seed", "found 2"],
  },

  "no JSON": evaluating("x1.json", "{", "expected JSON"),
  "an empty design": evaluating("x2.json", " ", "an empty file"),
  "broken YAML": evaluating("x3.yaml", "a: [1", "line", "column", "expected YAML"),
  "a mapping that does not fit": badDesign(
    "j14",
    { ...design, layers: [{ ...layer, mapping: OVERFULL }] },
    "layers[0] (conv).mapping",
    "fits",
    "needed",
  ),
};

const runs = new Map<string, Run>();
before(async () => {
  const queue = Object.entries(BAD);
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      runs.set(next[0], await polaris(next[1].args, next[1].stdin));
    }
  };
  await Promise.all([lane(), lane(), lane()]);
});

for (const [name, { says }] of Object.entries(BAD)) {
  test(`${name} is answered by one line and exit code 2`, () => {
    const { code, stderr } = runs.get(name) as Run;

    assert.match(stderr, /^polaris: [^\n]+\n$/, stderr);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.length < 600, `${stderr.length} characters: ${stderr}`);
    assert.doesNotMatch(stderr, /undefined|\[object|node:internal|\.js:\d/);
    let rest = stderr;
    for (const part of says) {
      const at = typeof part === "string" ? rest.indexOf(part) : rest.search(part);
      assert.ok(at >= 0, `${String(part)} is not where it belongs in ${stderr}`);
      rest = rest.slice(typeof part === "string" ? at + part.length : at);
    }
  });
}

test("a bad file replaces no earlier result", async () => {
  writeFileSync(file("kept.csv"), "earlier");
  writeFileSync(file("other.csv"), "a,b\n1,2\n");

  const { code } = await polaris(["evaluate", file("other.csv"), "--out", file("kept.csv")]);

  const { stdout } = await polaris(["evaluate", file("kept.csv")]);
  assert.equal(code, 2);
  assert.equal(stdout.length, 0);
});

test("the rows before the first bad one are written, and a hint says how many", async () => {
  const { code, stdout, stderr } = await polaris(["evaluate", "-", "--workers", "1"], badCell("prob.P", "x"));

  assert.equal(code, 2);
  assert.equal(stdout.toString().split("\n").length, 3);
  assert.match(
    stderr,
    /^polaris: stdin: row 3: prob\.P: .*the row before it is written; .*--keep-going.*\n$/,
  );
});

test("a byte order mark is refused on one line, and read with a warning under --keep-going", async () => {
  const args = ["evaluate", "-", "--workers", "1", "--quiet"];
  const plain = await polaris([...args, "--keep-going"], table);

  const refused = await polaris(args, `\ufeff${table}`);
  const read = await polaris([...args, "--keep-going"], `\ufeff${table}`);

  assert.equal(refused.code, 2);
  assert.equal(refused.stdout.length, 0);
  assert.match(
    refused.stderr,
    /^polaris: stdin: row 1, column 1: expected .*found a byte order mark .*--keep-going.*\n$/,
  );
  assert.equal(read.code, 0);
  assert.match(read.stderr, /^polaris: warning: stdin: row 1, column 1: .*byte order mark\n$/);
  assert.deepEqual(read.stdout, plain.stdout);
});

test("mixed line ends are refused on one line, and read with a warning under --keep-going", async () => {
  const args = ["evaluate", "-", "--workers", "1", "--quiet"];
  const mixed = [COLUMNS, ...rows].map((row, at) => row.join(",") + (at === 2 ? "\r\n" : "\n")).join("");
  const plain = await polaris([...args, "--keep-going"], table);

  const refused = await polaris(args, mixed);
  const read = await polaris([...args, "--keep-going"], mixed);

  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /^polaris: stdin: row 3: expected a line end LF.*found CR LF .*--keep-going.*\n$/,
  );
  assert.equal(read.code, 0);
  assert.match(read.stderr, /^polaris: warning: stdin: row 3: .*LF.*CR LF\n$/);
  assert.deepEqual(read.stdout, plain.stdout);
});

test("a line feed inside a quoted cell is no line end", async () => {
  const text = [COLUMNS, first, second.with(-1, '"a\nb"'), third]
    .map((row) => `${row.join(",")}\r\n`)
    .join("");

  const { code, stderr } = await polaris(["evaluate", "-", "--workers", "1", "--quiet"], text);

  assert.equal(stderr, "");
  assert.equal(code, 0);
});

test("a quote inside an unquoted header cell hides no row", async () => {
  const text = tableText(rows, COLUMNS.with(-1, '5" wafer'));

  const { code, stdout } = await polaris(["evaluate", "-", "--workers", "1", "--quiet"], text);

  assert.equal(code, 0);
  assert.equal(stdout.toString().split("\n").length, 5);
});

test("--keep-going writes bad rows with a reason, good rows as without them", async () => {
  const args = ["evaluate", "-", "--workers", "1", "--quiet"];
  const bad = [withCell(first, "prob.P", "x"), withCell(first, "mapping.mapping", OVERFULL), first.slice(2)];

  const good = await polaris([...args, "--keep-going"], table);
  const all = await polaris(
    [...args, "--keep-going"],
    tableText([bad[0] ?? [], first, second, bad[1] ?? [], third, bad[2] ?? []]),
  );

  assert.equal(all.code, 0);
  assert.equal(all.stderr, "");
  const lines = all.stdout.toString().trimEnd().split("\n");
  const reasons = [1, 4, 6].map((at) => lines[at] ?? "");
  for (const [index, line] of reasons.entries()) {
    assert.match(line, /^,,,,,,"?(prob\.P|mapping\.mapping|row): expected .* found /);
    assert.ok(line.endsWith(`,${(bad[index] ?? []).join(",")}`), line);
  }
  assert.deepEqual(
    lines.filter((_, at) => ![1, 4, 6].includes(at)),
    good.stdout.toString().trimEnd().split("\n"),
  );
});

test("each bad number is told by its column, what was expected and what was found", async () => {
  const cells: readonly (readonly [string, string, RegExp])[] = [
    ["prob.P", "-28", /^prob\.P: expected an integer from 1 to 16777216, found -28$/],
    ["prob.P", "1e300", /^prob\.P: expected an integer from 1 to 16777216, found 1e\+300$/],
    ["prob.P", "1e999", /^prob\.P: expected a number, found "1e999"$/],
    ["prob.P", "2.5", /^prob\.P: expected an integer .* found 2\.5$/],
    ["prob.P", "", /^prob\.P: expected a number, found ""$/],
    ["prob.Wstride", "0", /^prob\.Wstride: expected an integer .* found 0$/],
    ["arch.meshX", "0x10", /^arch\.meshX: expected a number, found "0x10"$/],
    ["arch.mem2_entries", "-1", /^arch\.mem2_entries: expected a number from 1 to \d+, found "-1"$/],
    ["arch.mem1_depth", "Infinity", /^arch\.mem1_depth: expected a number, found "Infinity"$/],
    ["arch.mem1_shared_bandwidth", "0", /^arch\.mem1_shared_bandwidth: expected a number from .* found "0"$/],
    ["arch.mem1_width", "16", /^arch\.mem1_width: expected 32 for arch\.meshX = 16, found "16"$/],
  ];
  const bad = cells.map(([column, cell]) => withCell(first, column, cell));

  const { code, stdout, stderr } = await polaris(
    ["evaluate", "-", "--keep-going", "--json", "--workers", "1"],
    tableText(bad),
  );

  const answers = (JSON.parse(stdout.toString()) as { rows: { reason: string }[] }).rows;
  assert.equal(code, 0);
  assert.match(stderr, new RegExp(`wrote ${cells.length} rows, ${cells.length} of them bad`));
  for (const [index, [, , expected]] of cells.entries()) assert.match(answers[index]?.reason ?? "", expected);
});
