import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { parseDesign } from "../../src/designs/design.ts";
import type { DesignDocument } from "../../src/interop/design-document.ts";
import { toLayerTable } from "../../src/interop/layer-table.ts";
import { type ExportFormat, exportDesign } from "../../src/interop/write-export.ts";
import { BUILTIN_WORKLOADS } from "../../src/workload/builtin.ts";
import { parseWorkload } from "../../src/workload/workload.ts";
import { polaris, scratchFolder } from "../cli/polaris.ts";
import { assertValid, SCHEMA_NAMES, validatorOf } from "./validator.ts";

// Outputs are validated wherever a test runs the program with --json (test/cli/polaris.ts). Here: that the schemas themselves are
// sound and not too lax, and the files that no --json prints.

const file = scratchFolder();
const json = (name: string): unknown => JSON.parse(readFileSync(file(name), "utf8"));
/** One document of each kind, by the name of its schema. */
const documents: Record<string, unknown> = {};

before(async () => {
  const run = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await polaris(args);
    assert.equal(code, 0, stderr);
    return JSON.parse(String(stdout));
  };
  const grid = ["--pe", "16", "--scratchpad-kib", "64", "--accumulator-kib", "32", "--quiet", "--json"];
  documents["map"] = await run(
    "map",
    "bert",
    "--quiet",
    "--json",
    "--certificate",
    file("proof.json"),
    "--out",
    file("d.json"),
  );
  documents["certificate"] = json("proof.json");
  documents["sweep"] = await run("sweep", "bert", ...grid);
  documents["search"] = await run("search", "bert", ...grid);
  documents["evaluate"] = await run("evaluate", file("d.json"), "--json");
  documents["bench"] = await run("bench", "--slices", "1", "--json");
  documents["report"] = await run("report", file("d.json"), "--quiet", "--json");
  writeFileSync(
    file("small.json"),
    JSON.stringify({
      hardware: { peDim: 8, scratchpadKib: 32, accumulatorKib: 8 },
      layers: [
        {
          name: "a",
          shape: { K: 8, C: 8, P: 4 },
          mapping: "L3[WIO] P2 - L2[WI] N1 K8X - L1[O] C8X - L0[W] P2",
        },
      ],
    }),
  );
  documents["simulate"] = await run("simulate", file("small.json"), "--quiet", "--json");
  const design = await parseDesign(json("d.json"), "d.json", () => assert.fail("its shapes are in it"));
  const content = (format: ExportFormat, name: string): unknown =>
    JSON.parse(String(exportDesign(design, format).files.find((one) => one.name === name)?.content));
  documents["doctor"] = await run("doctor", "--json");
  documents["tiling"] = content("gemmini", "tiling.json");
  documents["timeloop-layers"] = content("timeloop-0.4", "layers.json");
  const { version, workload, hardware, layers } = json("d.json") as DesignDocument;
  documents["design"] = { version, workload, hardware, layers };
});

test("every schema compiles under the strictest reading", () => {
  for (const name of SCHEMA_NAMES) assert.equal(typeof validatorOf(name), "function", name);
});

test("every command that prints JSON has a schema under its name", () => {
  const commands = new URL("../../src/cli/commands/", import.meta.url);
  const printing = readdirSync(commands).filter((name) =>
    readFileSync(new URL(name, commands), "utf8").includes('"json", shared.json'),
  );
  const names = printing.map((name) => name.replace(/\.ts$/, ""));

  assert.ok(names.length >= 9, names.join(" "));
  assert.deepEqual(
    names.filter((name) => !SCHEMA_NAMES.includes(name)),
    [],
  );
});

test("every kind of document is as its schema says, and says its version", () => {
  for (const [name, document] of Object.entries(documents)) {
    assertValid(name, document);
    assert.equal((document as { version?: unknown }).version, 1, name);
  }
});

test("a document that lacks a required key, or has another type in its place, is refused, key by key", () => {
  for (const [name, document] of Object.entries(documents)) {
    const validate = validatorOf(name);
    for (const key of [
      "version",
      "hardware",
      "totals",
      "layers",
      "points",
      "files",
      "calls",
      "rates",
      "figures",
      "optimal",
      "gap",
    ]) {
      const whole = document as Record<string, unknown>;
      if (
        !(key in whole) ||
        (name === "design" && key === "version") ||
        (["evaluate", "simulate"].includes(name) && key === "totals")
      )
        continue;
      const { [key]: left, ...rest } = whole;
      assert.ok(!validate(rest), `${name} without ${key}`);
      assert.ok(!validate({ ...whole, [key]: "no" }), `${name} with a wrong ${key}`);
      void left;
    }
  }
  const { version, ...design } = documents["design"] as { version: number; layers: { mapping: string }[] };
  assert.ok(validatorOf("design")(design), `version ${version} may be left out`);
  const [layer] = design.layers;
  for (const mapping of [
    "L3[WIO] P2",
    layer?.mapping.replace("L2[WI]", "L2[W]"),
    layer?.mapping.replace("K16X", "C16X"),
  ])
    assert.ok(!validatorOf("design")({ ...design, layers: [{ ...layer, mapping }] }), mapping);
});

test("every built-in network is a layer table as its schema says, and is read back from it", () => {
  for (const [name, workload] of BUILTIN_WORKLOADS) {
    const table = toLayerTable(workload);
    assertValid("workload", table);
    assert.deepEqual(parseWorkload(table, name), workload);
  }
  assertValid("hardware", { peDim: 16, scratchpadKib: 128, accumulatorKib: 32, bandwidth: "split" });
  assert.ok(!validatorOf("hardware")({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32, banks: 4 }));
});

test("the journal of a sweep is lines as its schema says", async () => {
  const { openJournal } = await import("../../src/sweep/journal.ts");
  const { points } = documents["sweep"] as { points: never[] };
  const journal = openJournal(file("s.csv.journal"), {
    layers: [],
    grid: [],
    objective: { name: "edp", latencyExponent: 1, energyExponent: 1 } as never,
  });
  for (const point of points) journal.append(point);
  journal.close();

  const lines = readFileSync(file("s.csv.journal"), "utf8").trimEnd().split("\n");

  assert.equal(lines.length, 1 + points.length);
  for (const line of lines) assertValid("journal", JSON.parse(line));
});

test("what an external evaluator is asked, and may answer, is as its schemas say", async () => {
  const { formatRequest, parseAnswer } = await import("../../src/evaluators/command-protocol.ts");
  const { parseMapping } = await import("../../src/space/mapping.ts");
  const { createHardware } = await import("../../src/hardware/hardware.ts");
  const { layers, hardware } = documents["design"] as {
    layers: { shape: never; mapping: string }[];
    hardware: never;
  };
  const [layer] = layers;
  assert.ok(layer);
  const candidate = {
    shape: layer.shape,
    hardware: createHardware(hardware),
    mapping: parseMapping(layer.mapping),
  };
  assertValid("evaluator-request", JSON.parse(formatRequest(candidate, "a", 1)));
  for (const answer of [
    { latencyCycles: 5, counters: { loads: 3 } },
    { infeasible: "too large" },
    { failed: "crash" },
  ]) {
    assertValid("evaluator-answer", { version: 1, ...answer });
    assert.notEqual(parseAnswer(JSON.stringify({ version: 1, ...answer })).status, "garbage");
  }
});
