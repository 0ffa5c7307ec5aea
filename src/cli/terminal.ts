import type { CliContext } from "./context.ts";

const INDENT = "    ";

/**
 * A text as it is written to a stream: on a terminal no line is longer than the terminal is wide. A table that is wider has
 * its last column under each row, other lines are broken at spaces. Files and pipes get the text as it is.
 */
export function fitted(stream: CliContext["stdout"], text: string): string {
  return stream.isTTY ? fitLines(text, stream.columns ?? 80) : text;
}

/** The same at a given width. */
export function fitLines(text: string, width: number): string {
  const lines = text.split("\n");
  const fit: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    // A table has its rule in its second line, and ends with an empty one.
    const rule = lines[i + 1] ?? "";
    if (!/^-+( {2}-+)+$/.test(rule) || rule.length <= width) {
      fit.push(...breakLine(line, width));
      continue;
    }
    const last = rule.lastIndexOf("  ") + 2;
    for (; i < lines.length && lines[i] !== ""; i++) fit.push(...foldRow(lines[i] as string, last, width));
    i--;
  }
  return fit.join("\n");
}

/** A row whose last column, from the character `last` on, stands under it. */
function foldRow(row: string, last: number, width: number): readonly string[] {
  const [head, under] = [row.slice(0, last).trimEnd(), row.slice(last)];
  if (under === "" || /^-+$/.test(under)) return [head];
  return [head, ...wrapText(under, width - INDENT.length).map((line) => INDENT + line)];
}

/** A line, broken at spaces where it is too long; what follows is indented as it is. */
function breakLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  return wrapText(line.slice(indent.length), width - indent.length).map((part) => indent + part);
}

/** Lines of at most `width` characters; words that are longer stay whole. */
function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current: string | undefined;
  for (const word of text.split(" ")) {
    if (current !== undefined && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === undefined ? word : `${current} ${word}`;
    }
  }
  return [...lines, current ?? ""];
}
