import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COUNTERS } from "../../src/rtl/counters.ts";
import {
  blocksPerRequest,
  CONFIG_FIELDS,
  FLAGS,
  REQUEST_BYTES,
  TILE_FIELDS,
  TILE_WORDS,
} from "../../src/rtl/descriptor.ts";

const source = (name: string): string => readFileSync(new URL(`../../rtl/${name}`, import.meta.url), "utf8");
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Fields of a packed struct, first word first. */
function fields(struct: string): string[] {
  const [, body = ""] =
    new RegExp(`typedef struct packed \\{([^}]*)\\} ${struct};`).exec(source("polaris_pkg.sv")) ?? [];
  return [...body.matchAll(/logic \[31:0\] (\w+);/g)].map(([, name]) => name as string).reverse();
}

test("configuration and tile descriptor have the same words in the RTL as on the host", () => {
  assert.deepEqual(fields("config_t"), [...CONFIG_FIELDS]);
  assert.deepEqual(fields("tile_t"), [...TILE_FIELDS]);
  assert.match(source("polaris_pkg.sv"), new RegExp(`TILE_BITS = ${32 * TILE_WORDS};`));
});

test("flags have the same bits", () => {
  const bits = [...source("polaris_pkg.sv").matchAll(/FLAG_(\w+) += (\d+);/g)].map(([, name = "", bit]) => [
    name.toLowerCase(),
    1 << Number(bit),
  ]);

  assert.deepEqual(
    Object.fromEntries(bits),
    Object.fromEntries(Object.entries(FLAGS).map(([name, mask]) => [snake(name), mask])),
  );
});

test("counters come out in the order of their names", () => {
  const cases = [...source("polaris_sim.sv").matchAll(/6'd(\d+): counter_value = (?:n_)?([^;]+);/g)];
  /** Counts that are read under another name. */
  const shared: Readonly<Record<string, string>> = {
    tiles: "64'(tiles_stored)",
    scratchpad_input_reads: "execute_rows",
    accumulator_store_reads: "store_rows",
  };

  assert.deepEqual(
    cases.map(([, index]) => Number(index)),
    COUNTERS.map((_, i) => i),
  );
  assert.deepEqual(
    cases.map(([, , name]) => name),
    COUNTERS.map((name) => shared[snake(name)] ?? snake(name)),
  );
  assert.match(source("harness/machine.cpp"), new RegExp(`kCounters = ${COUNTERS.length};`));
});

test("a request carries 64 bytes, or one row of a wider array", () => {
  assert.match(source("polaris_pkg.sv"), new RegExp(`REQUEST_BYTES = ${REQUEST_BYTES};`));
  assert.deepEqual([4, 8, 16, 32, 64, 128].map(blocksPerRequest), [16, 8, 4, 2, 1, 1]);
});
