import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Static files on a free port of this machine. */
export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** A browser without a window. */
export interface Browser {
  version(): string;
  /** Opens a page and gives what it writes into its `output` element when it is done. */
  read(url: string): Promise<string>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Serves a folder under the strictest content security policy that WebAssembly runs under. */
export async function servePages(folder: string): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const type = TYPES[extname(pathname)];
    const body =
      type === undefined ? undefined : await readFile(join(folder, pathname)).catch(() => undefined);
    if (type === undefined || body === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": type,
      "content-security-policy": `default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'${inlineHashes(body)}`,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Import maps must stand in the page, so the policy names them by their hash. */
function inlineHashes(page: Buffer): string {
  const maps = page.toString("latin1").matchAll(/<script type="importmap">([^<]*)<\/script>/g);
  return Array.from(
    maps,
    ([, text = ""]) => ` 'sha256-${createHash("sha256").update(text, "latin1").digest("base64")}'`,
  ).join("");
}

/** The part of playwright-core that is used here; its own types are there only where it is installed. */
interface Playwright {
  readonly chromium: {
    launch(options: { executablePath: string; args: readonly string[] }): Promise<{
      version(): string;
      newPage(): Promise<{
        on(event: "pageerror" | "console", listener: (message: { toString(): string }) => void): void;
        goto(url: string): Promise<unknown>;
        waitForSelector(
          selector: string,
          options: { timeout: number },
        ): Promise<{
          getAttribute(name: string): Promise<string | null>;
          textContent(): Promise<string | null>;
        }>;
        close(): Promise<void>;
      }>;
      close(): Promise<void>;
    }>;
  };
}

/** Starts Chromium, cut off from every other machine. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)("playwright-core") as Playwright;
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
  return {
    version: () => browser.version(),
    async read(url) {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => problems.push(message.toString()));
      try {
        await page.goto(url);
        const output = await page.waitForSelector("output.done, output.failed", { timeout: 30_000 });
        const text = (await output.textContent()) ?? "";
        if ((await output.getAttribute("class")) === "done") return text;
        throw new Error(text);
      } catch (error) {
        throw new Error(`${url}: ${[String(error), ...problems].join("\n")}`, { cause: error });
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}
