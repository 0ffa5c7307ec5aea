import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSimulator, type Simulator } from "../../src/rtl/simulator.ts";

/** Why a test that needs tools is skipped; false when all of them are there. */
export function skipWithout(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  return missing.length > 0 && `needs the Debian packages of ${missing.join(", ")}`;
}

/** Runs one of the scripts of the repository. */
export function runScript(name: string, ...args: readonly string[]): void {
  const file = fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
  execFileSync(process.execPath, ["-C", "polaris-source", "--import", "tsx", file, ...args], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
}

/** Builds the RTL of one size with its datapath in `folder`, and loads it. */
export async function buildSimulator(
  dim: number,
  folder: string,
  ...args: readonly string[]
): Promise<Simulator> {
  runScript("build-rtl.ts", "--dim", `${dim}`, "--mode", "full", "--out", folder, ...args);
  return createSimulator(await WebAssembly.compile(readFileSync(join(folder, `polaris-${dim}-full.wasm`))));
}
