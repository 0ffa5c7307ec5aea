import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { designRows, HARDWARE, polaris, SHAPE, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
const [[mapping = ""] = []] = designRows(1, 1);
const design = file("design.json");
const rows = file("rows.csv");
const points = file("points.csv");

before(() => {
  const layers = [{ name: "conv", count: 2, shape: SHAPE, mapping }];
  writeFileSync(design, JSON.stringify({ workload: "mine", hardware: HARDWARE, layers }));
  writeFileSync(rows, tableText(designRows(3, 1)));
  writeFileSync(
    points,
    "pe_dim,scratchpad_kib,accumulator_kib,latency_cycles,energy_uj,edp_j_cycles,area_mm2,area_source,pareto\n16,64,16,1e6,1e3,1e3,0.5,table,true\n",
  );
  mkdirSync(file("folder.csv"));
});

/** One line that says all of it, in this order; exit code 2. */
async function refused(args: readonly string[], ...says: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await polaris(args);

  assert.match(stderr, /^polaris: [^\n]+\n$/, stderr);
  assert.equal(code, 2, stderr);
  assert.equal(String(stdout), "");
  let rest = stderr;
  for (const part of says) {
    assert.ok(rest.includes(part), `${part} is not where it belongs in ${stderr}`);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
}

test("a name that asks for another format than a command writes is refused before any work", async () => {
  const csvOrJson = "a name that ends in .csv or .json";
  for (const [line, expected] of [
    [`report ${design} --out`, "a name that ends in .html"],
    [`simulate ${design} --fidelity event --out`, csvOrJson],
    [`evaluate ${design} --out`, csvOrJson],
    [`evaluate ${design} --fidelity event --out`, csvOrJson],
    [`evaluate ${rows} --out`, csvOrJson],
    [`evaluate ${rows} --fidelity event --out`, csvOrJson],
    [`export ${design} --to csv --out`, "a name that ends in .csv"],
    [`export ${design} --to parquet --out`, "a name that ends in .parquet"],
    [`train --rtl ${rows} --out`, "a name that ends in .json"],
  ] as const) {
    await refused([...line.split(" "), file("x.pdf")], "--out: expected", expected, "x.pdf");
    assert.equal(existsSync(file("x.pdf")), false, line);
  }
  await refused(
    ["train", "--rtl", rows, "--fidelity", "starlight", "--held-out", file("x.json")],
    "--held-out: expected a name that ends in .csv",
  );
  await refused(["export", design, "--to", "parquet", "--out", file("x.csv")], ".parquet", "x.csv");
  await refused(["evaluate", rows, "--json", "--out", file("x.csv")], "--json", ".json", "x.csv");
});

test("the rows of a table go to a file in the format of its name", async () => {
  for (const fidelity of ["analytical", "event"]) {
    const out = file(`${fidelity}.json`);
    const run = await polaris(["evaluate", rows, "--fidelity", fidelity, "--out", out]);

    assert.equal(run.code, 0, run.stderr);
    assert.ok(run.stderr.startsWith(`polaris: wrote 3 rows to ${out}`), run.stderr);
    assert.equal(JSON.parse(readFileSync(out, "utf8")).rows.length, 3);
  }
});

test("what is written is said on stderr, unless --quiet", async () => {
  for (const [line, what] of [
    ["evaluate", "1 layer"],
    ["evaluate --fidelity event", "1 layer"],
    ["simulate --fidelity event", "1 design"],
  ] as const) {
    const args = [...line.split(" ").toSpliced(1, 0, design), "--out", file("told.csv")];

    assert.equal((await polaris(args)).stderr, `polaris: wrote ${what} to ${file("told.csv")}\n`);
    assert.equal((await polaris([...args, "--quiet"])).stderr, "");
  }
});

test("a folder that cannot be made or written to is told by its flag", async () => {
  const commands = {
    "--out": [["studio"], ["export", design, "--to", "gemmini"]],
    "--figures": [["report", design, "--out", file("r.html"), "--formats", "csv"]],
  };
  for (const [flag, lines] of Object.entries(commands)) {
    for (const line of lines) {
      for (const [path, found] of [
        [points, "a file"],
        [`${points}/below/it`, "no such folder"],
        ["/proc/none/below", "no such folder"],
      ] as const) {
        await refused(
          [...line, flag, path],
          `${flag} ${path}: expected a folder to write to, found ${found}`,
        );
      }
    }
  }
});

test("a file of a wrong place is told by its flag", async () => {
  const starlight = ["train", "--rtl", rows, "--fidelity", "starlight"];
  for (const [flag, line, name = file("none/x.json")] of [
    ["--certificate", ["map", "dlrm"]],
    ["--save-model", ["search", "dlrm", "--fidelity", "starlight", "--verify", "event"]],
    ["--held-out", starlight, file("none/x.csv")],
    ["--onnx", starlight],
    ["--timeline", ["simulate", design]],
    ["--vcd", ["simulate", design]],
    ["--toggles", ["simulate", design]],
  ] as const) {
    await refused([...line, flag, name], `polaris: ${flag} `, "a file to write, found no such folder");
  }
});

test("two flags that name one file are refused before any work, whether it is there or not", async () => {
  symlinkSync(file("."), file("here"));
  symlinkSync(file("later.json"), file("link.json"));
  const verified = ["search", "dlrm", "--fidelity", "starlight", "--verify", "event"];
  for (const [line, first, second, found = file("same.json")] of [
    [["search", "dlrm", "--sampler", "random"], "--out", "--study"],
    [verified, "--out", "--save-model"],
    [verified, "--save-model", "--study"],
    [["map", "dlrm"], "--out", "--certificate"],
    [["map", "dlrm"], "--out", "--certificate", file("later.json")],
    [["simulate", design], "--out", "--timeline"],
    [["simulate", design], "--out", "--vcd"],
    [["simulate", design], "--out", "--toggles"],
    [["simulate", design], "--vcd", "--toggles"],
    [["train", "--rtl", rows, "--fidelity", "starlight"], "--out", "--held-out"],
    [["report", design], "--out", "--figures"],
  ] as const) {
    const names = found === file("later.json") ? [found, file("link.json")] : [found, file("here/same.json")];
    await refused(
      [...line, first, names[0] ?? "", second, names[1] ?? ""],
      "expected another file than --",
      "the same",
    );
    assert.equal(existsSync(found), false);
  }
  await refused(["report", design, "--figures", file("design.html")], "another file than --out");
  const onnx = ["--onnx", file("m.onnx"), "--out", file("m-matmul.onnx")];
  await refused(
    ["train", "--rtl", rows, "--fidelity", "starlight", ...onnx],
    "--onnx",
    "another file than --out",
  );
  writeFileSync(file("there.json"), "{}");
  await refused(
    ["search", "dlrm", "--sampler", "random", "--out", file("there.json"), "--study", file("there.json")],
    "another file than --out",
  );
  await refused(
    ["search", file("there.json"), "--sampler", "random", "--study", file("there.json")],
    "--study",
    "the input",
  );
  await refused(["search", "dlrm", "--verify", `dataset:${design}`, "--out", design], "--out", "the input");
  assert.equal(readFileSync(file("there.json"), "utf8"), "{}");
});

test("a folder of stored results that cannot be made is told by its flag before any work", async () => {
  for (const line of [
    ["evaluate", design, "--fidelity", "rtl"],
    ["simulate", design, "--verilator"],
  ]) {
    for (const [path, found] of [
      ["/proc/none", "no such folder"],
      ["/dev/null/x", "no such folder"],
      [points, "a file"],
    ] as const) {
      await refused(
        [...line, "--cache", path],
        `--cache ${path}: expected a folder to write to, found ${found}`,
      );
    }
  }
});

test("a hint that a result has no use for is refused", async () => {
  writeFileSync(file("priced.csv"), `latency_cycles,target.gemmini_cycle\n1,2\n`);
  const head = { op: "study", version: 1, sampler: "random", workloads: ["mine"], objective: "edp" };
  const found = {
    status: "found",
    design: { hardware: HARDWARE, mappings: [[mapping]] },
    sums: [{ latencyCycles: 1, energyPj: 1 }],
  };
  const trial = { op: "trial", trial: 0, job: {}, outcome: found, seconds: 0 };
  writeFileSync(file("s.jsonl"), `${JSON.stringify(head)}\n${JSON.stringify(trial)}\n`);
  for (const [result, flag, value, ...says] of [
    [design, "--workload", "nope", "points of a sweep or a study", "a design"],
    [file("priced.csv"), "--workload", "bert", "points of a sweep or a study", "a table"],
    [file("s.jsonl"), "--workload", "bert", "the network of the study, mine", '"bert"'],
    [points, "--workload", "nope", "a built-in name", '"nope"'],
    [design, "--measured", "foo", "a table of evaluate", "a design"],
    [points, "--measured", "foo", "a table of evaluate", "points of a sweep"],
    [file("priced.csv"), "--measured", "foo", "latency_cycles,target.gemmini_cycle"],
  ] as const) {
    await refused(["report", result, flag, value, "--out", file("r.html")], ...says);
    assert.equal(existsSync(file("r.html")), false);
  }
});

test("figures are not written over the result that they are drawn of", async () => {
  const folder = file("drawn");
  const report = ["report", design, "--out", file("drawn.html"), "--formats", "csv", "--quiet", "--figures"];
  assert.equal((await polaris([...report, folder])).code, 0);
  const [figure = ""] = readdirSync(folder);
  rmSync(join(folder, figure));
  symlinkSync(design, join(folder, figure));
  const text = readFileSync(design, "utf8");

  await refused(
    [...report, folder],
    `--figures ${join(folder, figure)}: expected another file, found the input`,
  );
  assert.equal(readFileSync(design, "utf8"), text);
});
