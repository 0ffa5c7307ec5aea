import { workerData } from "piscina";
import { evaluateChunk } from "../designs/chunk.ts";
import { createEngine } from "../fidelity/engine.ts";
import { evaluatePoint, type SweepJob, type SweepPoint } from "../sweep/point.ts";
import type { ChunkAnswer, ChunkJob, JobWorkerData } from "./pool.ts";

const { module } = workerData as JobWorkerData;
const engine = await createEngine(module);

/** Evaluates a run of CSV records. Latin-1 keeps every byte, whatever the file's encoding, and reads fastest. */
export function chunk({ bytes, ...job }: ChunkJob): ChunkAnswer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const { text: answer, ...result } = evaluateChunk(engine, { ...job, text });
  return { ...result, bytes: Buffer.from(answer, "latin1") };
}

/** Evaluates one hardware point of a sweep. */
export function point(job: SweepJob): SweepPoint {
  return evaluatePoint(engine, job);
}
