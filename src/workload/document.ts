import { parseDocument } from "yaml";
import { InputError, printable } from "../errors.ts";
import { jsonFault } from "./json-fault.ts";

/**
 * What the text of a JSON or, by the file's name, YAML file holds.
 *
 * @throws InputError
 */
export function readDocument(text: string, file: string): unknown {
  if (text.trim() === "")
    throw new InputError({ where: file, expected: "a JSON or YAML document", found: "an empty file" });
  if (/\.ya?ml$/i.test(file)) {
    const document = parseDocument(text);
    const problem = document.errors[0];
    if (problem) {
      const at = problem.linePos?.[0];
      const where = at ? `${file}: line ${at.line}, column ${at.col}` : file;
      throw new InputError({
        where,
        expected: "YAML",
        found: printable(problem.message.split("\n")[0]?.replace(/ at line.*/, "") ?? ""),
      });
    }
    try {
      return document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      throw new InputError({
        where: file,
        expected: "YAML",
        found: printable(error instanceof Error ? error.message : String(error)),
      });
    }
  }
  const json = text.replace(/^\ufeff/, "");
  try {
    return JSON.parse(json);
  } catch {
    const { line, column, found } = jsonFault(json);
    throw new InputError({ where: `${file}: line ${line}, column ${column}`, expected: "JSON", found });
  }
}
