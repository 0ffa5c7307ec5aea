/** What the WebAssembly module exports: arithmetic on linear memory, addressed in bytes (see `layout.ts`). */
export interface KernelExports {
  readonly memory?: WebAssembly.Memory;

  /**
   * Prices `count` candidates that lie in consecutive blocks from `block` on.
   *
   * @param context record of the layer and the accelerator
   * @param scratch SCRATCH_BYTES for this thread alone
   */
  evaluate(context: number, block: number, count: number, scratch: number): void;

  /**
   * Prices up to LANES candidates of one block and writes DETAIL_BYTES of access counts, rooflines
   * and energy components to `out`.
   */
  explain(context: number, block: number, count: number, scratch: number, out: number): void;

  /** Writes the program of the candidate in lane `lane` of a block (see `event-layout.ts`). */
  describeEvents(context: number, block: number, lane: number, program: number): void;

  /** Simulates `count` programs in consecutive records; coefficients are those of convolutions, then of matrix products. */
  simulateEvents(
    programs: number,
    count: number,
    coefficients: number,
    results: number,
    workspace: number,
  ): void;

  /**
   * Prices `count` candidates as `evaluate` does, with the latency that Starlight predicts and its interval.
   *
   * @param physics record of the layer, the array and the profile (see `starlight-layout.ts`)
   * @param scratch STARLIGHT_SCRATCH_BYTES for this thread alone
   */
  starlight(context: number, physics: number, block: number, count: number, scratch: number): void;

  /** What Starlight's closed form makes of up to LANES candidates of one block, in the columns of the scratch. */
  closedForm(physics: number, block: number, count: number, scratch: number): void;

  /** The same, with the logarithms that are the inputs of the network; the bound of the latency lies in the first column. */
  networkInputs(physics: number, block: number, count: number, scratch: number): void;

  /** Inputs of one step of the integer network: 2 in the baseline form, 4 in the relaxed one. */
  readonly STEP_INPUTS: WebAssembly.Global;

  /** Activations `y` of a hidden layer of the integer network (see `network-layout.ts`) from activations `x`. */
  hiddenLayer(layer: number, x: number, y: number, panels: number): void;

  /** Units of a last layer as f32 columns at `y`, for up to LANES candidates. */
  lastLayer(layer: number, x: number, y: number, panels: number): void;

  /** Windows of a mapping problem (see `mapper-layout.ts`). */
  windowCount(problem: number): number;

  /** Least latency and energy of `count` windows from `first` on, as pairs of f64 at `out`. */
  survey(context: number, problem: number, first: number, count: number, out: number): void;

  /** Searches the `count` windows listed as f64 at `list` and adds what lies below the front to it. May grow the memory. */
  explore(context: number, problem: number, list: number, count: number, front: number): void;

  /** Draws a design of a space (see `walk-layout.ts`) at random; 0 if no hardware drawn has the area. */
  scatter(space: number, design: number): number;

  /** Anneals from the design at `current`; leaves the best one met in `best`. `spare` is room for two designs. */
  anneal(
    space: number,
    current: number,
    best: number,
    spare: number,
    rounds: number,
    moves: number,
    relax: number,
    hot: number,
    fall: number,
  ): void;

  /** Prices a population of `size` designs in a row, after `learn` changes of each. `spare` is room for two designs. */
  found(space: number, population: number, size: number, spare: number, learn: number): void;

  /** Breeds `children` children into a population that was priced. */
  breed(
    space: number,
    population: number,
    size: number,
    spare: number,
    children: number,
    learn: number,
  ): void;

  /** Adds what no entry of the archive beats, of `count` windows from `first` on, to it. May grow the memory. */
  collect(context: number, problem: number, first: number, count: number, archive: number): void;

  /** Writes for each pair of tiles of C and K the rows that the array streams (see `learned-layout.ts`). */
  boundPredicted(context: number, problem: number, job: number): void;

  /** Predicts, of `count` windows from `first` on, what the job's pairs ask for; may grow the memory. */
  collectPredicted(context: number, problem: number, job: number, first: number, count: number): void;

  /**
   * Simulates `count` tilings of one layer on the machine of our RTL (see `machine-layout.ts`).
   *
   * @param scratch MACHINE_SCRATCH_BYTES for this thread alone, zero at first
   */
  simulateMachine(machine: number, tilings: number, count: number, answers: number, scratch: number): void;
}

/** An instance and the memory that it works on. */
export interface Kernels {
  readonly exports: KernelExports;
  readonly memory: WebAssembly.Memory;
}

/** Instantiates a compiled module; `memory` is for the build that imports a shared one. */
export async function instantiate(module: WebAssembly.Module, memory?: WebAssembly.Memory): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, memory ? { env: { memory } } : {});
  const exports = instance.exports as unknown as KernelExports;
  const used = memory ?? exports.memory;
  if (!used) throw new TypeError("the kernel module exports no memory and none was given");
  return { exports, memory: used };
}

/** An instance with a memory of its own, without awaiting: for a compiled module in a thread that may block for microseconds. */
export function instantiateNow(module: WebAssembly.Module): Kernels {
  const exports = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  if (!exports.memory) throw new TypeError("the kernel module exports no memory");
  return { exports, memory: exports.memory };
}
