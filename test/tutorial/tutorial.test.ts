import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PROGRAM } from "../cli/polaris.ts";
import { dsCnn } from "../interop/onnx/networks.ts";
import { writeModel } from "../interop/onnx/writer.ts";

// docs/tutorial.md, command by command. After a block of commands, a block `text exact` holds lines that they print, a block
// `text` lines that they print but for their numbers and spaces.

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "polaris-tutorial-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Blocks of the tutorial in order: what stands after the fence, and the lines. */
const blocks = [
  ...readFileSync(join(ROOT, "docs/tutorial.md"), "utf8").matchAll(/^```(.+)\n([\s\S]*?)^```$/gm),
].map(([, kind = "", body = ""]) => ({ kind, lines: body.trimEnd().split("\n") }));

test("every command of the tutorial runs, and prints what stands below it", async () => {
  cpSync(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
  let printed = "";
  let commands = 0;
  for (const { kind, lines } of blocks) {
    if (kind === "sh") {
      printed = "";
      for (const line of lines) {
        const [program, ...args] = line.split(" ");
        assert.equal(program, "polaris", line);
        const { stdout } = await run(process.execPath, [PROGRAM, ...args], { cwd: folder });
        printed += stdout;
        commands++;
      }
      continue;
    }
    const plain = (text: string): string =>
      kind === "text exact" ? text.trimEnd() : text.replace(/[\d.,]+(e-\d+)?/g, "#").replace(/\s+/g, " ");
    assert.ok(kind === "text" || kind === "text exact", kind);
    const known = printed.split("\n").map(plain);
    for (const line of lines)
      assert.ok(
        known.some((one) => one.startsWith(plain(line))),
        `not printed: ${line}\n${printed}`,
      );
  }
  assert.ok(commands >= 9, String(commands));
});

test("the model of the examples is the network of its paper, written anew", () => {
  assert.deepEqual(
    new Uint8Array(readFileSync(join(ROOT, "examples/models/ds-cnn.onnx"))),
    writeModel(dsCnn()),
  );
});
