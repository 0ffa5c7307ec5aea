import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { type LocalSite, POLICY, serveFolder } from "../../src/cli/serve.ts";
import {
  answered,
  axeFindings,
  brief,
  launch,
  NO_BROWSER,
  openPage,
  SITE,
  serveUnder,
  spokenFigures,
} from "./browser.ts";

let browser: Browser;
let site: LocalSite;

before(async () => {
  if (NO_BROWSER) return;
  browser = await launch();
  site = await serveFolder(SITE, 0);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

function inBrowser(name: string, body: (t: TestContext) => Promise<void>): void {
  test(name, { skip: NO_BROWSER, timeout: 60_000 }, body);
}

inBrowser("the studio shows what map proves, and answers a slider within 100 ms for ResNet-50", async (t) => {
  const { page, complaints } = await openPage(browser, site.url);
  await answered(page, 1);
  assert.match(await brief(page), /^EDP 217,069 J × cycles, 18,247,342 cycles/);
  await page.locator("#predicted", { hasText: "gemmini-firesim" }).waitFor();
  assert.match(
    await page.locator("#brief-rtl").innerText(),
    /^gemmini-firesim RTL, predicted: EDP [\d,]+ J × cycles, [\d,]+ cycles \(90 %: [\d,]+ to [\d,]+\)$/,
  );
  await page.locator("#slider-scratchpadKib").focus();

  let answers = 1;
  const medianOfMoves = async (): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 9; i++) {
      await page.keyboard.press(i < 5 ? "ArrowRight" : "ArrowLeft");
      times.push(await answered(page, ++answers));
    }
    times.sort((a, b) => a - b);
    t.diagnostic(`ms from input to the frame with the answer: ${times.map(Math.round).join(" ")}`);
    return times[4] ?? Number.POSITIVE_INFINITY;
  };
  // What else the machine does may spoil a round, not five of them.
  let median = await medianOfMoves();
  for (let round = 1; round < 5 && median > 100; round++) median = Math.min(median, await medianOfMoves());

  assert.ok(median <= 100, `median ${median} ms`);
  assert.match(await page.locator("#answer").innerText(), /mappings proven optimal \(edp\)/);
  assert.deepEqual(complaints, []);
});

inBrowser("it runs from a static site under a sub-path and the policy of docs/studio.md", async () => {
  const [, documented = ""] =
    /```\nContent-Security-Policy: ([^\n]+)\n```/.exec(readFileSync("docs/studio.md", "utf8")) ?? [];
  assert.equal(documented, POLICY);
  assert.doesNotMatch(POLICY.replace("'wasm-unsafe-eval'", ""), /unsafe|\*|https?:/);
  const host = await serveUnder("/some/where/", POLICY);
  try {
    const { page, complaints } = await openPage(browser, `${host.url}#workload=bert&a=8,64,16`);
    await answered(page, 1);
    assert.match(await page.locator("#answer").innerText(), /^bert on 8×8 PEs, 64 \+ 16 KiB/);
    assert.deepEqual(complaints, []);
  } finally {
    host.close();
  }
});

inBrowser("by keyboard alone: another network, a comparison, and a layer's loop nest", async () => {
  const { page, complaints } = await openPage(browser, site.url);
  await answered(page, 1);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  const tabTo = async (id: string): Promise<void> => {
    for (let i = 0; i < 60 && (await focused()) !== id; i++) await page.keyboard.press("Tab");
    assert.equal(await focused(), id);
  };

  await tabTo("workload");
  await page.keyboard.type("bert");
  await answered(page, 2);
  await tabTo("compare");
  await page.keyboard.press("Enter");
  await answered(page, 3);
  await tabTo("slider-peDim");
  await page.keyboard.press("ArrowRight");
  await answered(page, 4);
  await tabTo("layer");
  await page.keyboard.type("mm_0");
  await page.keyboard.press("Enter");

  assert.match(
    await page.locator("#totals").innerText(),
    /16×16 PEs, 128 \+ 32 KiB\s+32×32 PEs, 128 \+ 32 KiB/,
  );
  assert.equal(await page.locator("#loop-nest h3").innerText(), "Loop nest of mm_0");
  assert.equal(await page.locator("#compare").innerText(), "End comparison");
  assert.deepEqual(complaints, []);
});

inBrowser(
  "axe finds nothing serious in it, light and dark, and nothing is wider than a phone or a desktop",
  async () => {
    for (const [width, dark] of [
      [1440, false],
      [390, true],
    ] as const) {
      const { page } = await openPage(browser, `${site.url}#workload=bert&a=16,128,32&b=8,64,16`, {
        width,
        dark,
      });
      await answered(page, 2);
      await page.locator("#roofline tbody").waitFor({ state: "attached" });

      assert.deepEqual(await axeFindings(page), []);
      assert.deepEqual(await spokenFigures(page), { count: 6, lacking: [] });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    }
  },
);
