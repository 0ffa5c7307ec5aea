import { move, transferableSymbol, valueSymbol, workerData } from "piscina";
import { type Chunk, type ChunkAnswer, createChunkEvaluator } from "../designs/chunk.ts";
import { createEngine } from "../fidelity/engine.ts";
import { collectArchive, type LayerArchive } from "../mapper/layer-archive.ts";
import type { ArchiveJob } from "../mapper/network-archive.ts";
import type { JobWorkerData } from "./pool.ts";

const { module } = workerData as JobWorkerData;
const engine = await createEngine(module);

const evaluateChunk = createChunkEvaluator(engine);

/** Evaluates a run of CSV records; the answer's bytes move to the caller without a copy. */
export function chunk(job: Chunk): ChunkAnswer {
  const answer = evaluateChunk(job);
  return move({
    [transferableSymbol]: answer.bytes.buffer,
    [valueSymbol]: answer,
  } as unknown as ArrayBuffer) as unknown as ChunkAnswer;
}

/** Enumerates one layer on one PE array. */
export function archive({ shape, array, range }: ArchiveJob): LayerArchive {
  return collectArchive(module, shape, array, range);
}
