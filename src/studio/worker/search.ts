import { type CodesignProgress, type CodesignResult, codesign } from "../../codesign/codesign.ts";
import { collectArchive } from "../../mapper/layer-archive.ts";
import type { ArchivePool } from "../../mapper/network-archive.ts";
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
  if (helpers.length === 0) {
    return { collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range) };
  }
  const free = [...helpers];
  const waiting: ((helper: WorkerClient) => void)[] = [];
  const take = (): Promise<WorkerClient> => {
    const helper = free.pop();
    return helper ? Promise.resolve(helper) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    async collectArchive(job) {
      const helper = await take();
      try {
        return await helper.ask("archive", job);
      } finally {
        const next = waiting.shift();
        if (next) next(helper);
        else free.push(helper);
      }
    },
  };
}
