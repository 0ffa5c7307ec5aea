/** What is wrong with outside input, in the parts a reader needs to put it right. */
export interface InputProblem {
  /** File, and where in it: `designs.csv: row 17: mapping.mapping`. */
  readonly where: string;
  readonly expected: string;
  /** What stands there instead; printed in full, so shorten long text with `quote`. */
  readonly found: string;
  readonly hint?: string;
}

/** A file or value from outside is wrong. One line; exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly problem: InputProblem;

  constructor(problem: InputProblem) {
    super(`${problem.where}: expected ${problem.expected}, found ${problem.found}`);
    this.problem = problem;
  }

  /** The same problem seen from further out: `prefix` is put before `where`. */
  within(prefix: string): InputError {
    return new InputError({ ...this.problem, where: `${prefix}: ${this.problem.where}` });
  }
}

/** The command line is wrong. One line; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The disk took no more of a file. One line; exit code 1. */
export class WriteError extends Error {
  override readonly name = "WriteError";

  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
  }
}

const DISK_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "no space left in the disk quota",
  EFBIG: "larger than a file may be here",
  EIO: "the disk failed",
};

/** A failed write as a WriteError of that file, if the disk is why; any other error as it is. */
export function writeFailure(file: string, error: unknown): unknown {
  const reason = DISK_FAULTS[(error as { readonly code?: string } | undefined)?.code ?? ""];
  return reason === undefined ? error : new WriteError(file, reason);
}

/** A value as it is shown in a message: quoted, printable, at most `longest` characters. */
export function quote(value: unknown, longest = 60): string {
  if (value === undefined) return "nothing";
  const text = toText(value);
  const shown = printable(text);
  if (shown.length <= longest) return shown;
  const quoted = typeof value === "string";
  return `${shown.slice(0, longest - 4)}...${quoted ? '"' : ""} (${quoted ? value.length : shown.length} characters)`;
}

/** Text of a file that is shown in a message must not steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** JSON, where a value has one: documents may hold themselves, or nest beyond the stack. */
function toText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a document nested too deeply to show";
  }
}

/** The name nearest to a mistyped one, if any is near enough to be meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, 60).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of names) {
    const distance =
      candidate.startsWith(wanted) && wanted.length > 2 ? 1 : editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
