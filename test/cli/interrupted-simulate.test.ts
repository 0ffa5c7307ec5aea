import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { assertValid } from "../schema/validator.ts";
import { designRows, polaris, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
writeFileSync(file("rows.csv"), tableText(designRows(3, 1)));
const SIMULATE = ["simulate", file("rows.csv"), "--fidelity", "event", "--out", file("out.json")];

/** The signal of a user who stops a run after so many designs. */
function stopAfter(designs: number): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let asked = 0;
  signal.throwIfAborted = () => {
    if (asked++ === designs) controller.abort();
    if (signal.aborted) throw signal.reason;
  };
  return signal;
}

test("a simulation that is stopped before its first design leaves the file that was there", async () => {
  writeFileSync(file("out.json"), "earlier");

  const { code, stdout, stderr } = await polaris([...SIMULATE, "--json"], "", stopAfter(0));

  assert.equal(stderr, "polaris: interrupted after 0 of 3 designs: nothing is written\n");
  assert.equal(code, 130);
  assert.equal(String(stdout), "");
  assert.equal(readFileSync(file("out.json"), "utf8"), "earlier");
});

test("a document says whether all designs were run", async () => {
  for (const [designs, complete] of [
    [2, false],
    [3, true],
  ] as const) {
    const { code } = await polaris(SIMULATE, "", stopAfter(designs));

    const document = JSON.parse(readFileSync(file("out.json"), "utf8"));
    assertValid("simulate", document);
    assert.equal(code, complete ? 0 : 130);
    assert.equal(document.complete, complete);
    assert.equal(document.designs.length, designs);
  }
});
