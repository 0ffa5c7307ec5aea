import { quote } from "../errors.ts";

/** A bracket, a string, or a number or word, after blanks. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's strings hold none
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

/** Characters of a fault that are shown. */
const SHOWN = 20;

/** Where a text ends to be JSON, which engines tell each in their way or not at all: line and column from 1, and what is there. */
export function jsonFault(text: string): {
  readonly line: number;
  readonly column: number;
  readonly found: string;
} {
  const at = faultAt(text);
  const before = text.slice(0, at).split("\n");
  const rest = text.slice(at).split(/\r?\n/, 1)[0] ?? "";
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    found: at >= text.length ? "the end of the file" : quote(rest.slice(0, SHOWN)),
  };
}

/** Index of the first token that no JSON document has there. */
function faultAt(text: string): number {
  /** Brackets that are open, the innermost last. */
  const open: string[] = [];
  let state: "value" | "first" | "key" | "colon" | "next" = "value";
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [whole, mark, string] = TOKEN.exec(text) ?? [];
    const inside = open.at(-1);
    if (whole === undefined || !fits(state, inside, mark, string)) return skipBlanks(text, at);
    if (mark === "{" || mark === "[") {
      open.push(mark);
      state = "first";
    } else if (mark === "}" || mark === "]") {
      open.pop();
      state = "next";
    } else if (mark === ",") state = inside === "{" ? "key" : "value";
    else if (mark === ":") state = "value";
    else state = inside === "{" && state !== "value" ? "colon" : "next";
  }
}

/** Whether a token may be there. `first`: a key, a value, or an end, by the bracket. */
function fits(
  state: "value" | "first" | "key" | "colon" | "next",
  inside: string | undefined,
  mark: string | undefined,
  string: string | undefined,
): boolean {
  const closes = mark === "}" ? inside === "{" : mark === "]" && inside === "[";
  const begins = mark === undefined || mark === "{" || mark === "[";
  if (state === "colon") return mark === ":";
  if (state === "next") return closes || (mark === "," && inside !== undefined);
  if (state === "key") return string !== undefined;
  if (state === "value") return begins;
  return closes || (inside === "{" ? string !== undefined : begins);
}

function skipBlanks(text: string, at: number): number {
  const blanks = /[ \t\n\r]*/y;
  blanks.lastIndex = at;
  blanks.exec(text);
  return blanks.lastIndex;
}
