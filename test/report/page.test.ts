import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { standaloneSvg } from "../../src/report/figure.ts";
import { sections } from "../../src/report/figures.ts";
import { renderReport } from "../../src/report/page/report.ts";
import { figureCsv } from "../../src/report/save-figures.ts";
import { summarise } from "../../src/report/summary.ts";
import { LIGHT } from "../../src/report/svg/theme.ts";
import { loadEngine } from "../../src/starlight.ts";
import { mappedDesign, randomPoints, resultOf } from "./result.ts";

const engine = await loadEngine(64);
const everything = resultOf({
  workload: `<b>"net" & co</b>`,
  designs: [await mappedDesign("bert"), await mappedDesign("dlrm")],
  points: randomPoints(3000, 1),
  convergence: {
    unit: "trials",
    objective: "EDP (J × cycles)",
    steps: [1, 2, 3].map((work) => ({
      work,
      best: 10 / work,
      bound: work,
      interval: { low: 9 / work, high: 11 / work },
    })),
  },
  verified: [1, 2, 3].map((i) => ({
    name: `row ${i}`,
    predicted: 100 * i,
    measured: 110 * i,
    interval: { low: 90 * i, high: 120 * i },
  })),
});
const info = summarise(everything, engine);
const page = await renderReport(info, "1.2.3");
const figures = sections(info).flatMap((section) => section.figures);

/** The names of open elements must close in order. */
function assertBalanced(markup: string): void {
  const open: string[] = [];
  for (const [, close, name = "", rest = ""] of markup.matchAll(
    /<(\/?)([a-z][\w-]*)((?:[^<>"]|"[^"]*")*)>/gi,
  )) {
    if (close) assert.equal(open.pop(), name);
    else if (!rest.endsWith("/") && !["meta", "br"].includes(name)) open.push(name);
  }
  assert.deepEqual(open, []);
}

test("a page names all of its styles and scripts by their hashes, and holds none in attributes", () => {
  const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

  for (const kind of ["style", "script"]) {
    const [, allowed = ""] = new RegExp(`${kind}-src ([^;]+)`).exec(policy) ?? [];
    // The script's text names elements too.
    const markup = kind === "style" ? page.replace(/<script>[\s\S]*<\/script>/, "") : page;
    const found = [...markup.matchAll(new RegExp(`<${kind}[^>]*>([\\s\\S]*?)</${kind}>`, "g"))];
    assert.ok(found.length > 0);
    for (const [, text = ""] of found) assert.ok(allowed.split(" ").includes(hash(text)), kind);
  }
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(page, /<[^>]+\s(style|on\w+)=/);
  assert.doesNotMatch(page.replaceAll("http://www.w3.org/2000/svg", ""), /https?:|src=|<link/);
});

test("a page is well-formed, its ids are its own, its names are no markup", () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);

  assertBalanced(page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, ""));
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of page.matchAll(/aria-(?:labelledby|describedby|details)="([^"]+)"/g))
    assert.ok(ids.includes(id), id);
  assert.ok(page.includes("&#60;b&#62;&#34;net&#34; &#38; co&#60;/b&#62;"));
  assert.ok(!page.includes("<b>"));
  // Printed, each cell filled with a pattern is a picture of its own.
  assert.ok(!page.includes("<pattern"));
  assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test("every axis names its unit or is a count, and every plot has a caption and a table of its numbers", () => {
  assert.equal(figures.length, 4 + 2 + 2 * (4 + 5) - (5 - (info.designs[1]?.nests.length ?? 0)));
  for (const figure of figures) {
    const { content } = figure.draw(560);
    for (const [, title = ""] of content.matchAll(/class="title"[^>]*>([^<]+)</g)) {
      assert.match(title, /\(.+\)|trials/, figure.id);
    }
    assert.ok(figure.caption.length > 40);
    assert.ok(figure.table.rows.length > 0);
    assert.ok(figure.table.rows.every((row) => row.length === figure.table.columns.length));
    assert.equal(figureCsv(figure).trimEnd().split("\n").length, figure.table.rows.length + 1);
  }
});

test("a plot stays inside its frame at the width of a phone and of a desktop, and stands alone as a file", () => {
  for (const figure of figures) {
    for (const width of [350, 560, 1000]) {
      const drawing = figure.draw(width);
      const numbers = drawing.content.matchAll(/\s(?:x|y|width|height)="(-?[\d.]+)"/g);
      for (const [, number] of numbers) {
        assert.ok(
          Number(number) >= 0 && Number(number) <= Math.max(drawing.width, drawing.height),
          figure.id,
        );
      }
      assert.ok(drawing.width <= Math.max(width, 440), figure.id);
      assertBalanced(drawing.content);
    }
    const file = standaloneSvg(figure, 640, LIGHT);
    assert.doesNotMatch(file, /var\(/);
    assertBalanced(file);
  }
});
