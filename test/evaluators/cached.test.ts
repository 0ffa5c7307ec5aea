import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { createCachedEvaluator } from "../../src/evaluators/cached.ts";
import { openResultStore } from "../../src/evaluators/result-store.ts";
import { createAnalyticalEvaluator } from "../../src/fidelity/analytical.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import type { Evaluator, Outcome } from "../../src/fidelity/evaluator.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { candidates, counting, INVALID } from "./cases.ts";

const folder = mkdtempSync(join(tmpdir(), "polaris-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;
const fresh = (): string => join(folder, String(folders++));

const OWNER = { fidelity: "analytical", identity: "test model 1" } as const;
const module = await loadModule();
const analytical = async (): Promise<Evaluator> => createAnalyticalEvaluator(await createEngine(module));

async function cachedIn(
  path: string,
  inner: Evaluator,
  owner: Parameters<typeof openResultStore>[1] = OWNER,
) {
  return createCachedEvaluator(inner, { store: await openResultStore(path, owner) });
}

/** Entries of all evaluators in a store. */
function entries(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(path, name));
}

testEvaluator("cached", {
  create: async () => cachedIn(fresh(), await analytical()),
  valid: candidates(8),
  invalid: INVALID,
});

test("a second run asks the evaluator for nothing and has the same outcomes, infeasible ones too", async () => {
  const path = fresh();
  const asked = [...candidates(20), INVALID];
  const first = await (await cachedIn(path, await analytical())).evaluate(asked);
  const inner = counting(await analytical());
  const second = await cachedIn(path, inner);

  assert.deepEqual(await second.evaluate(asked), first);
  assert.equal(inner.asked.length, 0);
  assert.deepEqual(second.statistics(), { reused: 21, evaluated: 0 });
});

test("a signal that comes while the store is read ends the evaluation, whatever is on record", async () => {
  const path = fresh();
  await (await cachedIn(path, await analytical())).evaluate(candidates(2));
  const store = await openResultStore(path, OWNER);
  const controller = new AbortController();
  const slow = {
    ...store,
    get: async (question: string) => {
      controller.abort(new Error("enough"));
      return store.get(question);
    },
  };
  const cached = createCachedEvaluator(await analytical(), { store: slow });

  await assert.rejects(cached.evaluate(candidates(2), controller.signal), /enough/);
  assert.equal(cached.statistics().reused, 0);
});

test("a candidate that comes twice, or written with loops of bound 1, is evaluated once", async () => {
  const inner = counting(await analytical());
  const cached = await cachedIn(fresh(), inner);
  const [one] = candidates(1);
  assert.ok(one);
  const { dram, ...rest } = one.mapping.loops;
  const padded = {
    ...one,
    mapping: { ...one.mapping, loops: { ...rest, dram: [...dram, { dim: "N", bound: 1 } as const] } },
  };

  const outcomes = await cached.evaluate([one, one, padded]);

  assert.equal(inner.asked.length, 1);
  assert.deepEqual(outcomes[1], outcomes[0]);
  assert.deepEqual(outcomes[2], outcomes[0]);
});

test("another identity, another layer, another memory or another mapping is another question", async () => {
  const path = fresh();
  const [one, two] = candidates(2);
  assert.ok(one && two);
  await (await cachedIn(path, await analytical())).evaluate([one]);
  const other = counting(await analytical());
  await (await cachedIn(path, other, { ...OWNER, identity: "test model 2" })).evaluate([one]);
  const same = counting(await analytical());
  await (await cachedIn(path, same)).evaluate([
    two,
    { ...one, shape: { ...one.shape, Wdilation: 2 } },
    { ...one, hardware: { ...one.hardware, accumulatorRows: one.hardware.accumulatorRows + 1 } },
    { ...one, hardware: { ...one.hardware, dramBandwidthWords: 16 } },
    one,
  ]);

  assert.equal(other.asked.length, 1);
  assert.equal(same.asked.length, 4);
});

test("an entry that is torn at any byte, altered, or of another question is evaluated again and mended", async () => {
  const path = fresh();
  const asked = candidates(2);
  const truth = await (await cachedIn(path, await analytical())).evaluate(asked);
  const [file, other] = entries(path) as [string, string];
  const whole = readFileSync(file, "utf8");
  const damage: (() => void)[] = [
    () =>
      writeFileSync(
        file,
        whole.replace(/\d(?=\D*$)/, (digit) => (digit === "0" ? "1" : "0")),
      ),
    () => writeFileSync(file, whole.replace(/latencyCycles":\d/, 'latencyCycles":7')),
    () => writeFileSync(file, readFileSync(other)),
    () => writeFileSync(file, "not json\n\n"),
    ...[0, 1, 60, whole.length - 70, whole.length - 1].map((length) => () => truncateSync(file, length)),
  ];
  for (const harm of damage) {
    harm();
    const inner = counting(await analytical());

    assert.deepEqual(await (await cachedIn(path, inner)).evaluate(asked), truth);
    assert.equal(inner.asked.length, 1, harm.toString());
    assert.equal(readFileSync(file, "utf8"), whole);
  }
});

test("failures are told and not kept", async () => {
  let calls = 0;
  const failing: Evaluator = {
    fidelity: "rtl",
    evaluate: async (given) => given.map((): Outcome => ({ status: "failed", reason: `no ${++calls}` })),
    close: async () => undefined,
  };
  const cached = await cachedIn(fresh(), failing);

  assert.deepEqual(await cached.evaluate(candidates(1)), [{ status: "failed", reason: "no 1" }]);
  assert.deepEqual(await cached.evaluate(candidates(1)), [{ status: "failed", reason: "no 2" }]);
});

test("a store that cannot be written costs the record, not the run", async () => {
  const faults: unknown[] = [];
  const full = async (): Promise<never> => {
    throw new Error("disk full");
  };
  const cached = createCachedEvaluator(await analytical(), {
    store: { get: full, set: full },
    onFault: (error) => faults.push(error),
  });

  const [outcome] = await cached.evaluate(candidates(1));

  assert.equal(outcome?.status, "priced");
  assert.equal(faults.length, 2);
});

test("files that a killed process was writing are swept away once they are old", async () => {
  const path = fresh();
  await (await cachedIn(path, await analytical())).evaluate(candidates(1));
  const [entry] = entries(path) as [string];
  const [old, young] = [`${entry}.a.tmp`, `${entry}.b.tmp`];
  writeFileSync(old, "{");
  writeFileSync(young, "{");
  utimesSync(old, 1, 1);

  await openResultStore(path, OWNER);

  const left = readdirSync(join(entry, "..")).filter((name) => name.endsWith(".tmp"));
  assert.deepEqual(left, [young.slice(young.lastIndexOf("/") + 1)]);
});

test("processes that share a store and are killed at any moment leave only whole, true entries", async () => {
  const path = fresh();
  const program = fileURLToPath(new URL("fixtures/fill-cache.ts", import.meta.url));
  const child = () =>
    spawn(process.execPath, ["-C", "polaris-source", "--import", "tsx", program, path, "400"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  const doomed = child();
  const lasting = child();
  const ended = once(lasting, "close");
  await once(doomed.stdout, "data");
  doomed.kill("SIGKILL");
  await ended;

  const truth = await (await analytical()).evaluate(candidates(400));
  const inner = counting(await analytical());
  assert.deepEqual(await (await cachedIn(path, inner)).evaluate(candidates(400)), truth);
  assert.equal(inner.asked.length, 0);
});
