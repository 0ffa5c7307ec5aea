import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** A folder of files, read once, on a port of this machine alone. */
export interface LocalSite {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** What the studio's pages and workers may do: run what comes from here, and WebAssembly; nothing else. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Serves the files of a folder (not of its folders) at 127.0.0.1.
 *
 * @param port 0 for one that is free
 * @throws Error with code EADDRINUSE or EACCES if the port cannot be had
 */
export async function serveFolder(folder: string, port: number): Promise<LocalSite> {
  const files = new Map(
    readdirSync(folder)
      .filter((name) => TYPES[extname(name)] !== undefined)
      .map((name) => [
        `/${name}`,
        { body: readFileSync(join(folder, name)), type: TYPES[extname(name)] ?? "" },
      ]),
  );
  const server = createServer((request, response) => {
    // A page of another site may have its name point here; it must get nothing.
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const path = (request.url ?? "/").replace(/[?#].*/, "");
    const file = files.get(path === "/" ? "/index.html" : path);
    const allowed = host === "127.0.0.1" || host === "localhost";
    if (!allowed || !file || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(allowed ? 404 : 403, { "content-type": "text/plain" }).end("not here\n");
      return;
    }
    response.writeHead(200, {
      "content-type": file.type,
      "content-length": file.body.length,
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : file.body);
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
