import { COUNTERS, type Counters, readCounters } from "./counters.ts";
import { TILE_WORDS } from "./descriptor.ts";
import { type Program, walkTiles } from "./program.ts";
import { TRACE_WORDS, type TraceSpan, toSpans } from "./trace.ts";
import { wasiImports } from "./wasi.ts";

/** `full` moves and computes data; `cycles` has no datapath, takes the same cycles and counts the same. */
export const MODES = ["full", "cycles"] as const;
export type Mode = (typeof MODES)[number];

/** Inputs N H W C and weights S R C K of a layer. */
export interface Operands {
  readonly inputs: Int8Array;
  readonly weights: Int8Array;
}

export interface RunOptions {
  /** Ends the run as `cycle-cap` when it takes longer. Default 2^40. */
  readonly maxCycles?: number;
  /** Ends the run as `deadlock` when nothing at all moves for as long. Default 1,000,000 cycles. */
  readonly watchdogCycles?: number;
  /** Asked every 65,536 cycles; true ends the run as `aborted`. */
  readonly aborted?: () => boolean;
  /** Keeps the spans of this many tiles from the first on. Default 0. */
  readonly traceTiles?: number;
}

export type RunStatus = "done" | "cycle-cap" | "deadlock" | "aborted";

/** What a run came to. Counters of a run that did not end say how far it got. */
export interface RunResult {
  readonly status: RunStatus;
  readonly cycles: number;
  readonly counters: Counters;
  readonly trace: readonly TraceSpan[];
}

export interface DataResult extends RunResult {
  /** N Q P K. */
  readonly outputs: Int8Array;
}

/** One instance of the RTL. Runs one program at a time, any number one after another; a run starts from reset. */
export interface Simulator {
  readonly dim: number;
  readonly mode: Mode;
  /** Runs a program without data: cycles and counters do not depend on any. */
  run(program: Program, options?: RunOptions): RunResult;
  /** Runs a program on data; the mode must be `full`, and the memories no deeper than those that were built. */
  runData(program: Program, operands: Operands, options?: RunOptions): DataResult;
}

/** What `rtl/harness/machine.cpp` exports. Addresses are bytes in `memory`. */
interface MachineExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  polaris_dim(): number;
  polaris_full(): number;
  polaris_scratchpad_rows(): number;
  polaris_accumulator_rows(): number;
  polaris_config(): number;
  polaris_tiles(): number;
  polaris_tile_capacity(): number;
  polaris_counters(): number;
  /** Room for the DRAM image, zeroed; 0 if there is none. */
  polaris_image(bytes: number): number;
  polaris_trace(events: number): number;
  polaris_trace_count(): number;
  polaris_reset(): void;
  /** Hands over `count` more descriptors and runs up to `cycles` cycles. */
  polaris_run(count: number, last: number, cycles: number, watchdog: number): number;
}

/** What `polaris_run` came back for. */
const [MORE_CYCLES, MORE_TILES, DONE, DEADLOCK] = [0, 1, 2, 3] as const;

const SLICE_CYCLES = 65_536;

/** Instantiates a compiled machine. */
export async function createSimulator(module: WebAssembly.Module): Promise<Simulator> {
  let exports: MachineExports | undefined;
  const memory = (): WebAssembly.Memory => {
    if (!exports) throw new Error("the RTL touched its memory before it had one");
    return exports.memory;
  };
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasiImports(memory) });
  exports = instance.exports as unknown as MachineExports;
  exports._initialize();
  return new EmbeddedSimulator(exports);
}

class EmbeddedSimulator implements Simulator {
  readonly dim: number;
  readonly mode: Mode;
  readonly #machine: MachineExports;

  constructor(machine: MachineExports) {
    this.#machine = machine;
    this.dim = machine.polaris_dim();
    this.mode = machine.polaris_full() ? "full" : "cycles";
  }

  run(program: Program, options: RunOptions = {}): RunResult {
    if (this.mode === "full") this.#placeImage(program);
    return this.#simulate(program, options);
  }

  runData(program: Program, { inputs, weights }: Operands, options: RunOptions = {}): DataResult {
    if (this.mode !== "full") throw new RangeError("this build of the RTL moves no data");
    const { image, layer } = program;
    const { N, Q, P, K } = layer.shape;
    const start = this.#placeImage(program);
    const bytes = (): Int8Array => new Int8Array(this.#machine.memory.buffer, start, image.bytes);
    checkLength("inputs", inputs, image.weights - image.inputs);
    checkLength("weights", weights, image.outputs - image.weights);
    bytes().set(inputs, image.inputs);
    bytes().set(weights, image.weights);
    const result = this.#simulate(program, options);
    return { ...result, outputs: bytes().slice(image.outputs, image.outputs + N * Q * P * K) };
  }

  #placeImage({ image, machine }: Program): number {
    const [rows, sums] = [this.#machine.polaris_scratchpad_rows(), this.#machine.polaris_accumulator_rows()];
    if (machine.scratchpadRows > rows || machine.accumulatorRows > sums) {
      throw new RangeError(
        `${machine.scratchpadRows} scratchpad and ${machine.accumulatorRows} accumulator rows: the machine with a datapath has ${rows} and ${sums}`,
      );
    }
    const start = image.bytes < 2 ** 32 ? this.#machine.polaris_image(image.bytes) : 0;
    if (start === 0) throw new RangeError(`no room for a DRAM image of ${image.bytes} bytes`);
    return start;
  }

  #simulate(program: Program, options: RunOptions): RunResult {
    const { maxCycles = 2 ** 40, watchdogCycles = 1_000_000, aborted, traceTiles = 0 } = options;
    const machine = this.#machine;
    if (program.machine.dim !== this.dim) {
      throw new RangeError(`a program for dim ${program.machine.dim} on an RTL of dim ${this.dim}`);
    }
    const events = 2 * 3 * Math.min(traceTiles, program.tiles);
    const trace = machine.polaris_trace(events);
    new Uint32Array(machine.memory.buffer, machine.polaris_config(), program.config.length).set(
      program.config,
    );
    machine.polaris_reset();

    const walk = walkTiles(program);
    const capacity = machine.polaris_tile_capacity() * TILE_WORDS;
    let cycles = 0;
    let status: RunStatus | undefined;
    let fresh = walk.write(new Int32Array(machine.memory.buffer, machine.polaris_tiles(), capacity));
    while (status === undefined) {
      const slice = Math.min(SLICE_CYCLES, maxCycles - cycles);
      const why = machine.polaris_run(fresh, walk.position === walk.count ? 1 : 0, slice, watchdogCycles);
      cycles = this.#counters().cycles;
      fresh = 0;
      if (why === DONE) status = "done";
      else if (why === DEADLOCK) status = "deadlock";
      else if (why === MORE_TILES) {
        fresh = walk.write(new Int32Array(machine.memory.buffer, machine.polaris_tiles(), capacity));
      } else if (why === MORE_CYCLES && cycles >= maxCycles) status = "cycle-cap";
      if (status === undefined && aborted?.()) status = "aborted";
    }
    const kept = TRACE_WORDS * machine.polaris_trace_count();
    return {
      status,
      cycles,
      counters: this.#counters(),
      trace: toSpans(new Uint32Array(machine.memory.buffer, trace, kept)),
    };
  }

  #counters(): Counters {
    const machine = this.#machine;
    return readCounters(
      new BigUint64Array(machine.memory.buffer, machine.polaris_counters(), COUNTERS.length),
    );
  }
}

function checkLength(what: string, data: Int8Array, room: number): void {
  if (data.length <= room && data.length > room - 64) return;
  throw new RangeError(`${what}: ${data.length} bytes given, the layer has at most ${room}`);
}
