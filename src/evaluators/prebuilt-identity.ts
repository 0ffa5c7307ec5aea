import { readFile } from "node:fs/promises";

/** Hash of the SystemVerilog and the harness that the package's RTL was built from, as `npm run build:rtl` recorded it. */
export async function rtlSourceHash(): Promise<string> {
  const text = await readFile(new URL("../../rtl/prebuilt/manifest.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly sources: string }).sources;
}
