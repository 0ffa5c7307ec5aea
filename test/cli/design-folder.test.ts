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
import { join, relative } from "node:path";
import { test } from "node:test";
import { networkFolders } from "../../src/cli/network-folders.ts";
import { polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const HARDWARE = ["--pe", "4", "--scratchpad-kib", "8", "--accumulator-kib", "4"];

/** A network of one small layer, as a file. */
function network(path: string, name: string, K: number): string {
  writeFileSync(file(path), JSON.stringify({ name, layers: [{ name: "a", K, C: 8, P: 4 }] }));
  return file(path);
}

/** Files of a folder and of those in it. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory())
    .map((one) => relative(folder, join(one.parentPath, one.name)))
    .sort();
}

async function refused(args: readonly string[], says: string): Promise<void> {
  const { code, stdout, stderr } = await polaris(args);
  assert.match(stderr, /^polaris: [^\n]+\n$/, stderr);
  assert.ok(stderr.includes(says), `${says} is not in ${stderr}`);
  assert.equal(code, 2);
  assert.equal(String(stdout), "");
}

test("folders of networks stay inside, and no two are one", () => {
  const names = ["..", ".", "", "a b", "a/b", "A_B", "a_b-2", "../../x", "report.html", "BERT", "bert"];
  const folders = networkFolders(names, ["design.json", "report.html"]);

  assert.deepEqual(folders, [
    "_",
    "_-2",
    "_-3",
    "a_b",
    "a_b-2",
    "A_B-3",
    "a_b-2-2",
    "__.._x",
    "report.html-2",
    "BERT",
    "bert-2",
  ]);
});

test("each of several networks has its files in a folder of its own", async () => {
  const tables = [network("up.json", "..", 8), network("b1.json", "a b", 16), network("b2.json", "a/b", 24)];
  const out = file("several");

  const run = await polaris(["search", ...tables, ...HARDWARE, "--quiet", "--out", `${out}/`]);

  assert.equal(run.code, 0, run.stderr);
  const each = [
    "dosa.csv",
    "gemmini/PolarisConfig.scala",
    "gemmini/gemmini_params.h",
    "gemmini/tiling.json",
    "timeloop/architecture.yaml",
    "timeloop/layer1.yaml",
    "timeloop/layers.json",
  ];
  const folders = { _: 8, a_b: 16, "a_b-2": 24 };
  const expected = Object.keys(folders).flatMap((folder) => each.map((name) => join(folder, name)));
  assert.deepEqual(filesOf(out), [...expected, "design.json", "report.html"].sort());
  for (const [folder, K] of Object.entries(folders)) {
    const { stdout } = await polaris(["import", join(out, folder, "timeloop"), "--json"]);
    assert.equal(JSON.parse(String(stdout)).layers[0].shape.K, K);
  }
  assert.equal(existsSync(file("timeloop")), false);
});

test("a folder in which a file cannot be written is refused before any work", async () => {
  const table = network("one.json", "one", 8);
  const out = file("blocked");
  const map = ["map", table, ...HARDWARE, "--quiet", "--out", `${out}/`];
  assert.equal((await polaris(map)).code, 0);
  for (const name of filesOf(out)) {
    rmSync(join(out, name));
    mkdirSync(join(out, name));
    await refused(map, `--out ${join(out, name)}: expected a file to write, found a folder`);
    rmSync(join(out, name), { recursive: true });
  }
  rmSync(join(out, "gemmini"), { recursive: true });
  writeFileSync(join(out, "gemmini"), "");
  await refused(map, `--out ${join(out, "gemmini")}: expected a folder to write to, found a file`);
});

test("a folder whose name ends as a table's is a folder", async () => {
  const out = file("y.csv");
  mkdirSync(out);

  const run = await polaris(["map", network("y.json", "y", 8), ...HARDWARE, "--quiet", "--out", out]);

  assert.equal(run.code, 0, run.stderr);
  assert.ok(existsSync(join(out, "design.json")));
});

test("what is in a folder is neither the input nor one file twice, by whatever name", async () => {
  const table = network("input.json", "input", 8);
  const text = readFileSync(table, "utf8");
  const out = file("linked");
  mkdirSync(join(out, "gemmini"), { recursive: true });
  const map = ["map", table, ...HARDWARE, "--out", out];
  for (const name of ["dosa.csv", "gemmini/tiling.json"]) {
    symlinkSync(table, join(out, name));
    await refused(map, `--out ${join(out, name)}: expected another file, found the input`);
    rmSync(join(out, name));
  }
  const exported = ["export", join(out, "design.json"), "--to", "gemmini", "--out", out];
  await refused([...map, "--certificate", join(out, "design.json")], "expected another file than --out");
  symlinkSync(join(out, "design.json"), join(out, "report.html"));
  await refused(map, `expected another file than ${join(out, "design.json")}, found the same`);
  rmSync(join(out, "report.html"));
  assert.equal(readFileSync(table, "utf8"), text);

  assert.equal((await polaris([...map, "--quiet"])).code, 0);
  assert.equal((await polaris([...exported, "--quiet"])).code, 0);
  rmSync(join(out, "tiling.json"));
  symlinkSync(join(out, "design.json"), join(out, "tiling.json"));
  await refused(exported, `--out ${join(out, "tiling.json")}: expected another file, found the input`);
});

test("an answer that cannot be saved is printed all the same", {
  skip: !existsSync("/dev/full"),
}, async () => {
  const table = network("full.json", "full", 8);
  symlinkSync("/dev/full", file("disk.json"));
  for (const line of [
    ["map", table],
    ["map", table, "--fidelity", "starlight"],
    ["search", table],
    ["search", table, "--pareto"],
    ["search", table, "--fidelity", "starlight"],
    ["search", table, "--sampler", "random", "--evaluations", "100"],
    ["search", table, "--verify", "event"],
  ]) {
    const run = await polaris([...line, ...HARDWARE, "--quiet", "--json", "--out", file("disk.json")]);

    assert.equal(run.stderr, `polaris: ${file("disk.json")}: no space left on the disk\n`);
    assert.equal(run.code, 1);
    assert.equal(JSON.parse(String(run.stdout)).version, 1);
  }
});
