import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { parquetReadObjects } from "hyparquet";
import { PROGRAM, polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const GRID = ["--pe", "8,16", "--scratchpad-kib", "64", "--accumulator-kib", "16..32:x2"];
const SWEEP = ["sweep", "dlrm", ...GRID, "--quiet"];
/** One thread starts sooner than two. */
const ONE_WORKER = ["--workers", "1"];

interface SweepJson {
  readonly points: readonly {
    readonly hardware: object;
    readonly layers: readonly object[];
    readonly totals: { readonly areaMm2: number };
    readonly pareto: boolean;
  }[];
}

/** Output of a run that must end well and say nothing. */
async function output(args: readonly string[]): Promise<Buffer> {
  const { code, stdout, stderr } = await polaris(args);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return stdout;
}

async function json(args: readonly string[]) {
  return JSON.parse(String(await output([...args, "--json"])));
}

test("sweep gives the same bytes, whatever the number of workers", async () => {
  const one = await output([...SWEEP, "--json", ...ONE_WORKER, "--out", file("s1.csv")]);
  const two = await output([...SWEEP, "--json", "--workers", "2", "--out", file("s2.csv")]);

  assert.deepEqual(two, one);
  assert.deepEqual(readFileSync(file("s2.csv")), readFileSync(file("s1.csv")));
  assert.equal((JSON.parse(String(one)) as SweepJson).points.length, 4);
  assert.equal(existsSync(file("s1.csv.journal")), false);
});

test("a point of a sweep evaluates to the totals that the sweep gave it, and maps to them", async () => {
  const { points } = (await json([...SWEEP, ...ONE_WORKER])) as SweepJson;
  const point = points[3];
  assert.ok(point);
  const { hardware, layers } = point;
  writeFileSync(file("point.json"), JSON.stringify({ workload: "dlrm", hardware, layers }));
  writeFileSync(file("hardware.json"), JSON.stringify(hardware));

  const evaluated = await json(["evaluate", file("point.json")]);
  const mapped = await json(["map", "dlrm", "--hardware", file("hardware.json"), "--quiet"]);

  assert.deepEqual(evaluated.totals, point.totals);
  assert.deepEqual(mapped.totals, point.totals);
});

test("--max-area-mm2 leaves out the larger configs and nothing else", async () => {
  const { points: all } = (await json([...SWEEP, ...ONE_WORKER])) as SweepJson;
  const areas = all.map(({ totals }) => totals.areaMm2).sort((a, b) => a - b);

  const capped = await json([...SWEEP, ...ONE_WORKER, "--max-area-mm2", String(areas[1])]);

  assert.deepEqual(
    capped.points.map((point: SweepJson["points"][number]) => point.hardware),
    all.filter(({ totals }) => totals.areaMm2 <= (areas[1] ?? 0)).map(({ hardware }) => hardware),
  );
});

test("a Parquet table holds what the CSV table holds", async () => {
  await output([...SWEEP, ...ONE_WORKER, "--out", file("p.csv")]);
  await output([...SWEEP, ...ONE_WORKER, "--out", file("p.parquet")]);

  const bytes = readFileSync(file("p.parquet"));
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });

  const text = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)])),
  );
  assert.deepEqual(
    text,
    [...csvParse(readFileSync(file("p.csv"), "utf8"))].map((row) => ({ ...row })),
  );
  assert.equal(typeof rows[0]?.["latency_cycles"], "number");
});

test("a sweep that was killed goes on where it was, and ends with the same file", async () => {
  const args = [
    "sweep",
    "dlrm",
    "--pe",
    "8,16",
    "--scratchpad-kib",
    "8..512:8",
    "--accumulator-kib",
    "1..40",
  ];
  await output([...args, "--quiet", "--out", file("whole.json")]);
  const out = file("killed.json");
  const child = spawn(process.execPath, [PROGRAM, ...args, "--out", out], { stdio: "ignore" });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const journal = `${out}.journal`;
  while (!existsSync(journal) || statSync(journal).size < 200_000)
    await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await closed;
  // As if the machine had stopped in the middle of a line.
  const kept = readFileSync(journal, "utf8");
  writeFileSync(journal, kept.slice(0, -7));

  const { code, stderr } = await polaris([...args, "--out", out]);

  assert.equal(code, 0);
  const [, first] = /going on after (\d+) of 5120 configs/.exec(stderr) ?? [];
  assert.ok(Number(first) > 10, stderr);
  assert.equal(Number(first), kept.slice(0, -7).split("\n").length - 2);
  assert.deepEqual(readFileSync(out), readFileSync(file("whole.json")));
  assert.equal(existsSync(journal), false);
});

test("map gives a design that evaluates to the same numbers, as JSON and as a table", async () => {
  const mapped = await json(["map", "resnet50", "--quiet", "--out", file("map.csv")]);
  writeFileSync(file("map.json"), JSON.stringify(mapped));

  const evaluated = await json(["evaluate", file("map.json")]);
  const table = csvParse(String((await polaris(["evaluate", file("map.csv"), "--quiet"])).stdout));

  assert.deepEqual(evaluated.totals, mapped.totals);
  assert.equal(mapped.optimal, true);
  assert.equal(mapped.layers.length, 24);
  for (const [i, layer] of mapped.layers.entries()) {
    assert.deepEqual(
      [evaluated.layers[i].latencyCycles, evaluated.layers[i].energyUj, evaluated.layers[i].boundBy],
      [layer.latencyCycles, layer.energyUj, layer.boundBy],
    );
    assert.deepEqual(
      [Number(table[i]?.["latency_cycles"]), Number(table[i]?.["energy_uj"])],
      [layer.latencyCycles, layer.energyUj],
    );
    assert.deepEqual([layer.optimal, layer.gap], [true, 0]);
  }
});

test("map with padding says so, and its padded design evaluates to the same numbers", async () => {
  writeFileSync(
    file("prime.json"),
    JSON.stringify({ layers: [{ name: "prime", K: 127, C: 3, P: 61, Q: 59, R: 3, S: 3 }] }),
  );
  const args = ["map", file("prime.json"), "--allow-padding", "--quiet"];
  const text = String(await output(args));
  const mapped = await json(args);
  writeFileSync(file("padded.json"), JSON.stringify(mapped));

  const evaluated = await json(["evaluate", file("padded.json")]);

  assert.match(text, /\(padded: K 127 to 128/);
  assert.equal(mapped.layers[0].paddedFrom.K, 127);
  assert.deepEqual(evaluated.totals, mapped.totals);

  const ONE = ["--pe", "16", "--scratchpad-kib", "128", "--accumulator-kib", "32", "--quiet"];
  const searched = await json(["search", file("prime.json"), ...ONE, "--allow-padding"]);
  const swept = await json(["sweep", file("prime.json"), ...ONE, "--allow-padding"]);
  assert.deepEqual(searched.totals, mapped.totals);
  assert.deepEqual(swept.points[0].totals, mapped.totals);
  writeFileSync(file("searched.json"), JSON.stringify(searched));
  assert.deepEqual((await json(["evaluate", file("searched.json")])).totals, mapped.totals);
  writeFileSync(file("swept.json"), JSON.stringify({ ...swept.points[0], workload: "prime" }));
  assert.deepEqual((await json(["evaluate", file("swept.json")])).totals, mapped.totals);
  const screen = String(await output(["search", file("prime.json"), ...ONE, "--allow-padding"]));
  assert.match(screen, /\(padded: K 127 to 128/);
});

test("map says how far from the optimum a budget left it, and what random mappings are worth", async () => {
  const text = String(
    await output(["map", "unet", "--evaluations", "2000", "--quiet", "--compare-random", "50"]),
  );

  assert.match(text, /within [\d.]+ % of the optimum \(edp\); more time closes the gap/);
  assert.match(text, /Best of 50 random mappings a layer: [\d.]+ times this edp \(seed 0\)/);
});

test("what random mappings are worth stands in the JSON too", async () => {
  const { random, totals, tolerance } = await json([
    "map",
    "dlrm",
    "--quiet",
    "--compare-random",
    "50",
    "--seed",
    "3",
  ]);

  assert.deepEqual([random.samples, random.seed, tolerance], [50, 3, 1e-12]);
  assert.ok(
    Math.abs((random.latencyCycles * random.energyUj * 1e-6) / totals.edpJCycles / random.ratio - 1) < 1e-12,
  );
  assert.ok(random.ratio > 1);
});

test("a front says which points it is of, and what the workload's table leaves out", async () => {
  const space = ["--pe", "16", "--scratchpad-kib", "32,64", "--accumulator-kib", "8,16"];
  const { code, stdout, stderr } = await polaris(["search", "dlrm", "--pareto", ...space]);

  assert.equal(code, 0);
  assert.match(String(stdout), /all there are/);
  assert.match(String(stdout), /the best of some latency\^a x energy\^b\. Proven to rounding, 1e-12/);
  assert.match(stderr, /polaris: note: dlrm: /);
});

test("Ctrl-C while layers are enumerated gives the best design so far, soon, and exit code 130", async () => {
  const workloads = ["resnet50", "bert", "unet", "retinanet"];
  const child = spawn(process.execPath, [PROGRAM, "search", ...workloads, "--max-area-mm2", "1", "--json"]);
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const noted = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk) => {
      errors.push(chunk);
      resolve();
    });
  });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  await noted;
  child.kill("SIGINT");
  const code = await closed;
  const result = JSON.parse(Buffer.concat(chunks).toString());

  assert.equal(code, 130);
  assert.match(Buffer.concat(errors).toString(), /interrupted: the best design so far is given/);
  assert.equal(result.networks.length, 4);
  assert.ok(result.optimal || result.gap > 0);
});

test("map writes the proof of its answer", async () => {
  await output(["map", "bert", "--quiet", "--certificate", file("proof.json")]);

  const proof = JSON.parse(readFileSync(file("proof.json"), "utf8"));

  assert.equal(proof.optimal, true);
  assert.equal(proof.layers.length, 5);
  assert.ok(
    proof.searches.every(
      (layer: { front: unknown[]; variants: unknown[] }) =>
        layer.front.length > 0 && layer.variants.length === 1,
    ),
  );
});

test("search gives a design within the cap that evaluates to the same numbers, and no config of a sweep beats it", async () => {
  const space = [
    "--pe",
    "8,16",
    "--scratchpad-kib",
    "8..64:8",
    "--accumulator-kib",
    "2..16:x2",
    "--max-area-mm2",
    "0.35",
    "--quiet",
  ];
  const found = await json(["search", "bert", ...space]);
  writeFileSync(file("found.json"), JSON.stringify(found));
  const evaluated = await json(["evaluate", file("found.json")]);
  const { points } = await json(["sweep", "bert", ...space]);

  assert.equal(found.optimal, true);
  assert.ok(found.totals.areaMm2 <= 0.35);
  assert.deepEqual(evaluated.totals, found.totals);
  const edps = points.map(({ totals }: { totals: { edpJCycles: number } }) => totals.edpJCycles);
  assert.equal(found.totals.edpJCycles, Math.min(...edps));
});

test("search serves several networks with one design, the same for any number of workers", async () => {
  const args = [
    "search",
    "bert",
    "dlrm",
    "--pe",
    "8,16",
    "--scratchpad-kib",
    "1..64",
    "--accumulator-kib",
    "1..16",
    "--max-area-mm2",
    "0.3",
    "--quiet",
    "--json",
  ];
  const one = await output([...args, "--workers", "1"]);
  const two = await output([...args, "--workers", "2"]);
  const { networks, optimal } = JSON.parse(String(one));

  assert.deepEqual(two, one);
  assert.equal(optimal, true);
  assert.deepEqual(
    networks.map(({ workload }: { workload: string }) => workload),
    ["bert", "dlrm"],
  );
});

test("every screen says which model its figures are from", async () => {
  const screens = await Promise.all(
    [
      ["map", "dlrm"],
      ["sweep", "dlrm", "--pe", "8", "--scratchpad-kib", "64", "--accumulator-kib", "16"],
      ["search", "dlrm", "--pe", "8", "--max-area-mm2", "0.3"],
      ["search", "dlrm", "--pe", "8", "--max-area-mm2", "0.3", "--pareto"],
      ["map", "dlrm", "--fidelity", "starlight"],
      ["search", "dlrm", "--pe", "8", "--max-area-mm2", "0.3", "--fidelity", "starlight"],
      ["map", "dlrm", "--fidelity", "starlight", "--profile", "polaris-rtl"],
    ].map(async (args) => String(await output([...args, "--quiet"]))),
  );

  const lines = screens.map((screen) => /^cycles .*$/m.exec(screen)?.[0] ?? "");
  for (const line of lines.slice(0, 4)) assert.match(line, /^cycles and energy by the analytical model/);
  const chosen = /by Starlight, profile (\S+): learnt from .*, the default here \(--profile (\S+): /;
  assert.deepEqual(
    [lines[4], lines[5]].map((line) => chosen.exec(line ?? "")?.slice(1)),
    [
      ["gemmini-firesim", "polaris-rtl"],
      ["polaris-rtl", "gemmini-firesim"],
    ],
  );
  assert.match(lines[6] ?? "", /profile polaris-rtl: learnt from the RTL in the box; energy by that RTL's/);
});
