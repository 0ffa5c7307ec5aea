import { readFile, stat } from "node:fs/promises";
import { InputError, quote } from "../errors.ts";
import { BUILTIN_WORKLOADS, builtinWorkload, noSuchWorkload, WORKLOAD_EXPECTED } from "./builtin.ts";
import { readDocument } from "./document.ts";
import { parseWorkload, type Workload } from "./workload.ts";

/** Largest JSON or YAML file that is read. */
const MAX_BYTES = 64 * 2 ** 20;
const ONNX = /\.onnx$/i;

/**
 * A workload by built-in name, or from a file: an `.onnx` model, or a `.json`, `.yaml` or `.yml` layer table.
 *
 * @param dims sizes of the open dims of an ONNX model, by their symbol or as `input.axis`
 * @throws InputError
 */
export async function loadWorkload(
  nameOrFile: string,
  dims: Readonly<Record<string, number>> = {},
): Promise<Workload> {
  if (ONNX.test(nameOrFile)) {
    // Most runs need no reader of ONNX: it is loaded when one does.
    const { loadOnnx } = await import("../interop/onnx/load.ts");
    try {
      return loadOnnx(nameOrFile, { dims }).workload;
    } catch (error) {
      throw unreadable(nameOrFile, error);
    }
  }
  const [unused] = Object.keys(dims);
  if (unused !== undefined) {
    throw new InputError({
      where: `--dim ${unused}`,
      expected: "an ONNX model with open dims",
      found: quote(nameOrFile),
    });
  }
  if (BUILTIN_WORKLOADS.has(nameOrFile)) return builtinWorkload(nameOrFile);
  if (!/[./\\]/.test(nameOrFile)) throw (await pathWithoutEnding(nameOrFile)) ?? noSuchWorkload(nameOrFile);
  return parseWorkload(await loadDocument(nameOrFile), nameOrFile);
}

/**
 * Several workloads, each a name or a file as for `loadWorkload`, or a layer table. A dim is that of the ONNX models that have it.
 *
 * @throws InputError, also for a dim that no model has
 */
export async function loadWorkloads(
  given: readonly (string | object)[],
  dims: Readonly<Record<string, number>> = {},
): Promise<readonly Workload[]> {
  const [one, ...others] = given;
  if (typeof one === "string" && others.length === 0) return [await loadWorkload(one, dims)];
  const names = Object.keys(dims);
  const open = await Promise.all(given.map((each) => (names.length > 0 ? openDimsOf(each) : NO_DIMS)));
  const [unused] = names.filter((name) => !open.some((has) => has.has(name)));
  if (unused !== undefined) {
    const all = new Set(open.flatMap((has) => [...has]));
    const { noSuchDim } = await import("../interop/onnx/import.ts");
    throw noSuchDim(unused, all);
  }
  return Promise.all(
    given.map((each, i) => {
      if (typeof each !== "string") return parseWorkload(each, "workload");
      return loadWorkload(
        each,
        Object.fromEntries(Object.entries(dims).filter(([name]) => open[i]?.has(name))),
      );
    }),
  );
}

const NO_DIMS: ReadonlySet<string> = new Set();

async function openDimsOf(given: string | object): Promise<ReadonlySet<string>> {
  if (typeof given !== "string" || !ONNX.test(given)) return NO_DIMS;
  const { loadOpenDims } = await import("../interop/onnx/load.ts");
  try {
    return loadOpenDims(given);
  } catch (error) {
    throw unreadable(given, error);
  }
}

/** Why a path that looks like a name is no workload; undefined if there is no such path. */
async function pathWithoutEnding(path: string): Promise<InputError | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  return new InputError({
    where: path,
    expected: WORKLOAD_EXPECTED,
    found: found.isDirectory() ? "a folder" : "a file without an ending",
    hint: found.isDirectory() ? "name a file in it" : "its ending says what it holds",
  });
}

/**
 * What a JSON or YAML file holds.
 *
 * @throws InputError for a file that cannot be read or parsed
 */
export async function loadDocument(file: string): Promise<unknown> {
  const text = await readText(file);
  return readDocument(text, file);
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_BYTES) {
      throw new InputError({
        where: file,
        expected: `at most ${MAX_BYTES} bytes`,
        found: String(bytes.length),
      });
    }
    return bytes.toString("utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The error of a failed read as a problem with the file named on the command line. */
export function unreadable(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const found = {
    ENOENT: "no such file",
    EISDIR: "a folder",
    EACCES: "a file that may not be read",
    ENOTDIR: "no such file",
    ENAMETOOLONG: "a name too long for a file",
  }[code ?? ""];
  return found === undefined ? error : new InputError({ where: file, expected: "a readable file", found });
}
