import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimeline } from "../../src/evaluators/timeline.ts";

test("a timeline has a process for each design, a thread for each unit and a span for each tile", () => {
  const text = formatTimeline([
    { name: "a", spans: [{ unit: "store", tile: 3, startCycle: 10, endCycle: 15 }] },
    { name: "b", spans: [] },
  ]);

  const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
  assert.deepEqual(
    traceEvents.filter(({ ph, name }) => ph === "M" && name === "process_name").map(({ args }) => args),
    [{ name: "a" }, { name: "b" }],
  );
  assert.deepEqual(
    traceEvents.filter(({ ph, pid, name }) => ph === "M" && pid === 1 && name === "thread_name"),
    ["load", "execute", "store"].map((name, tid) => ({
      ph: "M",
      name: "thread_name",
      pid: 1,
      tid,
      args: { name },
    })),
  );
  assert.deepEqual(
    traceEvents.filter(({ ph }) => ph === "X"),
    [{ ph: "X", name: "tile 3", cat: "store", pid: 1, tid: 2, ts: 10, dur: 5 }],
  );
});
