import { Writable } from "node:stream";
import { evaluateCsv } from "../designs/evaluate-csv.ts";
import type { Engine } from "../fidelity/engine.ts";
import { createParallelEngine } from "../fidelity/parallel-engine.ts";
import { createJobPool } from "../jobs/pool.ts";
import { loadEngine } from "../starlight.ts";
import { designTable, fillBatch, MEASURED_HARDWARE, MEASURED_SHAPE } from "./inputs.ts";

/** Rates of one way of working, over repeated slices. */
export interface Rate {
  readonly name: string;
  readonly threads: number;
  readonly unit: "candidates/s" | "rows/s";
  readonly best: number;
  readonly median: number;
  /** Of each slice, in order; slices of different ways alternate, so rates at one place are comparable. */
  readonly slices: readonly number[];
}

interface Contestant {
  readonly name: string;
  readonly threads: number;
  readonly unit: Rate["unit"];
  /** Work in one slice. */
  readonly count: number;
  run(): Promise<void>;
}

/** A batch of many tasks, priced several times a slice. */
const CANDIDATES = 1 << 19;
const REPEATS = 4;
const ROWS = 40_000;

/**
 * Times the kernel in this thread, the kernel on worker threads over one shared memory, and whole tables from text to text.
 * Slices alternate between them, so that a machine whose speed drifts is fair to all.
 *
 * @param slices of each, after one that is not counted
 */
export async function measureThroughput(workers: number, slices: number): Promise<readonly Rate[]> {
  const local = await loadEngine(CANDIDATES);
  const one = await createParallelEngine({ workers: 1, capacity: CANDIDATES });
  const many = workers > 1 ? await createParallelEngine({ workers, capacity: CANDIDATES }) : undefined;
  const pool = await createJobPool(workers);
  const table = designTable(ROWS);
  try {
    const kernel = (name: string, threads: number, engine: Engine): Contestant => {
      fillBatch(engine, CANDIDATES);
      return {
        name,
        threads,
        unit: "candidates/s",
        count: REPEATS * CANDIDATES,
        run: async () => {
          for (let i = 0; i < REPEATS; i++)
            await engine.evaluate(MEASURED_SHAPE, MEASURED_HARDWARE, CANDIDATES);
        },
      };
    };
    return await alternate(
      [
        kernel("exact kernel, this thread", 1, local),
        kernel("exact kernel, 1 worker", 1, one),
        ...(many ? [kernel(`exact kernel, ${workers} workers`, workers, many)] : []),
        {
          name: "evaluate, CSV text to CSV text",
          threads: workers,
          unit: "rows/s",
          count: ROWS,
          run: () => evaluateTable(pool, table),
        },
      ],
      slices,
    );
  } finally {
    await Promise.all([local.close(), one.close(), many?.close(), pool.close()]);
  }
}

async function evaluateTable(
  pool: Awaited<ReturnType<typeof createJobPool>>,
  table: Uint8Array,
): Promise<void> {
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < table.length; at += 128 * 1024) yield table.subarray(at, at + 128 * 1024);
  };
  const sink = new Writable({ write: (_bytes, _encoding, done) => done() });
  await evaluateCsv(pool, {
    name: "table",
    input: pieces(),
    open: () => Promise.resolve(sink),
    format: "csv",
    keepGoing: false,
  });
}

async function alternate(contestants: readonly Contestant[], slices: number): Promise<readonly Rate[]> {
  const rates = contestants.map((): number[] => []);
  for (let slice = -1; slice < slices; slice++) {
    for (const [index, { run, count }] of contestants.entries()) {
      const started = performance.now();
      await run();
      const rate = (count / (performance.now() - started)) * 1000;
      if (slice >= 0) rates[index]?.push(rate);
    }
  }
  return contestants.map(({ name, threads, unit }, index) => {
    const measured = rates[index] ?? [];
    const sorted = [...measured].sort((a, b) => b - a);
    return {
      name,
      threads,
      unit,
      best: sorted[0] ?? 0,
      median: sorted[sorted.length >> 1] ?? 0,
      slices: measured,
    };
  });
}
