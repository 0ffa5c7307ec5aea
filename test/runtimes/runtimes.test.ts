import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { type InstalledPackage, installPackage } from "../package/install.ts";
import { type Browser, launchChromium, servePages } from "./browser.ts";
import { CHROMIUM, environment, HERE, onRuntime, RUNTIMES, TIMEOUT } from "./runtimes.ts";

// The packed package computes the same bytes on every runtime. The one that runs this file gives the reference.

const run = promisify(execFile);
/** What `runSuite` of suite.js returns, as far as this file looks into it. */
interface Results {
  readonly batch: { readonly candidates: number; readonly large: { readonly feasible: number } };
  readonly metrics: Readonly<Record<string, { readonly feasible: number }>>;
}

let installed: InstalledPackage;
let reference: Results;

before(async () => {
  installed = await installPackage();
  cpSync(join(HERE, "hosts"), join(installed.project, "hosts"), { recursive: true });
  copyFileSync(join(HERE, "suite.js"), join(installed.project, "suite.js"));
  reference = JSON.parse(await script(process.execPath)) as Results;
});
after(() => installed?.remove());

test(`Node ${process.versions.node}: prices every candidate of the suite`, () => {
  const feasible = Object.values(reference.metrics).map((pair) => pair.feasible);

  assert.equal(feasible.length, 48);
  assert.deepEqual(new Set(feasible), new Set([420]));
  assert.equal(reference.batch.large.feasible, reference.batch.candidates);
});

test(`Node ${process.versions.node}: worker threads change no byte`, () => sameOnThreads(process.execPath));

for (const [name, file] of [
  ["Node 22", RUNTIMES.node22],
  ["Node 24", RUNTIMES.node24],
] as const) {
  onRuntime(`${name}: same bytes`, [file], async (t) => {
    t.diagnostic(await version(file));
    same(JSON.parse(await script(file)));
  });
  onRuntime(`${name}: worker threads change no byte`, [file], () => sameOnThreads(file));
}

onRuntime("Deno: same bytes", [RUNTIMES.deno], async (t) => {
  t.diagnostic(await version(RUNTIMES.deno));
  const rights = ["run", "--quiet", "--no-prompt", "--no-remote", "--allow-read=."];
  same(JSON.parse(await script(RUNTIMES.deno, rights)));
});

onRuntime("Bun: same bytes", [RUNTIMES.bun], async (t) => {
  t.diagnostic(`bun ${await version(RUNTIMES.bun)}`);
  same(JSON.parse(await script(RUNTIMES.bun, ["--no-install"])));
});

onRuntime("workerd: same bytes", [RUNTIMES.workerd], async (t) => {
  t.diagnostic(await version(RUNTIMES.workerd));
  const folder = await bundle("worker.js", "workerd", ["workerd"]);
  copyFileSync(join(HERE, "hosts/workerd.capnp"), join(folder, "workerd.capnp"));
  // It reports the port it got on the file descriptor that it is told to.
  const server = spawn(RUNTIMES.workerd, ["serve", "workerd.capnp", "--control-fd=3"], {
    cwd: folder,
    env: environment(installed.project),
    stdio: ["ignore", "ignore", "inherit", "pipe"],
    timeout: TIMEOUT,
  });
  const exited = once(server, "exit");
  try {
    const [report] = await Promise.race([
      once(server.stdio[3] as Readable, "data"),
      exited.then(([code]) => assert.fail(`workerd ended with ${code}`)),
    ]);
    const { port } = JSON.parse(String(report)) as { readonly port: number };

    const response = await fetch(`http://127.0.0.1:${port}/`);

    assert.equal(response.status, 200, `HTTP ${response.status}`);
    same(await response.json());
  } finally {
    server.kill();
    await exited;
  }
});

onRuntime("Chromium: same bytes, as modules and bundled", [RUNTIMES.playwright, CHROMIUM], async (t) => {
  await bundle("page.js", "bundle", ["browser"]);
  const pages = await servePages(installed.project);
  let browser: Browser | undefined;
  try {
    browser = await launchChromium(CHROMIUM);
    t.diagnostic(`Chromium ${browser.version()}`);
    for (const page of ["modules.html", "bundle.html"]) {
      same(JSON.parse(await browser.read(`${pages.origin}/hosts/${page}`)));
    }
  } finally {
    await browser?.close();
    await pages.close();
  }
});

/** The standard output of a script host. */
async function script(runtime: string, args: readonly string[] = [], host = "script.js"): Promise<string> {
  const { stdout } = await run(runtime, [...args, join("hosts", host)], {
    cwd: installed.project,
    env: environment(installed.project),
    maxBuffer: 2 ** 24,
    timeout: TIMEOUT,
  });
  return stdout;
}

async function sameOnThreads(node: string): Promise<void> {
  const answers = JSON.parse(await script(node, [], "parallel.js")) as Record<string, unknown>;

  const { batch } = reference;
  same(answers, { local: batch, "1 worker": batch, "2 workers": batch });
}

/** Compares results to the last digit; a failure names what differs and spares the reader the rest. */
function same(actual: unknown, expected: unknown = reference): void {
  const [found, wanted] = [leaves(actual), leaves(expected)];
  const names = new Set([...wanted.keys(), ...found.keys()]);
  const differing = [...names].filter((name) => found.get(name) !== wanted.get(name));
  assert.deepEqual(
    differing.slice(0, 10).map((name) => `${name}: ${found.get(name)}, not ${wanted.get(name)}`),
    [],
    `${differing.length} of ${names.size} results differ`,
  );
}

/** Every single value by its path. */
function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}/${key}`)]));
}

async function version(runtime: string): Promise<string> {
  const { stdout } = await run(runtime, ["--version"], { env: environment(installed.project) });
  return stdout.trim().replaceAll("\n", ", ");
}

/** Bundles a host as a user would, the .wasm file beside it, and gives the folder. */
async function bundle(host: string, folder: string, conditions: string[]): Promise<string> {
  const { project } = installed;
  const outdir = join(project, folder);
  await build({
    entryPoints: [join(project, "hosts", host)],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2023",
    conditions,
    // The Workers loader imports the .wasm file; the web loader fetches it from beside the bundle.
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    logLevel: "error",
  });
  for (const kernels of ["starlight.wasm", "starlight.relaxed.wasm"]) {
    copyFileSync(join(project, "node_modules/polaris-dse/dist/kernels", kernels), join(outdir, kernels));
  }
  return outdir;
}
