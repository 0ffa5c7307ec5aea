import { readFile } from "node:fs/promises";

/** The compiled kernels, on Node, Deno and Bun. */
export async function loadModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("./starlight.wasm", import.meta.url)));
}
