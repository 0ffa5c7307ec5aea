import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { type LocalSite, serveFolder } from "../../src/cli/serve.ts";
import { codesign } from "../../src/codesign/codesign.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { formatValue } from "../../src/report/svg/format.ts";
import { builtinWorkload, collectArchive, loadModule } from "../../src/starlight.ts";
import { polaris, scratchFolder } from "../cli/polaris.ts";
import { resnet50 } from "../interop/onnx/networks.ts";
import { writeModel } from "../interop/onnx/writer.ts";
import { randomPoints } from "../report/result.ts";
import {
  answered,
  axeFindings,
  brief,
  launch,
  loadTime,
  NO_BROWSER,
  openPage,
  SITE,
  spokenFigures,
} from "./browser.ts";

const file = scratchFolder();
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

inBrowser(
  "a search finds what codesign finds and gives it to the sliders, and frames go on meanwhile",
  async (t) => {
    const sizes = Array.from({ length: 2048 }, (_, i) => i + 1);
    const module = await loadModule();
    const expected = await codesign(
      { collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range) },
      {
        workloads: [builtinWorkload("bert")],
        space: {
          arrays: [2, 4, 8, 16, 32, 64, 128].map((peDim) => ({ peDim })),
          scratchpadKib: sizes,
          accumulatorKib: sizes,
          maxAreaMm2: 0.5,
        },
        objective: EDP,
      },
    );
    const { page, complaints } = await openPage(browser, `${site.url}#workload=bert&area=0.5`);
    await answered(page, 1);
    // As text: what compiles the tests would put a helper of its own into a function.
    await page.evaluate(
      "frames = []; (function note(time) { frames.push(time); requestAnimationFrame(note); })(performance.now())",
    );

    await page.locator("#search").click();
    await page.waitForFunction(() =>
      /proven/.test(document.getElementById("search-status")?.textContent ?? ""),
    );
    const frames = (await page.evaluate("frames")) as readonly number[];
    await answered(page, 2);

    const { peDim, scratchpadKib, accumulatorKib } = expected.hardware;
    const { edpJCycles } = expected.networks[0]?.totals ?? assert.fail();
    const status = await page.locator("#search-status").innerText();
    assert.ok(
      status.startsWith(
        `${peDim}×${peDim} PEs, ${scratchpadKib} + ${accumulatorKib} KiB: proven optimal (edp)`,
      ),
    );
    assert.ok((await brief(page)).startsWith(`EDP ${formatValue(edpJCycles)} J`));
    const seconds = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1000;
    t.diagnostic(`${status}; ${(frames.length / seconds).toFixed(1)} frames/s over ${seconds.toFixed(2)} s`);
    assert.ok(frames.length / seconds > 30);
    assert.deepEqual(complaints, []);
  },
);

inBrowser(
  "a layer table opens, its link opens it elsewhere, and a wrong one says what is wrong",
  async () => {
    const yaml = "name: mine\nlayers:\n  - { name: one, K: 64, C: 32, P: 28, Q: 28, R: 3, S: 3, count: 2 }\n";
    writeFileSync(file("mine.yaml"), yaml);
    writeFileSync(file("wrong.yaml"), "layers:\n  - { K: 64, stride: 2, Kernel: 3 }\n");
    const { page, complaints } = await openPage(browser, site.url);
    await answered(page, 1);

    await page.locator("#file").setInputFiles(file("mine.yaml"));
    await answered(page, 2);
    const own = await brief(page);
    await page.locator("#share").click();
    await page.locator("#share", { hasText: /^Link/ }).waitFor();
    // `page.url()` may lag behind what the page made of its address.
    const link = await page.evaluate(() => location.href);
    await page.locator("#file").setInputFiles(file("wrong.yaml"));
    await page.locator("#message").waitFor();

    assert.match(await page.locator("#message").innerText(), /wrong.yaml: layers\[0\]: expected keys among/);
    const other = await openPage(browser, link);
    await answered(other.page, 1);
    assert.equal(await brief(other.page), own);
    assert.match(await other.page.locator("#answer").innerText(), /^mine on/);
    const broken = await openPage(browser, `${site.url}#workload=resnet51`);
    await answered(broken.page, 1);
    assert.match(
      await broken.page.locator("#message").innerText(),
      /This link cannot be read: workload: expected/,
    );
    assert.deepEqual([...complaints, ...other.complaints, ...broken.complaints], []);
  },
);

inBrowser(
  "an ONNX model opens as its built-in network, and one with an open dim once its size is given",
  async () => {
    writeFileSync(file("model.onnx"), writeModel(resnet50()));
    writeFileSync(file("open.onnx"), writeModel(resnet50("batch")));
    const { page, complaints } = await openPage(browser, site.url);
    await answered(page, 1);
    const builtIn = await brief(page);

    await page.locator("#file").setInputFiles(file("model.onnx"));
    await answered(page, 2);
    const fromModel = await brief(page);
    await page.locator("#file").setInputFiles(file("open.onnx"));
    await page.locator("#message").waitFor();
    const asked = await page.locator("#message").innerText();
    await page.locator("summary", { hasText: "Open dims" }).click();
    await page.locator("#dims").fill("batch=2");
    await page.locator("#file").setInputFiles(file("open.onnx"));
    await answered(page, 3);

    assert.equal(fromModel, builtIn);
    assert.match(asked, /expected a size for "batch"/);
    assert.match(
      await page.locator("#workload-facts").innerText(),
      /^open: \d+ distinct layers, 8,1\d\d million MACs/,
    );
    assert.deepEqual(complaints, []);
  },
);

inBrowser(
  "what it saves is a design that evaluates to the numbers on screen, and a report that opens",
  async () => {
    const { page } = await openPage(browser, `${site.url}#workload=dlrm&a=8,32,8`);
    await answered(page, 1);
    const save = async (id: string, name: string): Promise<void> => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(id).click()]);
      assert.equal(download.suggestedFilename(), name);
      await download.saveAs(file(name));
    };

    await save("#save-design", "dlrm.json");
    await save("#save-table", "dlrm.csv");
    await save("#save-report", "dlrm.html");
    await save('#roofline [data-save="svg"]', "roofline.svg");
    await save('#roofline [data-save="png"]', "roofline.png");
    await save('#roofline [data-save="csv"]', "roofline.csv");

    const { totals, provenance } = JSON.parse(readFileSync(file("dlrm.json"), "utf8"));
    const design = JSON.parse(String((await polaris(["evaluate", file("dlrm.json"), "--json"])).stdout));
    const again = JSON.parse(
      String((await polaris([...provenance.command.split(" ").slice(1), "--json"])).stdout),
    );
    assert.deepEqual([design.totals, again.totals], [totals, totals]);
    assert.equal((await polaris(["evaluate", file("dlrm.csv"), "--quiet"])).code, 0);
    const svg = readFileSync(file("roofline.svg"), "utf8");
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /var\(/);
    assert.equal(readFileSync(file("roofline.png")).toString("latin1", 1, 4), "PNG");
    assert.match(readFileSync(file("roofline.csv"), "utf8"), /^layer,macs_per_dram_byte,/);
    const report = await openPage(browser, `file://${file("dlrm.html")}`);
    assert.match(await report.page.locator("h1").innerText(), /dlrm: one design/);
    assert.deepEqual(report.complaints, []);
  },
);

inBrowser(
  "a report of 100,000 points opens within 2 s, saves its plots, and axe finds nothing serious",
  async (t) => {
    const header =
      "pe_dim,scratchpad_kib,accumulator_kib,latency_cycles,energy_uj,edp_j_cycles,area_mm2,area_source,pareto";
    const rows = randomPoints(100_000, 3).map((point) => Object.values(point).join(","));
    writeFileSync(file("sweep.csv"), `${[header, ...rows].join("\n")}\n`);
    await polaris(["report", file("sweep.csv"), "--workload", "bert"]);

    for (const [width, dark] of [
      [1440, false],
      [390, true],
    ] as const) {
      const { page, complaints } = await openPage(browser, `file://${file("sweep.html")}`, { width, dark });
      const opened = await loadTime(page);
      t.diagnostic(`${width} px: loaded after ${opened.toFixed(0)} ms`);
      assert.ok(opened <= 2000);
      for (const kind of ["svg", "png", "csv"]) {
        const button = page.locator(`#front-areamm2-edpjcycles [data-save="${kind}"]`);
        const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
        assert.equal(download.suggestedFilename(), `front-areamm2-edpjcycles.${kind}`);
      }
      await page.locator("#theme").click();
      assert.deepEqual(await axeFindings(page), []);
      const spoken = await spokenFigures(page);
      assert.ok(spoken.count > 8, `${spoken.count} plots`);
      assert.deepEqual(spoken.lacking, []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      assert.deepEqual(complaints, []);
    }
  },
);
