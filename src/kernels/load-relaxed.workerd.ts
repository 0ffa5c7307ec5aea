/**
 * None on Cloudflare Workers, where every module that is imported is deployed: import `polaris-dse/starlight.relaxed.wasm` and pass
 * it to `createStarlightEngine` to have it.
 */
export function loadRelaxedModule(): Promise<WebAssembly.Module | undefined> {
  return Promise.resolve(undefined);
}
