// @ts-expect-error: workerd gives a WebAssembly.Module for this import; it cannot compile bytes itself
import module from "./starlight.wasm";

/** The compiled kernels, on Cloudflare Workers. */
export function loadModule(): Promise<WebAssembly.Module> {
  return Promise.resolve(module as WebAssembly.Module);
}
