import { workerData } from "piscina";
import { instantiate } from "../kernels/kernels.ts";
import { BLOCK_BYTES, LANES, SCRATCH_BYTES } from "../kernels/layout.ts";
import { CONTEXT } from "./engine.ts";
import {
  type BatchTask,
  type BatchWorkerData,
  PIECE_CANDIDATES,
  PIECES_CLAIMED,
  SLOTS_TAKEN,
} from "./shared-batch.ts";

const { module, memory, scratch } = workerData as BatchWorkerData;
const kernels = await instantiate(module, memory);
const counters = new Int32Array(memory.buffer, 0, 2);
const slot = Atomics.add(counters, SLOTS_TAKEN, 1);
const mine = scratch + slot * SCRATCH_BYTES;

/** Prices pieces of the shared batch until all are claimed. */
export default function price({ block, count }: BatchTask): void {
  for (;;) {
    const first = Atomics.add(counters, PIECES_CLAIMED, 1) * PIECE_CANDIDATES;
    if (first >= count) return;
    const address = block + (first / LANES) * BLOCK_BYTES;
    kernels.exports.evaluate(CONTEXT, address, Math.min(PIECE_CANDIDATES, count - first), mine);
  }
}
