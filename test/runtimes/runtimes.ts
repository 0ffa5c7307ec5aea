import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

// Runtimes other than the one that runs the tests. Without them tests are skipped, unless POLARIS_RUNTIMES=all says that none may
// be missing.

export const HERE = fileURLToPath(new URL(".", import.meta.url));
const INSTALL = "npm ci --prefix test/runtimes";
const ALL = process.env["POLARIS_RUNTIMES"] === "all";
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const RUNTIMES = {
  node22: join(HERE, "node_modules/node22/bin/node"),
  node24: join(HERE, "node_modules/node24/bin/node"),
  deno: join(HERE, "node_modules/@deno/linux-x64-glibc/deno"),
  bun: join(HERE, "node_modules/@oven/bun-linux-x64/bin/bun"),
  workerd: join(HERE, "node_modules/@cloudflare/workerd-linux-64/bin/workerd"),
  playwright: join(HERE, "node_modules/playwright-core"),
};
/** Milliseconds that a runtime may take: some ten times what it needs on two busy cores. */
export const TIMEOUT = 60_000;

/** A test that needs `files`; without them it is skipped or, where every runtime must be there, fails. */
export function onRuntime(
  name: string,
  files: readonly string[],
  body: (t: TestContext) => Promise<void>,
): void {
  const missing = files.find((file) => !existsSync(file));
  const remedy = missing === CHROMIUM ? "apt-get install chromium, or set CHROMIUM" : INSTALL;
  const reason = missing === undefined ? undefined : `not installed; to install it: ${remedy}`;
  test(name, { skip: ALL ? false : (reason ?? false), timeout: TIMEOUT }, (t) => {
    if (reason !== undefined) assert.fail(reason);
    return body(t);
  });
}

/** Nothing of this process's set-up, no calls home. */
export function environment(project: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: project,
    DENO_DIR: join(project, ".deno"),
    DENO_NO_UPDATE_CHECK: "1",
    DO_NOT_TRACK: "1",
    NO_COLOR: "1",
  };
}
