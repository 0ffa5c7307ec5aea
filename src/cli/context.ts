import type { Readable, Writable } from "node:stream";

/** What a command may touch of the process. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Of the package. */
  readonly version: string;
  /** The command line, the command first. */
  readonly args: readonly string[];
}

/** The run was interrupted; what had to be said has been said. Exit code 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The run ended without what was asked for, which is no fault of the input; one line says why. Exit code 1. */
export class Failed extends Error {
  override readonly name = "Failed";
}
