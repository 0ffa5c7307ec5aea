import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { mock, test } from "node:test";
import { saveOutput } from "../../src/cli/output.ts";
import { designRows, HARDWARE, PROGRAM, polaris, SHAPE, scratchFolder, tableText } from "./polaris.ts";
import { smallSearch } from "./small-search.ts";

const file = scratchFolder();
const [[mapping = ""] = []] = designRows(1, 1);
const design = file("design.json");
const rows = file("rows.csv");
writeFileSync(rows, tableText(designRows(3, 1)));
writeFileSync(
  design,
  JSON.stringify({ workload: "w", hardware: HARDWARE, layers: [{ name: "l", shape: SHAPE, mapping }] }),
);

/** Takes nothing, as a full disk does. */
const FULL = "/dev/full";
const skip = existsSync(FULL) ? false : `no ${FULL} here`;

/** What a built program says whose stdout goes to a full disk. */
function withoutRoom(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ["ignore", openSync(FULL, "w"), "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    stderr += String(bytes);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
}

test("stdout on a full disk is told in a line", { skip }, async () => {
  for (const line of [`evaluate ${design}`, `evaluate ${rows}`, `evaluate ${rows} --fidelity event --json`]) {
    const { code, stderr } = await withoutRoom([...line.split(" "), "--quiet"]);

    assert.equal(
      stderr.replace(/^polaris: wrote .*\n/, ""),
      "polaris: stdout: no space left on the disk\n",
      line,
    );
    assert.equal(code, 1, line);
  }
});

test("a file on a full disk is told in a line with its path", { skip }, async () => {
  symlinkSync(FULL, file("full.csv"));
  symlinkSync(FULL, file("full.json"));
  for (const line of [
    `map dlrm --certificate ${file("full.json")}`,
    `evaluate ${design} --out ${file("full.json")}`,
    `evaluate ${rows} --out ${file("full.csv")}`,
    `evaluate ${rows} --fidelity event --out ${file("full.json")}`,
  ]) {
    const { code, stderr } = await polaris([...line.split(" "), "--quiet"]);

    assert.equal(stderr, `polaris: ${line.split(" ").at(-1)}: no space left on the disk\n`, line);
    assert.equal(code, 1, line);
  }
});

test("a journal on a full disk is told in a line with its path, and goes on from there", async () => {
  const search = smallSearch(file("net.json"), "1..64", "1..16").join(" ");
  const journals = {
    [file("study.jsonl")]: `${search} --sampler random --evaluations 20000 --study ${file("study.jsonl")}`,
    [file("s.csv.journal")]:
      `sweep ${file("net.json")} --quiet --pe 8,16 --scratchpad-kib 64 --accumulator-kib 16 --out ${file("s.csv")}`,
  };
  for (const [path, line] of Object.entries(journals)) {
    const args = line.split(" ");
    let room = 2;
    const write = writeFileSync;
    mock.method(fs, "writeFileSync", (to: number | string, text: string, options?: object) => {
      if (typeof to === "number" && room-- <= 0)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
          code: "ENOSPC",
          syscall: "write",
        });
      write(to, text, options);
    });
    syncBuiltinESMExports();
    const { code, stderr } = await polaris(args).finally(() => {
      mock.restoreAll();
      syncBuiltinESMExports();
    });

    assert.equal(stderr, `polaris: ${path}: no space left on the disk\n`);
    assert.equal(code, 1);
    assert.equal(readFileSync(path, "utf8").trimEnd().split("\n").length, 2);
    assert.equal((await polaris(args)).code, 0);
  }
});

test("an output that fails leaves the file that was there and no part of the new one", async () => {
  mkdirSync(file("kept"));
  const out = file("kept/old.json");
  writeFileSync(out, "old");
  mock.method(fs.promises, "writeFile", async (to: string, text: string) => {
    writeFileSync(to, text.slice(0, 1));
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
  });
  syncBuiltinESMExports();
  const saved = saveOutput(out, "new");
  await assert.rejects(saved, { name: "WriteError", message: `${out}: no space left on the disk` });
  mock.restoreAll();
  syncBuiltinESMExports();

  assert.equal(readFileSync(out, "utf8"), "old");
  assert.deepEqual(readdirSync(file("kept")), ["old.json"]);
});

test("an output is put in the place of the file, whose mode, links and other names stay", async () => {
  mkdirSync(file("place"));
  const [plain, link, twin, future] = ["plain", "link", "twin", "future"].map((name) =>
    file(`place/${name}`),
  ) as [string, string, string, string];
  writeFileSync(plain, "old");
  chmodSync(plain, 0o640);
  symlinkSync("plain", link);
  symlinkSync("yet-to-be", future);
  const before = statSync(plain).ino;

  await saveOutput(link, "new");
  await saveOutput(future, "made");

  assert.equal(readlinkSync(link), "plain");
  assert.equal(readFileSync(plain, "utf8"), "new");
  assert.notEqual(statSync(plain).ino, before);
  assert.equal(statSync(plain).mode & 0o777, 0o640);
  assert.equal(readFileSync(file("place/yet-to-be"), "utf8"), "made");

  linkSync(plain, twin);
  await saveOutput(plain, "both");

  assert.equal(readFileSync(twin, "utf8"), "both");
  assert.deepEqual(readdirSync(file("place")).sort(), ["future", "link", "plain", "twin", "yet-to-be"]);
});
