import { readFile } from "node:fs/promises";

/** The compiled kernels, in a checkout: what `npm run build:wasm` left. */
export async function loadModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("../../build/starlight.wasm", import.meta.url)));
}
