import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const documents = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
].filter((name) => name.endsWith(".md"));

/** Markdown without its code, where brackets are no links. */
function prose(name: string): string {
  return readFileSync(join(ROOT, name), "utf8")
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, "");
}

/** Places in a document that a link may name: its headings, as GitHub writes them, and its anchors. */
function anchors(name: string): ReadonlySet<string> {
  const text = readFileSync(join(ROOT, name), "utf8").replace(/^```[\s\S]*?^```/gm, "");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

test("every relative link in the documents leads to a file, and to a heading where it names one", () => {
  const broken: string[] = [];
  let links = 0;
  for (const name of documents) {
    for (const [, target = ""] of prose(name).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? name : relative(ROOT, join(ROOT, dirname(name), path));
      const there = existsSync(join(ROOT, file));
      if (!there || (anchor !== undefined && !anchors(file).has(anchor))) broken.push(`${name}: ${target}`);
    }
  }

  assert.deepEqual(broken, []);
  assert.ok(links > 30, `${links} links`);
});

test("every file of the sources and tests that the documents name is there", () => {
  const missing = documents
    .filter((name) => name !== "CHANGELOG.md" && !name.startsWith("docs/adr"))
    .flatMap((name) =>
      [
        ...readFileSync(join(ROOT, name), "utf8").matchAll(
          /`((?:src|test|scripts|bench|assembly|rtl|schema|examples)\/[\w./-]+\.\w+)`/g,
        ),
      ]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${name}: ${path}`),
    );

  assert.deepEqual(missing, []);
});
