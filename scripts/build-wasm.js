import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// The WebAssembly of assembly/, in build/: the binaries that are older than the sources, all at once.

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const BINARIES = {
  "starlight.wasm": ["--target", "release"],
  "starlight.relaxed.wasm": ["--target", "relaxed"],
  "starlight.shared.wasm": ["--target", "shared"],
  "training.wasm": ["--config", "asconfig.training.json", "--target", "release"],
};
// A folder is as young as the last file that came or went.
const SOURCES = [
  "assembly",
  ...readdirSync(at("assembly"), { recursive: true }).map((name) => `assembly/${name}`),
  ...readdirSync(at("src/kernels"))
    .filter((name) => name.endsWith("layout.ts"))
    .map((name) => `src/kernels/${name}`),
  ...["asconfig.json", "asconfig.training.json", "package-lock.json", "scripts/build-wasm.js"],
];

const changed = (path) => statSync(at(path)).mtimeMs;
const newest = Math.max(...SOURCES.map(changed));
const stale = Object.keys(BINARIES).filter(
  (name) => !existsSync(at(`build/${name}`)) || changed(`build/${name}`) < newest,
);
const run = promisify(execFile);
await Promise.all(
  stale.map((name) =>
    run(process.execPath, [at("node_modules/assemblyscript/bin/asc.js"), ...BINARIES[name]], { cwd: at("") }),
  ),
);
