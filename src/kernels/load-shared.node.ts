import { readFile } from "node:fs/promises";

/** The kernels that work on an imported shared memory, for worker threads on Node. */
export async function loadSharedModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("./starlight.shared.wasm", import.meta.url)));
}
