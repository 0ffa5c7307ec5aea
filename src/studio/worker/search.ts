import { type CodesignProgress, type CodesignResult, codesign } from "../../codesign/codesign.ts";
import { type ArchivePool, createLocalPool } from "../../mapper/archive-pool.ts";
import { openWorker, type WorkerClient } from "../client.ts";
import type { Questions } from "../protocol.ts";

/** The best hardware and mappings; layers are enumerated in workers of this worker, where the browser has such. */
export async function searchDesign(
  module: WebAssembly.Module,
  { workload, space, objective, threads }: Questions["search"]["request"],
  signal: AbortSignal,
  onProgress: (progress: CodesignProgress) => void,
): Promise<CodesignResult> {
  const helpers = typeof Worker === "undefined" ? [] : openHelpers(threads);
  try {
    return await codesign(poolOf(module, helpers), {
      workloads: [workload],
      space,
      objective,
      signal,
      onProgress,
    });
  } finally {
    for (const helper of helpers) helper.close();
  }
}

function openHelpers(threads: number): readonly WorkerClient[] {
  return Array.from({ length: threads }, () => openWorker(import.meta.url));
}

/** Gives each job to the worker that is free first. */
function poolOf(module: WebAssembly.Module, helpers: readonly WorkerClient[]): ArchivePool {
  if (helpers.length === 0) return createLocalPool(module);
  const free = [...helpers];
  const waiting: ((helper: WorkerClient) => void)[] = [];
  const take = (): Promise<WorkerClient> => {
    const helper = free.pop();
    return helper ? Promise.resolve(helper) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    async collectArchive(job, signal) {
      const helper = await take();
      const stop = (): void => void helper.ask("stop", null);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        // What has not begun when the search is stopped gives the first mappings that it finds.
        return await helper.ask("archive", signal?.aborted ? { ...job, evaluations: 1 } : job);
      } finally {
        signal?.removeEventListener("abort", stop);
        const next = waiting.shift();
        if (next) next(helper);
        else free.push(helper);
      }
    },
  };
}
