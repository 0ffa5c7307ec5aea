import { workerData } from "piscina";
import { instantiate } from "../kernels/kernels.ts";
import { SCRATCH_BYTES } from "../kernels/layout.ts";
import { CONTEXT } from "./engine.ts";
import type { BatchTask, BatchWorkerData } from "./parallel-engine.ts";

const { module, memory, scratch } = workerData as BatchWorkerData;
const kernels = await instantiate(module, memory);
const slot = Atomics.add(new Int32Array(memory.buffer, 0, 1), 0, 1);
const mine = scratch + slot * SCRATCH_BYTES;

/** Prices a run of blocks in the shared batch. */
export default function price({ block, count }: BatchTask): void {
  kernels.exports.evaluate(CONTEXT, block, count, mine);
}
