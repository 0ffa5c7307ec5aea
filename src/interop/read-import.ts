import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { refuseEmptyTable } from "../designs/empty-table.ts";
import { InputError, quote } from "../errors.ts";
import type { Layer } from "../workload/layer.ts";
import { loadDocument, unreadable } from "../workload/load.ts";
import { asRecord, type Workload } from "../workload/workload.ts";
import type { DesignDocument } from "./design-document.ts";
import { parseDosaDesign } from "./dosa-design.ts";
import type { OperatorShare } from "./onnx/ledger.ts";
import { loadOnnx } from "./onnx/load.ts";
import { isScaleSim, parseScaleSim } from "./scale-sim.ts";
import { readTimeloop, type TimeloopFile, type TimeloopInput } from "./timeloop/read.ts";

/** What other tools' files hold. */
export type Imported =
  | {
      readonly kind: "workload";
      readonly workload: Workload;
      /** Of an ONNX model: what became of its operators. */
      readonly operators: readonly OperatorShare[];
    }
  | { readonly kind: "design"; readonly design: DesignDocument };

/** Names of layers and their counts beside the Timeloop files of a folder. */
export const INDEX_FILE = "layers.json";
/** Largest table that is read whole. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * A workload or a design from other tools' files: an ONNX model, a SCALE-Sim topology, a table in the DOSA format, or Timeloop's
 * YAML in one file, several, or a folder of them.
 *
 * @param dims sizes of the open dims of an ONNX model
 * @throws InputError
 */
export async function readImport(
  files: readonly string[],
  dims: Readonly<Record<string, number>>,
): Promise<Imported> {
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) {
    if (/\.onnx$/i.test(first)) return { kind: "workload", ...readOnnx(first, dims) };
    if (/\.csv$/i.test(first)) return readTable(first);
  }
  const [unused] = Object.keys(dims);
  if (unused !== undefined)
    throw new InputError({
      where: `--dim ${unused}`,
      expected: "an ONNX model",
      found: quote(files.join(" ")),
    });
  const folder = first !== undefined && others.length === 0 && (await isFolder(first)) ? first : undefined;
  const paths = folder === undefined ? files : await yamlFiles(folder);
  const documents: TimeloopFile[] = [];
  for (const path of paths) {
    if (!/\.ya?ml$/i.test(path)) {
      throw new InputError({
        where: "file",
        expected: "an .onnx model, a .csv table, or Timeloop's .yaml files or a folder of them",
        found: quote(path),
      });
    }
    documents.push({ where: path, document: await loadDocument(path) });
  }
  const name = (folder ?? first ?? "")
    .replace(/[/\\]+$/, "")
    .replace(/^.*[/\\]/, "")
    .replace(/\.ya?ml$/i, "");
  const index = folder === undefined ? undefined : await readIndex(join(folder, INDEX_FILE));
  return toImported(name, readTimeloop(documents), paths, index);
}

function readOnnx(file: string, dims: Readonly<Record<string, number>>) {
  try {
    return loadOnnx(file, { dims });
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readTable(file: string): Promise<Imported> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new InputError({ where: file, expected: `at most ${MAX_BYTES} bytes`, found: String(size) });
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  const text = bytes.toString("utf8");
  refuseEmptyTable(text, file);
  const header = text.slice(0, text.indexOf("\n") + 1 || text.length);
  if (isScaleSim(header)) return { kind: "workload", workload: parseScaleSim(text, file), operators: [] };
  if (header.includes("mapping.mapping")) return { kind: "design", design: parseDosaDesign(text, file) };
  throw new InputError({
    where: `${file}: header`,
    expected: "that of a SCALE-Sim topology or of a table in the DOSA format",
    found: quote(header.trim()),
  });
}

function toImported(
  name: string,
  { hardware, layers }: TimeloopInput,
  paths: readonly string[],
  index: { readonly workload: string; readonly layers: readonly unknown[] } | undefined,
): Imported {
  if (layers.length === 0) {
    throw new InputError({
      where: paths.join(" "),
      expected: "at least one problem",
      found: hardware ? "an architecture alone" : "none",
    });
  }
  const named = layers.map((layer, i) => {
    const row =
      index === undefined ? {} : asRecord(index.layers[i], `${INDEX_FILE}: layers[${i}]`, "name and count");
    const [own, count] = [row["name"] ?? layer.name, row["count"] ?? 1];
    if (typeof own !== "string" || typeof count !== "number" || !Number.isInteger(count) || count < 1)
      throw new InputError({
        where: `${INDEX_FILE}: layers[${i}]`,
        expected: "name and count",
        found: quote(row),
      });
    return { ...layer, name: own, count };
  });
  const workload = index?.workload ?? name;
  const unmapped = named.find(({ mapping }) => mapping === undefined);
  if (!hardware || unmapped) {
    if (named.some(({ mapping }) => mapping !== undefined)) {
      throw new InputError({
        where: paths.join(" "),
        expected: "an architecture, and a mapping for every problem",
        found: hardware ? `none for ${unmapped?.name ?? ""}` : "no architecture",
      });
    }
    const plain = named.map(({ name: own, count, shape }): Layer => ({ name: own, count, groups: 1, shape }));
    return {
      kind: "workload",
      workload: { name: workload, source: "Timeloop problems", layers: plain },
      operators: [],
    };
  }
  const mapped = named.map(({ mapping = "", ...layer }) => ({ ...layer, mapping }));
  return { kind: "design", design: { version: 1, workload, hardware, layers: mapped } };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function yamlFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/i.test(name)).sort();
  if (names.length === 0)
    throw new InputError({ where: folder, expected: "Timeloop's .yaml files", found: "none" });
  return names.map((name) => join(folder, name));
}

/** The layers of a folder in the order of their files; nothing if the folder has no index. */
async function readIndex(file: string) {
  if (!(await stat(file).catch(() => undefined))) return undefined;
  const index = asRecord(await loadDocument(file), file, "workload and layers");
  const { workload, layers } = index as { readonly workload?: unknown; readonly layers?: unknown };
  if (typeof workload !== "string" || !Array.isArray(layers))
    throw new InputError({ where: file, expected: "workload and layers", found: quote(index) });
  return { workload, layers: layers as readonly unknown[] };
}
