import { readFile } from "node:fs/promises";

/** The kernels that work on an imported shared memory, in a checkout. */
export async function loadSharedModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("../../build/starlight.shared.wasm", import.meta.url)));
}
