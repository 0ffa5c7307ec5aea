import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { formatMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { type InstalledPackage, installPackage } from "../package/install.ts";
import { launchChromium, servePages } from "./browser.ts";
import { CHROMIUM, environment, onRuntime, RUNTIMES, TIMEOUT } from "./runtimes.ts";

// Every example, run as its head says, beside the packed package. The three servers answer one request of 10,000 mappings with the
// same bytes.

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../../examples", import.meta.url));
const MAPPINGS = 10_000;
const MIB = 2 ** 20;

let installed: InstalledPackage;
/** A request of 10,000 mappings. */
let request = "";
/** Its answer by Node. */
let reference = "";

before(async () => {
  installed = await installPackage();
  cpSync(EXAMPLES, join(installed.project, "examples"), { recursive: true });
  request = JSON.stringify(requestOf(MAPPINGS));
  reference = await answerOfNode(process.execPath);
});
after(() => installed?.remove());

function requestOf(count: number) {
  const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
  const layer = toLayerShape({ K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 });
  const sample = createMappingSampler(layer, createHardware(hardware));
  const rng = createRng(11);
  const raw = new RawMapping();
  const mappings = Array.from({ length: count }, () => {
    sample(rng, raw);
    return formatMapping(toMapping(raw));
  });
  return { hardware, layer, mappings };
}

/** What `predict.js` answers on a Node, without a server. */
async function answerOfNode(node: string): Promise<string> {
  const program = `
import { loadEngine } from "polaris-dse/starlight";
import { predict } from "./examples/predict.js";
let text = "";
for await (const part of process.stdin) text += part;
process.stdout.write(JSON.stringify(predict(await loadEngine(${MAPPINGS}), JSON.parse(text))));`;
  const child = spawn(node, ["--input-type=module", "--eval", program], {
    cwd: installed.project,
    env: environment(installed.project),
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(request);
  let answer = "";
  for await (const part of child.stdout) answer += String(part);
  return answer;
}

test("the answer has a prediction for each mapping, and the sweep a row for each config", async () => {
  const { predictions, version } = JSON.parse(reference) as {
    version: number;
    predictions: { latencyCycles: number; energyUj: number }[];
  };
  assert.equal(version, 1);
  assert.equal(predictions.length, MAPPINGS);
  assert.ok(predictions.every(({ latencyCycles, energyUj }) => latencyCycles > 0 && energyUj > 0));

  const { stdout } = await run(process.execPath, ["examples/node-sweep.js"], {
    cwd: installed.project,
    env: environment(installed.project),
    timeout: TIMEOUT,
  });
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.match(head ?? "", /^workload,pe_dim,/);
  assert.equal(rows.length, 12);
  assert.match(rows[2] ?? "", /^bert,16,128,16,2966528,/);
});

for (const [name, file] of [
  ["Node 22", RUNTIMES.node22],
  ["Node 24", RUNTIMES.node24],
] as const)
  onRuntime(`${name}: the same answer`, [file], async () =>
    assert.equal(await answerOfNode(file), reference),
  );

onRuntime("Deno: the server gives the same answer", [RUNTIMES.deno], () =>
  answersAlike(RUNTIMES.deno, [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--allow-read",
    "--allow-net=127.0.0.1",
    "examples/deno.js",
  ]),
);

onRuntime("Bun: the server gives the same answer", [RUNTIMES.bun], () =>
  answersAlike(RUNTIMES.bun, ["--no-install", "examples/bun.js"]),
);

onRuntime(
  "workerd: the Worker gives the same answer, from a bundle of at most 1 MB",
  [RUNTIMES.workerd],
  async (t) => {
    const { project } = installed;
    const outdir = join(project, "worker");
    await build({
      entryPoints: [join(project, "examples/worker/worker.js")],
      outdir,
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2023",
      conditions: ["workerd"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      logLevel: "error",
    });
    const bytes = ["worker.js", "starlight.wasm"].reduce(
      (sum, file) => sum + statSync(join(outdir, file)).size,
      0,
    );
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes <= MIB, `${bytes} bytes`);
    copyFileSync(join(project, "examples/worker/workerd.capnp"), join(outdir, "workerd.capnp"));
    const server = spawn(RUNTIMES.workerd, ["serve", "workerd.capnp", "--control-fd=3"], {
      cwd: outdir,
      env: environment(project),
      stdio: ["ignore", "ignore", "inherit", "pipe"],
      timeout: TIMEOUT,
    });
    await withServer(server, server.stdio[3] as Readable, (report) => {
      const { port } = JSON.parse(report) as { readonly port: number };
      return `http://127.0.0.1:${port}`;
    });
  },
);

onRuntime(
  "Chromium: the page finds and proves the best mapping",
  [RUNTIMES.playwright, CHROMIUM],
  async () => {
    const pages = await servePages(installed.project);
    const browser = await launchChromium(CHROMIUM);
    try {
      const text = await browser.read(`${pages.origin}/examples/browser/index.html`);
      assert.match(text, /^L3\[WIO\] .*: 50688 cycles, proven optimal$/);
    } finally {
      await browser.close();
      await pages.close();
    }
  },
);

/** Starts a server that prints its address, and compares its answers. */
async function answersAlike(runtime: string, args: readonly string[]): Promise<void> {
  const server = spawn(runtime, args, {
    cwd: installed.project,
    env: environment(installed.project),
    stdio: ["ignore", "pipe", "inherit"],
    timeout: TIMEOUT,
  });
  await withServer(server, server.stdout, (line) => line.trim());
}

async function withServer(
  server: ChildProcess,
  output: Readable,
  addressOf: (line: string) => string,
): Promise<void> {
  const exited = once(server, "exit");
  try {
    const [line] = await Promise.race([
      once(output, "data"),
      exited.then(([code]) => assert.fail(`the server ended with ${code}`)),
    ]);
    const address = addressOf(String(line));

    const answer = await fetch(address, { method: "POST", body: request });

    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), reference);
    const { hardware, layer } = requestOf(0);
    for (const [body, expected] of [
      ["{", /./],
      [
        JSON.stringify({ hardware, layer, mappings: ["L3[WIO] P0"] }),
        /^mappings\[0\]: character \d+: expected/,
      ],
      [JSON.stringify({ hardware: { peDim: 1 }, layer, mappings: [] }), /^peDim: expected an integer from 2/],
      [
        JSON.stringify({ hardware, layer }),
        /^mappings: expected a list of at most \d+ mappings, found undefined/,
      ],
    ] as const) {
      const refused = await fetch(address, { method: "POST", body });
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), expected);
    }
  } finally {
    server.kill();
    await exited;
  }
}
