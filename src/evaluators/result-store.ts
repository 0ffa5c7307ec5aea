import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash } from "../fidelity/candidate-key.ts";
import type { Fidelity, Outcome } from "../fidelity/evaluator.ts";

/**
 * Outcomes on disk, found by what was asked. Any number of processes may read and write one folder at the same time and be
 * killed at any moment: an entry is there whole or not at all.
 */
export interface ResultStore {
  /** The outcome on record, or nothing: entries that are damaged, or answer another question, count as none. */
  get(question: string): Promise<Outcome | undefined>;
  /** Puts an outcome on record; a later one replaces it. */
  set(question: string, outcome: Outcome): Promise<void>;
}

/** Who answers: entries of other evaluators, or of other versions of this one, are never taken for its own. */
export interface StoreOwner {
  readonly fidelity: Fidelity;
  /** Changes with everything that can change an answer: model version or source hash, parameters of the machine, options. */
  readonly identity: string;
}

const VERSION = 1;
/** A temporary file of this age belongs to a process that was killed. */
const ABANDONED_MS = 3600e3;

/**
 * Opens a store, or begins one, under `folder`:
 * `<fidelity>-<hash of identity>/identity.txt` and `<hash of question: 2 digits>/<the other 62>.json`. One file an entry, written
 * beside its place and renamed (ADR 023).
 */
export async function openResultStore(folder: string, owner: StoreOwner): Promise<ResultStore> {
  const root = join(folder, `${owner.fidelity}-${(await contentHash(owner.identity)).slice(0, 16)}`);
  await mkdir(root, { recursive: true });
  await replaceFile(join(root, "identity.txt"), `${owner.identity}\n`);
  await removeAbandoned(root);
  const fileOf = async (question: string): Promise<string> => {
    const hash = await contentHash(`${owner.identity}\n${question}`);
    return join(root, hash.slice(0, 2), `${hash.slice(2)}.json`);
  };
  return {
    async get(question) {
      const text = await readFile(await fileOf(question), "utf8").catch(absent);
      return text === undefined ? undefined : readEntry(text, question);
    },
    async set(question, outcome) {
      await replaceFile(await fileOf(question), await formatEntry(question, outcome));
    },
  };
}

async function formatEntry(question: string, outcome: Outcome): Promise<string> {
  const body = JSON.stringify({ version: VERSION, question, outcome });
  return `${body}\n${await contentHash(body)}\n`;
}

/** The outcome of an entry; nothing if it is torn, altered, of another format, or answers another question. */
async function readEntry(text: string, question: string): Promise<Outcome | undefined> {
  const [body = "", sum, end] = text.split("\n");
  if (end !== "" || sum !== (await contentHash(body))) return undefined;
  const entry = JSON.parse(body) as { version: number; question: string; outcome: Outcome };
  return entry.version === VERSION && entry.question === question ? entry.outcome : undefined;
}

/** Writes a whole file so that readers see the old or the new one and nothing between. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(temporary, text);
    });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Takes away what killed processes were writing. */
async function removeAbandoned(root: string): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(root, { recursive: true })) {
    if (!name.endsWith(".tmp")) continue;
    const file = join(root, name);
    const found = await stat(file).catch(absent);
    if (found && now - found.mtimeMs > ABANDONED_MS) await rm(file, { force: true });
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
