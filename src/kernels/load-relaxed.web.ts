/** The kernels in relaxed SIMD, in browsers and for bundlers, which follow the `new URL`. */
export async function loadRelaxedModule(): Promise<WebAssembly.Module | undefined> {
  return WebAssembly.compileStreaming(fetch(new URL("./starlight.relaxed.wasm", import.meta.url)));
}
