import { readFile } from "node:fs/promises";

/** The kernels that train networks, on Node, Deno and Bun. */
export async function loadTrainingModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("./training.wasm", import.meta.url)));
}
