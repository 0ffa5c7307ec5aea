import { type ArchiveJob, Enumeration } from "./enumeration.ts";
import type { LayerArchive } from "./layer-archive.ts";
import { Watch } from "./limits.ts";

/** Whatever enumerates layers, several at a time or one after another. */
export interface ArchivePool {
  /**
   * Enumerates a layer on an array.
   *
   * @param signal ends it soon; the archive is then not complete, but holds a mapping for every size of the memories
   */
  collectArchive(job: ArchiveJob, signal?: AbortSignal): Promise<LayerArchive>;
}

/**
 * A pool of this thread alone, for any runtime: one enumeration after another, with turns for the other tasks of the thread.
 *
 * @param module the compiled kernels
 */
export function createLocalPool(module: WebAssembly.Module): ArchivePool {
  const watch = new Watch({});
  let last: Promise<unknown> = Promise.resolve();
  return {
    collectArchive(job, signal) {
      const next = last.then(() => enumerate(new Enumeration(module, job), watch, signal));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function enumerate(
  enumeration: Enumeration,
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<LayerArchive> {
  do {
    enumeration.advance();
    if (watch.due) await watch.turn();
  } while (!enumeration.done && !signal?.aborted);
  return enumeration.archive();
}
