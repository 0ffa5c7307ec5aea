import { LANES } from "../kernels/layout.ts";

// What the threads of a parallel engine agree on.

/** What a worker of the pool starts from. */
export interface BatchWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the first worker's scratch; SLOTS_TAKEN hands out the next ones. */
  readonly scratch: number;
}

/** A batch that all workers price together: each claims the next piece from a counter until none is left. */
export interface BatchTask {
  /** Address of the batch. */
  readonly block: number;
  readonly count: number;
}

/** Counters at address 0 of the shared memory. */
export const SLOTS_TAKEN = 0;
export const PIECES_CLAIMED = 1;

/** Candidates in a piece: some half a millisecond, the longest that one worker waits for another at the end of a batch. */
export const PIECE_CANDIDATES = 256 * LANES;
