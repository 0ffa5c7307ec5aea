import { readFile, stat } from "node:fs/promises";
import { InputError, quote } from "../errors.ts";
import { BUILTIN_WORKLOADS, builtinWorkload, noSuchWorkload, WORKLOAD_EXPECTED } from "./builtin.ts";
import { readDocument } from "./document.ts";
import { parseWorkload, type Workload } from "./workload.ts";

/** Largest JSON or YAML file that is read. */
const MAX_BYTES = 64 * 2 ** 20;

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
  if (/\.onnx$/i.test(nameOrFile)) {
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
