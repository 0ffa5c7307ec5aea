import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { polaris, scratchFolder } from "../cli/polaris.ts";
import { launch, loadTime, NO_BROWSER, openPage } from "../studio/browser.ts";
import { writeStudy } from "./study.ts";

const file = scratchFolder();

test("the report of a study of 100,000 trials has at most 5 MB and opens within 2 s", {
  skip: NO_BROWSER,
}, async (t) => {
  await writeStudy(file("study.jsonl"), 100_000, 1);
  const started = performance.now();
  const { code, stdout } = await polaris(["report", file("study.jsonl")]);
  const seconds = (performance.now() - started) / 1000;

  assert.equal(code, 0);
  assert.match(String(stdout), /study of 100,000 trials/);
  const { size } = statSync(file("study.html"));
  assert.ok(size <= 5e6);
  const browser = await launch();
  try {
    const { page, complaints } = await openPage(browser, `file://${file("study.html")}`);
    const opened = await loadTime(page);
    t.diagnostic(
      `journal ${(statSync(file("study.jsonl")).size / 1e6).toFixed(0)} MB, report of ${(size / 1e3).toFixed(0)} kB in ${seconds.toFixed(1)} s, opened in ${opened.toFixed(0)} ms`,
    );
    assert.ok(opened <= 2000);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
