import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { readCounters } from "../rtl/counters.ts";
import { TILE_WORDS } from "../rtl/descriptor.ts";
import { createProgram, type Program, walkTiles } from "../rtl/program.ts";
import type { Operands, RunStatus } from "../rtl/simulator.ts";
import { runProgram } from "./child.ts";
import { type Build, buildMachine, findTools } from "./native-build.ts";
import { checkedLayer, countWrongOutputs, randomOperands } from "./rtl-check.ts";
import type { RtlRun } from "./rtl-job.ts";
import { DEFAULT_MAX_CYCLES, machineFor, type RtlOptions, type RtlPool, rtlProblem } from "./rtl-pool.ts";
import { parseToggles } from "./toggles.ts";

const STATUS: readonly RunStatus[] = ["done", "cycle-cap", "deadlock"];
/** Tiles that are written at a time. */
const CHUNK_TILES = 4096;
const RUN_MS = 24 * 3600e3;
const LOOK_MS = 100;

/**
 * The RTL as native programs, for any array size and with waveforms; needs Verilator and a C++ compiler. Each array size is built
 * once, into `folder`.
 *
 * @throws Error that says what is missing
 */
export async function createNativePool(
  workers: number,
  options: RtlOptions & { readonly folder: string },
): Promise<RtlPool> {
  const { reuse = true, maxCycles = DEFAULT_MAX_CYCLES, folder } = options;
  const tools = await findTools();
  const limit = pLimit(workers);
  const builds = new Map<string, Promise<string>>();
  const programOf = (build: Build): Promise<string> => {
    const key = JSON.stringify(build);
    const program = builds.get(key) ?? buildMachine(folder, tools, build);
    builds.set(key, program);
    return program;
  };
  return {
    problem: (candidate) => rtlProblem(candidate, options),
    run: (candidate, { checkSeed, waves, toggles = false }, stop) =>
      limit(async () => {
        if (toggles && checkSeed === undefined) throw new RangeError("toggles are counted with data only");
        const { shape, mapping, hardware } = candidate;
        const layer = checkSeed === undefined ? { shape } : checkedLayer(shape);
        const program = createProgram(machineFor(candidate, options), layer, mapping, { reuse });
        const binary = await programOf({
          dim: hardware.peDim,
          mode: checkSeed === undefined ? "cycles" : "full",
          waves: waves !== undefined,
          toggles,
        });
        const operands = checkSeed === undefined ? undefined : randomOperands(layer, checkSeed);
        const { outputs, ...run } = await runMachine(binary, program, {
          operands,
          maxCycles,
          waves,
          toggles,
          stop,
        });
        return outputs && operands && run.status === "done"
          ? { ...run, wrongOutputs: countWrongOutputs(layer, operands, outputs) }
          : run;
      }),
    close: () => Promise.resolve(),
  };
}

/** Runs a program of the RTL in a process of its own. */
async function runMachine(
  binary: string,
  program: Program,
  {
    operands,
    maxCycles,
    waves,
    toggles,
    stop,
  }: {
    readonly operands: Operands | undefined;
    readonly maxCycles: number;
    readonly waves: string | undefined;
    readonly toggles: boolean;
    readonly stop: Int32Array;
  },
): Promise<RtlRun & { readonly outputs?: Int8Array }> {
  const scratch = await mkdtemp(join(tmpdir(), "polaris-rtl-"));
  const controller = new AbortController();
  const watch = setInterval(() => {
    if (Atomics.load(stop, 0) !== 0) controller.abort();
  }, LOOK_MS);
  try {
    const file = (name: string): string => join(scratch, name);
    const [words, image, results, counts] = [
      file("program"),
      file("image"),
      file("results"),
      file("toggles"),
    ];
    await writeProgram(words, program);
    if (operands) await writeFile(image, placed(program, operands));
    const data = operands ? [image, results] : ["-", "-"];
    const traces = toggles ? [waves ?? "-", counts] : waves === undefined ? [] : [waves];
    const ending = await runProgram(
      {
        command: [binary, words, ...data, String(maxCycles), ...traces],
        cwd: process.cwd(),
        environment: {},
        stdin: "",
        timeoutMs: RUN_MS,
        graceMs: 1000,
      },
      controller.signal,
    );
    if (ending.kind !== "exited" || ending.code !== 0)
      throw new Error(
        `the native RTL ended by ${ending.kind}${"stderr" in ending ? `: ${ending.stderr}` : ""}`,
      );
    const answer = ending.stdout.trimEnd().split("\n").at(-1) ?? "";
    const { status, counters: list } = JSON.parse(answer) as { status: number; counters: number[] };
    const counters = readCounters(BigUint64Array.from(list, BigInt));
    const run = {
      status: STATUS[status] as RunStatus,
      cycles: counters.cycles,
      counters,
      trace: [],
      ...(toggles ? { toggles: parseToggles(await readFile(counts, "utf8")) } : {}),
    };
    return operands ? { ...run, outputs: outputsOf(program, await readFile(results)) } : run;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    const counters = readCounters(new BigUint64Array(64));
    return { status: "aborted", cycles: 0, counters, trace: [] };
  } finally {
    clearInterval(watch);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Configuration, number of tiles, tiles, as `rtl/harness/native.cpp` reads them. */
async function writeProgram(path: string, program: Program): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.write(new Uint8Array(Uint32Array.of(...program.config, program.tiles).buffer));
    const walk = walkTiles(program);
    const words = new Int32Array(CHUNK_TILES * TILE_WORDS);
    while (walk.position < walk.count) {
      const tiles = walk.write(words);
      await file.write(new Uint8Array(words.buffer, 0, tiles * TILE_WORDS * 4));
    }
  } finally {
    await file.close();
  }
}

/** DRAM before the run. */
function placed({ image }: Program, { inputs, weights }: Operands): Uint8Array {
  const bytes = new Int8Array(image.bytes);
  bytes.set(inputs, image.inputs);
  bytes.set(weights, image.weights);
  return new Uint8Array(bytes.buffer);
}

function outputsOf({ image, layer }: Program, bytes: Uint8Array): Int8Array {
  const { N, K, P, Q } = layer.shape;
  return new Int8Array(bytes.buffer, bytes.byteOffset + image.outputs, N * K * P * Q);
}
