import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode } from "../rtl/simulator.ts";
import { type Ending, runProgram } from "./child.ts";

/** The SystemVerilog and its harness. */
const RTL = fileURLToPath(new URL("../../rtl", import.meta.url));
/** Value of the ARRAY parameter, by mode: the fast array, or none. */
const ARRAY = { full: 1, cycles: 0 } as const;
/** The same for one module per PE, whose registers are those of the hardware. */
const PES = 2;
/** Every bus is in a waveform, and queues are; memories, of more entries, are not. */
const TRACE_ALL = ["--no-trace-params", "--trace-max-width", "65536", "--trace-max-array", "64"];
/** Longest that one of the two steps of a build may take. */
const STEP_MS = 1800e3;

/** What builds a native machine. */
export interface Tools {
  readonly verilator: string;
  readonly compiler: string;
  /** Versions of both. */
  readonly versions: string;
}

/**
 * Verilator and a C++ compiler, as `VERILATOR` and `CXX` or the search path have them.
 *
 * @throws Error that says what is missing
 */
export async function findTools(): Promise<Tools> {
  const verilator = process.env["VERILATOR"] || "verilator";
  const compiler = process.env["CXX"] || "c++";
  const versions: string[] = [];
  for (const tool of [verilator, compiler, "make"]) {
    const ending = await runTool(tool, ["--version"], RTL, 60e3);
    if (ending.kind !== "exited" || ending.code !== 0)
      throw new Error(`${tool} does not run: a native machine needs verilator, a C++ compiler and make`);
    versions.push(ending.stdout.split("\n")[0] ?? "");
  }
  return { verilator, compiler, versions: versions.slice(0, 2).join("; ") };
}

/** One build of the RTL. */
export interface Build {
  readonly dim: number;
  readonly mode: Mode;
  /** Whether it can write waveforms, which makes it slower. */
  readonly waves: boolean;
  /** Whether it can count toggles: an array of PEs that writes waveforms; slower still. */
  readonly toggles: boolean;
}

/** Hash of everything that a native machine is made of. */
export async function nativeIdentity(tools: Tools): Promise<string> {
  const hash = createHash("sha256").update(tools.versions);
  const names = (await readdir(RTL, { recursive: true })).filter((name) => /\.(sv|f|cpp|h)$/.test(name));
  for (const name of names.sort()) hash.update(`\0${name}\0`).update(await readFile(join(RTL, name)));
  return hash.digest("hex");
}

/**
 * The program of a build, made under `folder` if it is not there yet; takes some half a minute once. Processes that make the same one at
 * the same time do not meet: each works in a folder of its own and renames it.
 *
 * @throws Error with the last line that a tool said
 */
export async function buildMachine(folder: string, tools: Tools, build: Build): Promise<string> {
  const { dim, mode, waves, toggles } = build;
  const identity = (await nativeIdentity(tools)).slice(0, 16);
  const place = join(
    folder,
    `verilator-${identity}`,
    `${dim}-${mode}${toggles ? "-toggles" : waves ? "-vcd" : ""}`,
  );
  const program = join(place, "machine");
  if (await exists(program)) return program;
  const array = toggles ? PES : ARRAY[mode];
  const traces = waves || toggles;
  const work = `${place}.${randomUUID()}.tmp`;
  await sweepBuilds(folder);
  try {
    await mkdir(work, { recursive: true });
    await step(tools.verilator, [
      ...["--cc", "--exe", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert"],
      ...["--prefix", "Vpolaris_sim", `-GDIM=${dim}`, `-GARRAY=${array}`],
      ...["--Mdir", work, "-o", "machine", "-f", "files.f"],
      ...(toggles ? TRACE_ALL : []),
      ...(traces
        ? ["--trace", "--top-module", "waves", "harness/waves.sv"]
        : ["--top-module", "polaris_sim"]),
      ...["-CFLAGS", `-std=c++17 -O3 -DPOLARIS_DIM=${dim} -DPOLARIS_ARRAY=${array}`],
      join(RTL, "harness", "native.cpp"),
    ]);
    await step("make", [
      ...["-s", "-C", work, "-f", "Vpolaris_sim.mk"],
      ...["OPT_FAST=-O3", `CXX=${tools.compiler}`, `LINK=${tools.compiler}`, "machine"],
    ]);
    await rename(work, place).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    return program;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Removes the work of builds that were killed: what is older than the longest build. */
export async function sweepBuilds(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith("verilator-"))) {
    const builds = join(folder, name);
    for (const build of await readdir(builds).catch(() => [])) {
      if (!build.endsWith(".tmp")) continue;
      // Another process may have removed it in between.
      const changed = await stat(join(builds, build)).catch(() => undefined);
      if (changed && Date.now() - changed.mtimeMs > 2 * STEP_MS)
        await rm(join(builds, build), { recursive: true, force: true });
    }
  }
}

async function step(command: string, args: readonly string[]): Promise<void> {
  const ending = await runTool(command, args, RTL, STEP_MS);
  if (ending.kind === "exited" && ending.code === 0) return;
  const said = "stderr" in ending ? ending.stderr.trim().split("\n").at(-1) : ending.reason;
  throw new Error(`${command} failed to build the RTL: ${said}`);
}

function runTool(command: string, args: readonly string[], cwd: string, timeoutMs: number): Promise<Ending> {
  return runProgram({
    command: [command, ...args],
    cwd,
    environment: {},
    stdin: "",
    timeoutMs,
    graceMs: 1000,
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
