import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type InstalledPackage, installPackage, ROOT } from "./install.ts";

// What other people's tools say of the package.

const run = promisify(execFile);
let installed: InstalledPackage;

before(async () => {
  installed = await installPackage();
});
after(() => installed?.remove());

test("publint finds nothing to say", async () => {
  const { stdout } = await tool("publint", [installed.tarball, "--strict"]);
  assert.match(stdout, /All good!/);
});

test("attw finds the types of every entry point right", async () => {
  const options = [
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "starlight.wasm",
    "starlight.relaxed.wasm",
    "--no-emoji",
  ];
  await tool("attw", [installed.tarball, ...options]);
});

test("strict TypeScript takes its types, on Node and, without Node's types, under a bundler", async () => {
  await compiles(
    `import { createParallelEngine, type Engine, loadEngine } from "polaris-dse";
export const engines: Engine[] = [await loadEngine(), await createParallelEngine({ workers: 1, capacity: 1 })];
`,
    // Without `skipLibCheck` the types of Node would be checked as well, which takes most of the time of this file.
    {
      module: "nodenext",
      skipLibCheck: true,
      typeRoots: [join(ROOT, "node_modules/@types")],
      types: ["node"],
    },
  );
  await compiles(
    `import { createHardware, loadEngine, parseMapping, toLayerShape } from "polaris-dse/starlight";
const engine = await loadEngine();
const mapping = parseMapping("L3[WIO] P28 - L2[WI] N1 - L1[O] N1 - L0[W] N1");
const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32, bandwidth: "split" });
export const cycles: number = engine.explain(mapping, toLayerShape({ P: 28 }), hardware).rooflineCycles.dram;
`,
    { module: "esnext", moduleResolution: "bundler", types: [] },
  );
});

/** Type-checks a program in the project that the package is installed in. */
async function compiles(program: string, options: object): Promise<void> {
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "dom"],
    strict: true,
    noEmit: true,
    skipDefaultLibCheck: true,
    ...options,
  };
  await writeFile(join(installed.project, "program.ts"), program);
  await writeFile(
    join(installed.project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["program.ts"] }),
  );
  await tool("tsc", ["-p", installed.project]).catch((error: { readonly stdout?: string }) =>
    assert.fail(error.stdout),
  );
}

/** A tool of the development dependencies; it rejects with its output when it is not content. */
async function tool(name: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
  return run(join(ROOT, "node_modules/.bin", name), args, { env: { ...process.env, NO_COLOR: "1" } });
}
