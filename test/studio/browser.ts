import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** The built static site. */
export const SITE = fileURLToPath(new URL("../../dist/site", import.meta.url));

/** Why tests that need a browser are skipped, or false. */
export const NO_BROWSER: string | false = existsSync(CHROMIUM)
  ? false
  : "no Chromium: apt-get install chromium, or set CHROMIUM";

/** Chromium without a window, cut off from every other machine. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** A page with all that it complains about: console warnings and errors, exceptions, what its policy refused, failed requests. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<WatchedPage> {
  const { width = 1440, dark = false } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url().slice(0, 80)}`));
  await page.goto(url);
  return { page, complaints };
}

/** Serious findings of axe, each with where. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
  // Not as an element, which the page's policy would rightly refuse.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** What Chromium tells a screen reader of a page's plots: how many there are, and what those that lack something are called. */
export async function spokenFigures(page: Page): Promise<{ count: number; lacking: readonly string[] }> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const images = nodes.filter(({ ignored, role }) => !ignored && role?.value === "image");
  const lacking = images.filter(
    ({ name, description, properties = [] }) =>
      !name?.value ||
      !description?.value ||
      !properties.some(({ name: key, value }) => key === "details" && value.relatedNodes?.length === 1),
  );
  return { count: images.length, lacking: lacking.map(({ name }) => String(name?.value)) };
}

/** The static site as any web server has it: under a sub-path, with a policy in the header, and nothing else there. */
export async function serveUnder(path: string, policy: string): Promise<{ url: string; close(): void }> {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
  };
  const files = new Map(readdirSync(SITE).map((name) => [`${path}${name}`, readFileSync(join(SITE, name))]));
  const server = createServer((request, response) => {
    const name = request.url === path ? `${path}index.html` : (request.url ?? "");
    const body = files.get(name);
    const headers = { "content-type": types[extname(name)] ?? "", "content-security-policy": policy };
    response.writeHead(body ? 200 : 404, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Waits for the answer number `count` of a page of the studio, and gives the milliseconds that it took. */
export async function answered(page: Page, count: number): Promise<number> {
  await page.waitForFunction(
    (least) => Number(document.getElementById("answer")?.dataset["answers"] ?? 0) >= least,
    count,
  );
  return page.evaluate(() => Number(document.getElementById("answer")?.dataset["milliseconds"]));
}

/** The totals in a line. */
export const brief = (page: Page): Promise<string> => page.locator("#brief").innerText();

/** Milliseconds from the start of a page's navigation to the end of its load event. */
export function loadTime(page: Page): Promise<number> {
  return page.evaluate(
    () => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).loadEventEnd,
  );
}
