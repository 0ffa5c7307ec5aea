import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDesign } from "../designs/design.ts";
import { type ExportFormat, exportDesign } from "../interop/write-export.ts";
import { renderReport } from "../report/page/report.ts";
import { parseResultDocument } from "../report/parse-document.ts";
import { summarise } from "../report/summary.ts";
import { loadEngine } from "../starlight.ts";
import { loadWorkload } from "../workload/load.ts";
import type { CliContext } from "./context.ts";
import { checkOutput, makeFolder, outputFormat, saveOutput } from "./output.ts";

/** The design itself, which the other files are made of. */
export const DESIGN = "design.json";
const REPORT = "report.html";
/** What a folder has for other tools: a folder each, or a file. */
const EXPORTS: readonly { readonly format: ExportFormat; readonly at: string }[] = [
  { format: "timeloop-0.4", at: "timeloop" },
  { format: "gemmini", at: "gemmini" },
  { format: "csv", at: "dosa.csv" },
];

/**
 * Makes sure, before long work, that a design can be written to `--out`: a folder that there is or whose name ends in a slash, which is
 * made, or a file of one of the formats.
 *
 * @throws InputError
 */
export async function checkDesignOutput<F extends string>(
  out: string | undefined,
  formats: readonly F[],
): Promise<void> {
  if (out === undefined) return;
  if (await isFolder(out)) {
    await makeFolder(out);
    await checkOutput(join(out, DESIGN));
  } else {
    outputFormat(out, formats);
    await checkOutput(out);
  }
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

async function isFolder(out: string): Promise<boolean> {
  return /[/\\]$/.test(out) || ((await stat(out).catch(() => undefined))?.isDirectory() ?? false);
}

/** The files of other tools are in a folder for each network, if there are several. */
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
  for (const network of fields.networks ?? [fields]) {
    const one = { ...network, hardware: fields.hardware };
    const design = await parseDesign(one, DESIGN, (name) => loadWorkload(name));
    const within = fields.networks ? design.workload.replace(/[^\w.-]+/g, "_") : "";
    for (const { format, at } of EXPORTS) {
      for (const { name, content } of exportDesign(design, format).files)
        await save(join(within, at, name), content);
    }
  }
}
