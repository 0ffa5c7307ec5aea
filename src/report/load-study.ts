import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { InputError, quote } from "../errors.ts";
import { unreadable } from "../workload/load.ts";
import type { Workload } from "../workload/workload.ts";
import { asRecord } from "../workload/workload.ts";
import type { ResultRecord } from "./result.ts";
import { createStudyReader } from "./study-reader.ts";

/**
 * A study from its journal, read line by line: journals may be larger than memory, and all but the best trial's mappings are
 * left where they are. A torn last line is dropped, as by the search that goes on with it.
 *
 * @param findWorkload finds a network of the study by name; undefined if it is not to be had
 * @throws InputError
 */
export async function loadStudy(
  file: string,
  findWorkload: (name: string) => Promise<Workload | undefined>,
): Promise<ResultRecord> {
  const hash = createHash("sha256");
  const input = createReadStream(file);
  let bytes = 0;
  let endsWhole = false;
  input.on("data", (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    endsWhole = (chunk as Buffer).at(-1) === 10;
  });
  const reader = createStudyReader();
  let pending: string | undefined;
  let number = 0;
  try {
    // One line behind: the last one counts only if it is whole.
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (pending !== undefined)
        reader.read(parseLine(pending, `${file}: line ${number}`), `${file}: line ${number}`);
      pending = line;
      number++;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (pending !== undefined && endsWhole) {
    reader.read(parseLine(pending, `${file}: line ${number}`), `${file}: line ${number}`);
  }
  const facts = { file: basename(file), bytes, sha256: hash.digest("hex") };
  return reader.finish(file, facts, findWorkload);
}

function parseLine(line: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError({ where, expected: "a line of a study's journal", found: quote(line) });
  }
  return asRecord(value, where, "a line of a study's journal");
}
