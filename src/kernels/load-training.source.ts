import { readFile } from "node:fs/promises";

/** The kernels that train networks, in a checkout. */
export async function loadTrainingModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL("../../build/training.wasm", import.meta.url)));
}
