import { readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { onnxFiles } from "./train-starlight.ts";

/** Flags that name files to write; a study is read first. */
const WRITTEN: readonly string[] = [
  "out",
  "figures",
  "save-model",
  "held-out",
  "certificate",
  "onnx",
  "vcd",
  "toggles",
  "timeline",
  "study",
];

/** A file to write, and the flag that it is for. */
interface Target {
  readonly flag: string;
  readonly path: string;
}

/**
 * Refuses a command line that writes one of the files that it reads: the input would be lost, and often half read. Nor may two
 * flags name one file to write.
 *
 * @param args of a command, parsed
 * @param folders what will be written to the folders that flags name, as far as it is known
 * @throws UsageError
 */
export function refuseOverwriting(
  args: object,
  folders: Readonly<Record<string, readonly string[]>> = {},
): void {
  const given = Object.entries(args);
  const inputs = new Set(
    given
      .filter(([name]) => name !== "$0" && name !== "_" && !WRITTEN.includes(dashed(name)))
      .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
      .flatMap(filesRead)
      .map((path) => identity(path)),
  );
  const targets = WRITTEN.flatMap((flag): readonly Target[] => {
    const value = new Map(given).get(flag);
    if (typeof value !== "string") return [];
    const paths = folders[flag] ?? (flag === "onnx" ? onnxFiles(value) : [value]);
    return paths.map((path) => ({ flag, path }));
  });
  const found = new Map<string, Target>();
  for (const target of targets) {
    const { flag, path } = target;
    const file = identity(path);
    if (file === undefined) continue;
    const where = `--${flag} ${path}`;
    if (inputs.has(file)) throw new UsageError(`${where}: expected another file, found the input`);
    const other = found.get(file);
    if (other) {
      const than = other.flag === flag ? other.path : `--${other.flag}`;
      throw new UsageError(`${where}: expected another file than ${than}, found the same`);
    }
    found.set(file, target);
  }
}

/** The name of a flag of which yargs knows two forms: `saveModel` is `save-model`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Files that are there of what a flag or an operand says; of a folder those that `import` reads. */
function filesRead(value: unknown): readonly string[] {
  // What `--verify command:FILE` has become.
  if (typeof value === "object" && value !== null && "file" in value) return filesRead(value.file);
  if (typeof value !== "string" || value === "" || value.includes("\0")) return [];
  try {
    if (!statSync(value).isDirectory()) return [value];
    return readdirSync(value)
      .filter((name) => /\.ya?ml$/i.test(name))
      .map((name) => join(value, name));
  } catch {
    // Whoever opens it says what is wrong with it.
    return [];
  }
}

/** Which file it is, whatever its name, there or not yet. None of devices, to which several may write. */
function identity(path: string, links = 40): string | undefined {
  if (path === "" || path.includes("\0") || links === 0) return undefined;
  const absolute = resolve(path);
  const above = dirname(absolute);
  try {
    const found = statSync(absolute);
    return found.isFile() || found.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    if (above === absolute) return undefined;
  }
  try {
    return identity(resolve(realpathSync(above), readlinkSync(absolute)), links - 1);
  } catch {
    const folder = identity(above, links);
    return folder === undefined ? undefined : `${folder}/${basename(absolute)}`;
  }
}
