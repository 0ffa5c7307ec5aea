import { readFile } from "node:fs/promises";
import type { Mode } from "./simulator.ts";

/** Array sizes that come with the package. */
export const PREBUILT_DIMS = [4, 8, 16, 32, 64] as const;

/** The compiled RTL that comes with the package, on Node, Deno and Bun; it can be sent to worker threads. */
export async function loadPrebuilt(dim: number, mode: Mode): Promise<WebAssembly.Module> {
  if (!(PREBUILT_DIMS as readonly number[]).includes(dim)) {
    throw new RangeError(`no prebuilt RTL of dim ${dim}: there are ${PREBUILT_DIMS.join(", ")}`);
  }
  const file = new URL(`../../rtl/prebuilt/polaris-${dim}-${mode}.wasm`, import.meta.url);
  return WebAssembly.compile(await readFile(file));
}
