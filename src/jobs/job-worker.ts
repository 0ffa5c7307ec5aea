import { move, transferableSymbol, valueSymbol, workerData } from "piscina";
import { type ChunkAnswer, type ChunkJob, evaluateChunk } from "../designs/chunk.ts";
import { createEngine } from "../fidelity/engine.ts";
import { collectArchive, type LayerArchive } from "../mapper/layer-archive.ts";
import type { ArchiveJob } from "../mapper/network-archive.ts";
import type { JobWorkerData } from "./pool.ts";

const { module } = workerData as JobWorkerData;
const engine = await createEngine(module);

/** Evaluates a run of CSV records. Latin-1 keeps every byte, whatever the file's encoding, and reads fastest. */
export function chunk({ bytes, ...job }: ChunkJob): ChunkAnswer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const { text: answer, ...result } = evaluateChunk(engine, { ...job, text });
  const out = new Uint8Array(answer.length);
  Buffer.from(out.buffer).write(answer, "latin1");
  const value: ChunkAnswer = { ...result, bytes: out };
  return move({
    [transferableSymbol]: out.buffer,
    [valueSymbol]: value,
  } as unknown as ArrayBuffer) as unknown as ChunkAnswer;
}

/** Enumerates one layer on one PE array. */
export function archive({ shape, array, range }: ArchiveJob): LayerArchive {
  return collectArchive(module, shape, array, range);
}
