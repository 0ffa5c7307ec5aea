import { InputError } from "../../errors.ts";
import { type ArchivePool, createLocalPool } from "../../mapper/archive-pool.ts";
import { loadModule } from "../../starlight.ts";
import type { Failure, Question, Questions, Reply } from "../protocol.ts";
import { mapDesign } from "./map.ts";
import { predictDesign } from "./predict.ts";
import { readWorkload } from "./read.ts";
import { searchDesign } from "./search.ts";

/** What of a worker's global scope is used; its own types are not those of a page. */
interface WorkerScope {
  postMessage(reply: Reply): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Question>) => void): void;
}
const scope = globalThis as unknown as WorkerScope;

const compiled = loadModule();
let archives: ArchivePool | undefined;
let stop = new AbortController();

scope.addEventListener("message", async ({ data }) => {
  const { id } = data;
  try {
    scope.postMessage({ id, answer: await answer(data) });
  } catch (error) {
    scope.postMessage({ id, failure: toFailure(error) });
  }
});

async function answer({ id, kind, request }: Question): Promise<Questions[Question["kind"]]["answer"]> {
  switch (kind) {
    case "map":
      return mapDesign(await compiled, request as Questions["map"]["request"]);
    case "predict":
      return predictDesign(request as Questions["predict"]["request"]);
    case "read":
      return readWorkload(request as Questions["read"]["request"]);
    case "search":
      stop = new AbortController();
      return searchDesign(
        await compiled,
        request as Questions["search"]["request"],
        stop.signal,
        (progress) => scope.postMessage({ id, progress }),
      );
    case "stop":
      stop.abort();
      return null;
    case "archive":
      stop = new AbortController();
      archives ??= createLocalPool(await compiled);
      return archives.collectArchive(request as Questions["archive"]["request"], stop.signal);
  }
}

function toFailure(error: unknown): Failure {
  if (error instanceof InputError) {
    const { hint } = error.problem;
    return { message: error.message, ...(hint === undefined ? {} : { hint }) };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
