import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { formatTable } from "../../src/cli/table.ts";
import { fitLines, fitted } from "../../src/cli/terminal.ts";
import { polaris } from "./polaris.ts";

const TABLE = formatTable(
  [
    { title: "layer", align: "left" },
    { title: "cycles", align: "right" },
    { title: "mapping", align: "left" },
  ],
  [
    ["conv1", "1,229,312", "L3[WIO] Q2 P112 - L2[WI] N1 K32X - L1[O] K2 R7 S7 C3X - L0[W] Q56"],
    ["fc", "7", ""],
  ],
);

test("a table wider than the terminal has its last column under each row, and loses no word", () => {
  const text = `resnet50 on an array\n\n${TABLE}\n\nLayers: one run each.\n`;

  const narrow = fitLines(text, 50);

  assert.ok(narrow.split("\n").every((line) => line.length <= 50));
  assert.match(
    narrow,
    /^conv1 {2}1,229,312\n {4}L3\[WIO\] Q2 P112 - L2\[WI\] N1 K32X - L1\[O\] K2 R7\n {4}S7/m,
  );
  const words = (of: string): readonly string[] => of.split(/\s+/).filter((word) => !/^-{2,}$/.test(word));
  assert.deepEqual(words(narrow), words(text));
  assert.equal(fitLines(text, 200), text);
});

test("pipes and files get text as it is", () => {
  const stream = (isTTY: boolean) => Object.assign(Object.create(null), { isTTY, columns: 40 });

  assert.equal(fitted(stream(false), TABLE), TABLE);
  assert.ok(
    fitted(stream(true), TABLE)
      .split("\n")
      .every((line) => line.length <= 40),
  );
});

test("the help of every command fits a screen of 80 columns and 50 lines", async () => {
  const commands = ["", ...readdirSync("src/cli/commands").map((name) => name.replace(/\.ts$/, ""))];
  const known = new Set<string>();
  for (const command of commands) {
    const { code, stdout } = await polaris([...(command === "" ? [] : [command]), "--help"]);
    const lines = String(stdout).trimEnd().split("\n");

    assert.equal(code, 0, command);
    assert.ok(lines.length <= 50, `${command}: ${lines.length} lines`);
    assert.ok(
      lines.every((line) => line.length <= 80),
      command,
    );
    const [, name] = /^polaris (\w+)/.exec(lines[0] ?? "") ?? [];
    if (name) known.add(name);
  }
  assert.ok(known.size >= 8, [...known].join(" "));
});

test("what a workload's table stands for is told in a line, unless --quiet", async () => {
  const noted = await polaris(["map", "dlrm"]);
  const quiet = await polaris(["map", "dlrm", "--quiet", "--workers", "2"]);

  const [note = ""] = noted.stderr.split("\n");
  assert.match(note, /^polaris: note: dlrm: The MLPs .* \.\.\.$/);
  assert.ok(note.length < 80, note);
  assert.equal(quiet.stderr, "");
});

test("help shows no flag that does nothing", async () => {
  const help = async (command: string): Promise<string> =>
    String((await polaris([command, "--help"])).stdout);

  assert.doesNotMatch(await help("map"), /--workers/);
  assert.doesNotMatch(await help("sweep"), /--seed/);
});

test("a shell completes commands and options", async () => {
  const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
    String((await polaris(["--get-yargs-completions", "polaris", ...words])).stdout).split("\n");

  assert.ok((await complete("re")).includes("report"));
  assert.deepEqual(
    (await complete("search", "bert", "re")).filter((word) => word !== ""),
    ["resnet50", "retinanet", "resnext50"],
  );
  assert.ok(!(await complete("evaluate", "re")).includes("resnet50"));
  assert.ok((await complete("map", "--scratch")).some((word) => word.startsWith("--scratchpad-kib")));
  assert.match(String((await polaris(["completion"])).stdout), /complete -o bashdefault .*polaris/);
  const help = String((await polaris(["completion", "--help"])).stdout);
  assert.match(help, /^polaris completion\n/);
  assert.doesNotMatch(help, /COMP_WORDS/);
});

test("doctor finds what every machine must have, and says what is missing and how to get it", async () => {
  const { code, stdout } = await polaris(["doctor", "--json"]);
  const { findings } = JSON.parse(String(stdout));
  const text = String((await polaris(["doctor"])).stdout);

  assert.equal(code, 0);
  for (const { name, required, found, remedy } of findings) {
    if (required) assert.equal(typeof found, "string", name);
    if (found === undefined) assert.ok(text.includes(`${name}: ${remedy}`), text);
  }
  assert.ok(
    text.split("\n").every((line) => line.length <= 80),
    text,
  );
});
