import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { csvParseRows } from "d3-dsv";
import { loadModule } from "#kernels";
import { createDosaReader, readDesignMapping } from "../../src/designs/dosa-row.ts";
import { createEngine, type LocalEngine } from "../../src/fidelity/engine.ts";
import { area } from "../../src/hardware/area.ts";
import { formatMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { violations } from "../../src/space/validity.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const dosa = process.env["POLARIS_DOSA"];

/** What rounding may have hidden: the data prints energies with six significant digits or with six decimals. */
function rounding(text: string): number {
  const value = Math.abs(Number(text));
  const sixDigits = 0.5 * 10 ** (Math.floor(Math.log10(value)) - 5);
  return Number(value.toPrecision(6)) === value ? Math.max(sixDigits, 5e-7) : 5e-7;
}

/** Checks every row of a table; the number of rows. */
function checkTable(engine: LocalEngine, file: string): number {
  const bytes = readFileSync(file);
  const [header = [], ...rows] = csvParseRows(
    (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"),
  );
  const reader = createDosaReader(header);
  const raw = new RawMapping();
  const cell = (cells: readonly string[], name: string): string => cells[header.indexOf(name)] ?? "";
  // Where every cycle count is the RTL's, Timeloop's survives in EDP / energy only.
  const measured = rows.every((cells) => cell(cells, "target.gemmini_cycle") === cell(cells, "target.cycle"));

  for (const [index, cells] of rows.entries()) {
    const where = `${file}: row ${index + 2}`;
    const { context, mapping: text } = reader.read(cells);
    readDesignMapping(text, context, raw);
    const mapping = toMapping(raw);
    const found = engine.explain(mapping, context.shape, context.hardware);
    const energyUj = found.energyPj * 1e-6;
    const energyText = cell(cells, "target.energy");
    const edpText = cell(cells, "target.edp");

    assert.equal(formatMapping(mapping), text, where);
    assert.deepEqual(violations(mapping, context.shape, context.hardware), [], where);
    const slackUj = rounding(energyText) * (1 + 1e-9) + 1e-12;
    assert.ok(
      Math.abs(energyUj - Number(energyText)) <= slackUj,
      `${where}: energy ${energyUj}, printed ${energyText}`,
    );
    if (measured) {
      const [energy, edp] = [Number(energyText), Number(edpText)];
      // Seven significant digits, some rounded and some cut off.
      const slackEdp = 10 ** (Math.floor(Math.log10(edp)) - 6);
      const least = ((edp - slackEdp) / (energy + slackUj)) * 1e6;
      const most = ((edp + slackEdp) / (energy - slackUj)) * 1e6;
      const cycles = found.latencyCycles;
      assert.ok(cycles >= least && cycles <= most, `${where}: ${cycles} cycles, not in [${least}, ${most}]`);
      if (most - least < 1) assert.equal(cycles, Math.round((edp / energy) * 1e6), where);
    } else {
      assert.equal(found.latencyCycles, Number(cell(cells, "target.cycle")), where);
    }
    assert.ok(
      Math.abs(found.edpJCycles / Number(edpText) - 1) < 6e-6,
      `${where}: EDP ${found.edpJCycles}, printed ${edpText}`,
    );
    const silicon = area(context.hardware);
    assert.ok(
      Math.abs(silicon.mm2 - Number(cell(cells, "target.area"))) <= 1e-6,
      `${where}: area ${silicon.mm2}`,
    );
    assert.equal(silicon.source, "table", where);
  }
  return rows.length;
}

for (const [name, count] of [
  ["timeloop-gemmini.csv.gz", 24_000],
  ["firesim-gemmini-train.csv", 1_567],
  ["firesim-gemmini-optimised.csv", 87],
] as const) {
  const file = join(data, name);
  const skip = existsSync(file)
    ? false
    : `needs the published data: set POLARIS_DATA to the folder with ${name}`;
  test(`all ${count} rows of ${name} come out as published`, { skip }, async () => {
    assert.equal(checkTable(await createEngine(await loadModule(), 1), file), count);
  });
}

/** Tables below a folder that hold designs with results. */
function designTables(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? designTables(path) : [path]))
    .filter((path) => /\.csv(\.gz)?$/.test(path))
    .filter((path) => {
      const bytes = readFileSync(path);
      const head =
        (path.endsWith(".gz") ? gunzipSync(bytes) : bytes)
          .subarray(0, 4096)
          .toString("utf8")
          .split("\n")[0] ?? "";
      return ["mapping.mapping", "arch.meshX", "target.cycle", "target.edp", "target.energy"].every((name) =>
        head.includes(name),
      );
    });
}

const noDosa = "needs a checkout of the public DOSA repository: set POLARIS_DOSA to its folder";
test("every row of the public DOSA repository comes out as published", {
  skip: dosa ? false : noDosa,
}, async () => {
  const engine = await createEngine(await loadModule(), 1);
  const tables = designTables(dosa as string);
  assert.ok(tables.length > 0, `no design tables below ${dosa}`);
  for (const table of tables) checkTable(engine, table);
});
