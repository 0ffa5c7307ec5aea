import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { type InstalledPackage, installPackage, ROOT } from "./install.ts";

// What `npm publish` would send, and what it does on a user's machine.

const run = promisify(execFile);
const EXPECTED = [
  /^(package\.json|LICENSE|[A-Z-]+\.md)$/,
  /^docs\/[\w-]+\.md$/,
  /^dist\/.+\.(js|d\.ts)$/,
  /^dist\/kernels\/[\w.]+\.wasm$/,
  /^dist\/site\/[\w.]+$/,
  /^schema\/[\w-]+\.schema\.json$/,
  /^rtl\/(\w+\.sv|files\.f|harness\/\w+\.(cpp|h|sv))$/,
  /^rtl\/prebuilt\/(polaris-\d+-(full|cycles)\.wasm|manifest\.json|LICENSES)$/,
];
/** Largest tarball; most of it is the prebuilt RTL. */
const MAX_BYTES = 2000 * 1024;
/** Largest bundle for a browser, minified: the portable part with its built-in networks. */
const MAX_BUNDLE_BYTES = 64 * 1024;

/** The smallest program that a user would write; it gives the latency of one mapping. */
const PROGRAM = `
import { builtinWorkload, createHardware, createMappingSampler, createRng, loadEngine, RawMapping } from "polaris-dse/starlight";

const engine = await loadEngine();
const [layer] = builtinWorkload("resnet50").layers;
const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
const mapping = new RawMapping();
createMappingSampler(layer.shape, hardware)(createRng(1), mapping);
engine.batch.writeRaw(0, mapping);
await engine.evaluate(layer.shape, hardware, 1);
console.log(engine.batch.latencyCycles(0));
`;

let installed: InstalledPackage;

before(async () => {
  installed = await installPackage();
});
after(() => installed?.remove());

test("the tarball holds the built files, documents and the licence, and is small", () => {
  const paths = installed.files.map((file) => file.path);

  const unexpected = paths.filter(
    (path) => !EXPECTED.some((pattern) => pattern.test(path)) || /\.(tmp|test)\./.test(path),
  );
  assert.deepEqual(unexpected, []);
  for (const path of [
    "LICENSE",
    "README.md",
    "dist/index.js",
    "dist/index.d.ts",
    "dist/starlight.js",
    "dist/starlight.d.ts",
    "dist/kernels/starlight.wasm",
    "dist/kernels/starlight.shared.wasm",
  ]) {
    assert.ok(paths.includes(path), `${path} is missing`);
  }
  assert.ok(installed.size < MAX_BYTES, `${installed.size} bytes`);
});

test("every file that package.json names for users is there, the command executable", async () => {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Record<string, unknown>;
  const modes = new Map(installed.files.map((file) => [file.path, file.mode]));

  const named = [manifest["exports"], manifest["imports"], manifest["bin"]].flatMap(targets);
  assert.ok(named.length > 10, named.join(" "));
  const there = (path: string): boolean =>
    path.endsWith("*") ? [...modes.keys()].some((one) => one.startsWith(path.slice(0, -1))) : modes.has(path);
  assert.deepEqual(
    named.filter((path) => !there(path)),
    [],
  );
  assert.equal((modes.get("dist/cli/main.js") ?? 0) & 0o111, 0o111);
});

test("no packed file names a folder of the machine that built it", async () => {
  const naming: string[] = [];
  for (const { path } of installed.files) {
    const bytes = await readFile(join(installed.project, "node_modules/polaris-dse", path));
    if (bytes.includes(ROOT)) naming.push(path);
  }
  assert.deepEqual(naming, []);
});

test("npm installs it in an empty folder, where the library and the command work", async () => {
  const folder = await mkdtemp(join(tmpdir(), "polaris-dse-user-"));
  try {
    await writeFile(join(folder, "package.json"), '{ "private": true }\n');
    const options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...options, installed.tarball], { cwd: folder });
    await writeFile(join(folder, "program.mjs"), PROGRAM);
    await writeFile(
      join(folder, "all.mjs"),
      'import * as all from "polaris-dse"; console.log(Object.keys(all).length);',
    );

    assert.match((await run(process.execPath, ["program.mjs"], { cwd: folder })).stdout, /^\d+\n$/);
    assert.ok(Number((await run(process.execPath, ["all.mjs"], { cwd: folder })).stdout) > 20);
    const help = await run(join(folder, "node_modules/.bin/polaris"), ["--help"], { cwd: folder });
    assert.match(help.stdout, /^polaris <command>/);
    assert.equal(help.stderr, "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("esbuild bundles it for browsers, with the .wasm file beside the bundle", async () => {
  const { project } = installed;
  const outfile = join(project, "bundle/program.js");
  await writeFile(join(project, "program.js"), PROGRAM);
  const { metafile } = await build({
    entryPoints: [join(project, "program.js")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    logLevel: "error",
  });
  await copyFile(
    join(project, "node_modules/polaris-dse/dist/kernels/starlight.wasm"),
    join(project, "bundle/starlight.wasm"),
  );
  // A browser's fetch, as far as the bundle needs one.
  await writeFile(
    join(project, "fetch.js"),
    `import { readFile } from "node:fs/promises";
globalThis.fetch = async (url) => new Response(await readFile(url), { headers: { "content-type": "application/wasm" } });
`,
  );

  const [output] = Object.values(metafile.outputs);
  assert.deepEqual(output?.imports, []);
  assert.ok((output?.bytes ?? 0) < MAX_BUNDLE_BYTES, `${output?.bytes} bytes`);
  const plain = await run(process.execPath, ["program.js"], { cwd: project });
  const bundled = await run(process.execPath, ["--import", "./fetch.js", outfile], { cwd: project });
  assert.equal(bundled.stdout, plain.stdout);
});

/** Files of the package that a field of package.json leads users to: all but those for a checkout. */
function targets(value: unknown): string[] {
  if (typeof value === "string") return [value.replace(/^\.\//, "")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([condition, target]) =>
    condition === "polaris-source" ? [] : targets(target),
  );
}
