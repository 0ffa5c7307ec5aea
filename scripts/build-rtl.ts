// Builds the RTL as WebAssembly: SystemVerilog --verilator--> C++ --clang--> rtl/prebuilt/polaris-<dim>-<mode>.wasm, and the manifest.
//
//   npm run build:rtl -- [--dim 16[,4]] [--mode full,cycles] [--array 1] [--netlist file] [--out folder]
//
// Needs the Debian packages verilator, clang-19, lld-19, wasi-libc, libc++-19-dev-wasm32, libclang-rt-19-dev-wasm32; VERILATOR and
// CLANGXX name other binaries. `--array 2` takes the array that is synthesised, `--netlist` an accelerator that was. The manifest is
// written when everything has been built.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PREBUILT_DIMS } from "../src/rtl/prebuilt.node.ts";
import { MODES, type Mode } from "../src/rtl/simulator.ts";
import { ARRAYS, type Manifest, RTL, sha256, sourceHash } from "./rtl-sources.ts";

const VERILATOR = process.env["VERILATOR"] ?? "verilator";
const CLANGXX = process.env["CLANGXX"] ?? "clang++-19";

const { values } = parseArgs({
  options: {
    dim: { type: "string", default: PREBUILT_DIMS.join(",") },
    mode: { type: "string", default: MODES.join(",") },
    array: { type: "string" },
    netlist: { type: "string" },
    out: { type: "string", default: join(RTL, "prebuilt") },
  },
});
const dims = values.dim.split(",").map(Number);
const modes = MODES.filter((mode) => values.mode.split(",").includes(mode));
const work = mkdtempSync(join(tmpdir(), "polaris-rtl-"));
try {
  mkdirSync(values.out, { recursive: true });
  for (const dim of dims) for (const mode of modes) build(dim, mode);
  if (PREBUILT_DIMS.every((dim) => dims.includes(dim)) && modes.length === MODES.length) writeManifest();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function build(dim: number, mode: Mode): void {
  const array = Number(values.array ?? ARRAYS[mode]);
  const model = join(work, `${dim}-${mode}`);
  const out = join(values.out, fileName(dim, mode));
  run(VERILATOR, [
    "--cc",
    ...["-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert"],
    ...["--top-module", "polaris_sim", `-GDIM=${dim}`, `-GARRAY=${array}`, "--Mdir", model],
    ...verilogFiles(),
  ]);
  const root = /VERILATOR_ROOT *= *(\S+)/.exec(run(VERILATOR, ["-V"]))?.[1] ?? "/usr/share/verilator";
  const sources = readdirSync(model).filter((file) => file.endsWith(".cpp"));
  run(CLANGXX, [
    ...["--target=wasm32-wasi", "-mexec-model=reactor", "-std=c++17", "-msimd128"],
    // A netlist compiles for longer than anybody simulates it.
    values.netlist === undefined ? "-O3" : "-O1",
    ...["-fno-exceptions", "-fno-rtti", "-w", "-DVL_IGNORE_UNKNOWN_ARCH", "-DVL_TIME_CONTEXT"],
    ...[`-DPOLARIS_DIM=${dim}`, `-DPOLARIS_ARRAY=${array}`, "-include", join(RTL, "harness/wasi.h")],
    ...[`-I${model}`, `-I${root}/include`, `-I${root}/include/vltstd`, `-ffile-prefix-map=${model}=.`],
    ...sources.map((file) => join(model, file)),
    join(root, "include/verilated.cpp"),
    join(RTL, "harness/machine.cpp"),
    join(RTL, "harness/wasi.cpp"),
    ...["-Wl,--strip-all", "-Wl,--gc-sections", "-Wl,--max-memory=4294967296", "-o", out],
  ]);
  console.log(`${out} ${readFileSync(out).length} bytes`);
}

/** Verilator's list of files; a netlist stands in for the accelerator and everything under it but the SRAM. */
function verilogFiles(): readonly string[] {
  if (values.netlist === undefined) return ["-f", "files.f"];
  const outside = ["polaris_pkg.sv", "sram.sv", "dram_model.sv", "polaris_sim.sv"];
  return ["-Wno-fatal", "-Wno-UNOPTFLAT", ...outside, values.netlist];
}

function writeManifest(): void {
  const manifest: Manifest = {
    version: 1,
    verilator: run(VERILATOR, ["--version"]).trim(),
    clang: run(CLANGXX, ["--version"]).split("\n")[0] ?? "",
    sources: sourceHash(),
    files: Object.fromEntries(
      PREBUILT_DIMS.flatMap((dim) => MODES.map((mode) => fileName(dim, mode))).map((name) => {
        const bytes = readFileSync(join(values.out, name));
        return [name, { bytes: bytes.length, sha256: sha256(bytes) }];
      }),
    ),
  };
  writeFileSync(join(values.out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function fileName(dim: number, mode: Mode): string {
  return `polaris-${dim}-${mode}.wasm`;
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: RTL, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
