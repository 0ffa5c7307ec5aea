import { readFile } from "node:fs/promises";

/** The kernels in relaxed SIMD, on Node, Deno and Bun. */
export async function loadRelaxedModule(): Promise<WebAssembly.Module | undefined> {
  return WebAssembly.compile(await readFile(new URL("./starlight.relaxed.wasm", import.meta.url)));
}
