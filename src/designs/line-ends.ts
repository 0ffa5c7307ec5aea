import { bufferOver, latin1 } from "./latin1.ts";

/** How the lines of a text end. */
export interface LineEnds {
  /** Undefined for a text without line ends. */
  readonly first?: "LF" | "CR LF";
  /** The first record, counted from 0, that ends otherwise. */
  readonly change?: number;
}

/** A quoted cell and what stands before it. */
const QUOTED = /(^|[,\r\n])"[^"]*(?:""[^"]*)*(?:"|$)/g;
const LINE_FEED = 10;
const RETURN = 13;

/** How the records of a CSV text end, given as Latin-1. */
export function lineEnds(run: Uint8Array): LineEnds {
  const bytes = bufferOver(run);
  if (!bytes.includes(RETURN)) return bytes.includes(LINE_FEED) ? { first: "LF" } : {};
  // Line ends inside quoted cells end no record.
  const text = latin1(bytes).replace(QUOTED, "$1");
  let first: "LF" | "CR LF" | undefined;
  const end = text.indexOf("\n");
  if (end < 0) return {};
  let record = 0;
  for (let at = end; at >= 0; at = text.indexOf("\n", at + 1), record++) {
    const here = text[at - 1] === "\r" ? "CR LF" : "LF";
    first ??= here;
    if (here !== first) return { first, change: record };
  }
  return { first: first as "LF" | "CR LF" };
}
