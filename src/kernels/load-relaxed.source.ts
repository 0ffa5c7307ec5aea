import { readFile } from "node:fs/promises";

/** The kernels in relaxed SIMD, in a checkout. */
export async function loadRelaxedModule(): Promise<WebAssembly.Module | undefined> {
  return WebAssembly.compile(await readFile(new URL("../../build/starlight.relaxed.wasm", import.meta.url)));
}
