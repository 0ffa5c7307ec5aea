/** The compiled kernels, in browsers and for bundlers, which follow the `new URL`. */
export async function loadModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(new URL("./starlight.wasm", import.meta.url)));
}
