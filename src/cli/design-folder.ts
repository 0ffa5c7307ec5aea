import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDesign } from "../designs/design.ts";
import { type ExportFormat, exportDesign, exportNames } from "../interop/write-export.ts";
import { renderReport } from "../report/page/report.ts";
import { parseResultDocument } from "../report/parse-document.ts";
import { summarise } from "../report/summary.ts";
import { loadEngine } from "../starlight.ts";
import { loadWorkload } from "../workload/load.ts";
import type { Workload } from "../workload/workload.ts";
import type { CliContext } from "./context.ts";
import { networkFolders } from "./network-folders.ts";
import { checkOutput, makeFolder, outputFormat, saveOutput } from "./output.ts";
import { refuseOverwriting } from "./overwritten.ts";

/** The design itself, which the other files are made of. */
const DESIGN = "design.json";
const REPORT = "report.html";
/** What a folder has for other tools: a folder each, or a file. */
const EXPORTS: readonly { readonly format: ExportFormat; readonly at: string }[] = [
  { format: "timeloop-0.4", at: "timeloop" },
  { format: "gemmini", at: "gemmini" },
  { format: "csv", at: "dosa.csv" },
];

/**
 * Makes sure, before long work, that a design can be written to `--out`: a folder that there is or whose name ends in a slash, which is
 * made, or a file of one of the formats. Of a folder each file that will be written is looked at.
 *
 * @param args of the command, parsed
 * @throws InputError, UsageError
 */
export async function checkDesignOutput<F extends string>(
  args: { readonly out: string | undefined },
  formats: readonly F[],
  workloads: readonly Pick<Workload, "name" | "layers">[],
): Promise<void> {
  const { out } = args;
  if (out === undefined) return;
  if (await isFolder(out)) {
    const files = folderFiles(workloads).map((name) => join(out, name));
    refuseOverwriting(args, { out: files });
    for (const file of files) {
      await makeFolder(dirname(file));
      await checkOutput(file);
    }
  } else {
    outputFormat(out, formats);
    await checkOutput(out);
  }
}

/** All that a folder gets. */
function folderFiles(workloads: readonly Pick<Workload, "name" | "layers">[]): readonly string[] {
  const folders = exportFolders(workloads.map(({ name }) => name));
  const exported = workloads.flatMap(({ layers }, i) =>
    EXPORTS.flatMap(({ format, at }) =>
      exportNames(format, layers.length).map((name) => join(folders[i] ?? "", at, name)),
    ),
  );
  return [DESIGN, REPORT, ...exported];
}

/** Where the files of other tools are, network by network: in a folder for each, if there are several. */
function exportFolders(names: readonly string[]): readonly string[] {
  return names.length < 2 ? [""] : networkFolders(names, [DESIGN, REPORT]);
}

/**
 * Writes a design to `--out`, if there is one: its document to a file; to a folder also its report and the files of other tools.
 *
 * @param document of `map` or `search`
 * @throws InputError
 */
export async function saveDesign(
  context: CliContext,
  out: string | undefined,
  document: string,
): Promise<void> {
  if (out === undefined) return;
  if (await isFolder(out)) await saveDesignFolder(context, out, document);
  else await saveOutput(out, document);
}

/** Whether there is a folder of that name, or the name asks for one. */
export async function isFolder(out: string): Promise<boolean> {
  return /[/\\]$/.test(out) || ((await stat(out).catch(() => undefined))?.isDirectory() ?? false);
}

async function saveDesignFolder(context: CliContext, folder: string, document: string): Promise<void> {
  const save = async (name: string, content: string | Uint8Array): Promise<void> => {
    const path = join(folder, name);
    await makeFolder(dirname(path));
    await saveOutput(path, content);
  };
  await save(DESIGN, document);
  const fields: { readonly networks?: readonly object[]; readonly hardware: unknown } = JSON.parse(document);
  const facts = {
    file: DESIGN,
    bytes: Buffer.byteLength(document),
    sha256: createHash("sha256").update(document).digest("hex"),
  };
  const record = await parseResultDocument(fields, facts, (name) => loadWorkload(name));
  const engine = await loadEngine(1);
  await save(REPORT, await renderReport(summarise(record, engine), context.version));
  await engine.close();
  const designs = await Promise.all(
    (fields.networks ?? [fields]).map((network) =>
      parseDesign({ ...network, hardware: fields.hardware }, DESIGN, (name) => loadWorkload(name)),
    ),
  );
  const folders = exportFolders(designs.map(({ workload }) => workload));
  for (const [i, design] of designs.entries()) {
    for (const { format, at } of EXPORTS) {
      for (const { name, content } of exportDesign(design, format).files)
        await save(join(folders[i] ?? "", at, name), content);
    }
  }
}
