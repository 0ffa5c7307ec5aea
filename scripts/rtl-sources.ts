import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the SystemVerilog. */
export const RTL = fileURLToPath(new URL("../rtl", import.meta.url));

/** Modes of the prebuilt files and the ARRAY parameter of each: the fast array, or no datapath at all. */
export const ARRAYS = { full: 1, cycles: 0 } as const;

/** What `rtl/prebuilt/manifest.json` says. */
export interface Manifest {
  readonly version: 1;
  readonly verilator: string;
  readonly clang: string;
  /** Hash of what the files are built from. */
  readonly sources: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** Hash of everything that the WebAssembly files are built from: names and contents. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  const names = readdirSync(RTL)
    .filter((name) => /\.(sv|f)$/.test(name))
    .sort();
  names.push("harness/machine.cpp", "harness/wasi.cpp", "harness/wasi.h");
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(RTL, name)))
      .update("\0");
  return hash.digest("hex");
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
