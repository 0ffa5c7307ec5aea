import type { CodesignProgress } from "../codesign/codesign.ts";
import type { Failure, Kind, Questions, Reply } from "./protocol.ts";

/** A failure that a worker reported. */
export class WorkerFailure extends Error {
  override readonly name = "WorkerFailure";
  readonly hint: string | undefined;

  constructor({ message, hint }: Failure) {
    super(message);
    this.hint = hint;
  }
}

/** The other side of a worker. */
export interface WorkerClient {
  ask<K extends Kind>(
    kind: K,
    request: Questions[K]["request"],
    onProgress?: (progress: CodesignProgress) => void,
  ): Promise<Questions[K]["answer"]>;
  close(): void;
}

interface Pending {
  resolve(answer: Questions[Kind]["answer"]): void;
  reject(error: Error): void;
  onProgress?: ((progress: CodesignProgress) => void) | undefined;
}

/** Starts a worker of the studio's one worker script. */
export function openWorker(script: URL | string): WorkerClient {
  const worker = new Worker(script, { type: "module" });
  const pending = new Map<number, Pending>();
  let asked = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    const entry = pending.get(data.id);
    if (!entry) return;
    if ("progress" in data) {
      entry.onProgress?.(data.progress);
      return;
    }
    pending.delete(data.id);
    if ("failure" in data) entry.reject(new WorkerFailure(data.failure));
    else entry.resolve(data.answer);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of pending.values())
      reject(new WorkerFailure({ message: message || "the worker could not be loaded" }));
    pending.clear();
  });
  return {
    ask: (kind, request, onProgress) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        pending.set(id, { resolve: resolve as Pending["resolve"], reject, onProgress });
        worker.postMessage({ id, kind, request });
      }),
    close: () => worker.terminate(),
  };
}

/**
 * Runs at most one question at a time; of those asked meanwhile only the newest, so that a dragged slider is answered where
 * it is and not where it was.
 */
export function newestOnly<Q, A>(ask: (question: Q) => Promise<A>): (question: Q) => Promise<A | undefined> {
  let busy = false;
  let waiting:
    | { question: Q; resolve(answer: A | undefined): void; reject(error: unknown): void }
    | undefined;
  const run = async (question: Q): Promise<A> => {
    busy = true;
    try {
      return await ask(question);
    } finally {
      busy = false;
      const next = waiting;
      waiting = undefined;
      if (next) run(next.question).then(next.resolve, next.reject);
    }
  };
  return (question) => {
    if (!busy) return run(question);
    waiting?.resolve(undefined);
    return new Promise((resolve, reject) => {
      waiting = { question, resolve, reject };
    });
  };
}
