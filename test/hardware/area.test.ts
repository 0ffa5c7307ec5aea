import assert from "node:assert/strict";
import { test } from "node:test";
import { area } from "../../src/hardware/area.ts";
import { accessEnergies, sramAccessPj } from "../../src/hardware/energy.ts";
import { createHardware, type Hardware, parseHardware } from "../../src/hardware/hardware.ts";
import { ACCUMULATOR_AREAS, SCRATCHPAD_AREAS } from "../../src/hardware/sram-area-table.ts";

const GEMMINI = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
/** MAC and register of one PE. */
const PE_MM2 = 380.09e-6;

function sized(peDim: number, scratchpadRows: number, accumulatorRows: number): Hardware {
  return { ...GEMMINI, peDim, scratchpadRows, accumulatorRows };
}

/** |a / b - 1|, for sums in another order. */
function apart(a: number, b: number): number {
  return Math.abs(a / b - 1);
}

test("every tabulated scratchpad and accumulator has its tabulated area", () => {
  for (const [peDim, table] of SCRATCHPAD_AREAS) {
    for (const [rows, mm2] of table.filter(([rows]) => rows >= 64)) {
      const found = area(sized(peDim, rows, 8));

      assert.equal(found.source, "table", `${peDim} PEs, ${rows} rows`);
      assert.ok(apart(found.mm2, mm2 + peDim * 1e-6 + peDim * peDim * PE_MM2) < 1e-12, `${peDim}, ${rows}`);
    }
  }
  const scratchpad = area(sized(16, 8192, 8)).mm2 - 16e-6;
  for (const [rows, mm2] of ACCUMULATOR_AREAS) {
    const found = area(sized(16, 8192, rows));

    assert.equal(found.source, "table", `${rows} rows`);
    assert.ok(apart(found.mm2, scratchpad + 16 * mm2) < 1e-12, `${rows} rows`);
  }
});

test("between two tabulated sizes the area lies between theirs and is marked", () => {
  for (const [peDim, table] of SCRATCHPAD_AREAS) {
    for (let i = 1; i < table.length; i++) {
      const [low = 0, high = 0] = [table[i - 1]?.[0], table[i]?.[0]];
      const middle = Math.floor((low + high) / 2);
      if (low < 64 || middle === low) continue;
      const found = area(sized(peDim, middle, 128));
      const ends = [low, high].map((rows) => area(sized(peDim, rows, 128)).mm2);

      assert.equal(found.source, "interpolated", `${peDim} PEs, ${middle} rows`);
      assert.ok(found.mm2 >= Math.min(...ends) * (1 - 1e-12), `${peDim} PEs, ${middle} rows`);
      assert.ok(found.mm2 <= Math.max(...ends) * (1 + 1e-12), `${peDim} PEs, ${middle} rows`);
    }
  }
  assert.equal(area(sized(16, 8192, 70)).source, "interpolated");
});

test("an array size between two tabulated ones has an area between theirs and is marked", () => {
  for (let peDim = 3; peDim < 128; peDim++) {
    const sizes = [...SCRATCHPAD_AREAS.keys()];
    if (sizes.includes(peDim)) continue;
    const below = sizes.findLast((size) => size < peDim) ?? 0;
    const beyond = sizes.find((size) => size > peDim) ?? 0;
    // Of equal capacity, without the PEs and with the smallest accumulators.
    const memory = (side: number): number =>
      area(sized(side, (256 * 1024) / side, 8)).mm2 - side * 1e-6 - side * side * PE_MM2;
    const ends = [memory(below), memory(beyond)];

    assert.equal(area(sized(peDim, (256 * 1024) / peDim, 8)).source, "interpolated", `${peDim} PEs`);
    assert.ok(memory(peDim) >= Math.min(...ends) * (1 - 1e-9), `${peDim} PEs`);
    assert.ok(memory(peDim) <= Math.max(...ends) * (1 + 1e-9), `${peDim} PEs`);
  }
});

test("an array beyond the table is extrapolated from the nearest ones and says so", () => {
  const largest = area(sized(128, 2048, 128));

  const beyond = area(sized(256, 1024, 128));

  assert.equal(beyond.source, "extrapolated");
  assert.ok(beyond.mm2 > largest.mm2);
  assert.ok(beyond.mm2 - 256 * 256 * PE_MM2 < 8 * (largest.mm2 - 128 * 128 * PE_MM2));
  assert.equal(area(sized(1, 1024, 128)).source, "extrapolated");
  assert.equal(area(sized(16, 300_000, 128)).source, "extrapolated");
});

test("accumulators below 64 bytes cost a square micrometre each, and up to 64 rows as much as 64", () => {
  assert.equal(area(sized(16, 8192, 1)).mm2, area(sized(16, 8192, 15)).mm2);
  assert.equal(area(sized(16, 8192, 16)).mm2, area(sized(16, 8192, 64)).mm2);
  assert.equal(area(sized(16, 8192, 40)).source, "table");
  assert.ok(
    apart(area(sized(16, 8192, 16)).mm2 - area(sized(16, 8192, 15)).mm2, 16 * (0.00321856 - 1e-6)) < 1e-9,
  );
});

test("every accelerator of the design space has a positive, finite area and positive energies", () => {
  for (let peDim = 2; peDim <= 128; peDim++) {
    for (const kib of [1, 2, 3, 100, 2047, 2048]) {
      const hardware = createHardware({ peDim, scratchpadKib: kib, accumulatorKib: kib });
      const { mm2 } = area(hardware);

      assert.ok(Number.isFinite(mm2) && mm2 > 0, `${peDim} PEs, ${kib} KiB`);
      assert.ok(Object.values(accessEnergies(hardware)).every((pj) => pj > 0));
    }
  }
});

test("16 bits cost 1 pJ at 0.5 KiB and 6 pJ at 100 KiB", () => {
  assert.equal(sramAccessPj(16, 256), 1);
  assert.equal(sramAccessPj(16, 51_200), 6);
  assert.ok(apart(sramAccessPj(128, 6400), 8 * 6) < 1e-15);
});

test("access energies are those of the published parts", () => {
  const energies = accessEnergies(GEMMINI);

  assert.equal(energies.dramPj, 6400);
  assert.ok(apart(energies.macPj, 0.5608) < 1e-4);
  assert.equal(energies.scratchpadPj, sramAccessPj(128, 8192));
  assert.equal(energies.accumulatorPj, sramAccessPj(32, 512));
});

test("a memory that is no whole number of rows is rounded down", () => {
  const hardware = createHardware({ peDim: 12, scratchpadKib: 1, accumulatorKib: 1 });

  assert.equal(hardware.scratchpadRows, 85);
  assert.equal(hardware.scratchpadWords, 1020);
  assert.equal(hardware.accumulatorWords, 21);
});

test("hardware parameters keep to their ranges and keys", () => {
  const good = { peDim: 2, scratchpadKib: 1, accumulatorKib: 2048, bandwidth: "split" };
  assert.deepEqual(parseHardware(good, "hw.json"), good);
  for (const [bad, message] of [
    [{ ...good, peDim: 1 }, /^hw\.json: peDim: expected an integer from 2 to 128, found 1$/],
    [{ ...good, scratchpadKib: 2049 }, /^hw\.json: scratchpadKib: .* found 2049$/],
    [{ ...good, accumulatorKib: Number.NaN }, /^hw\.json: accumulatorKib: /],
    [{ ...good, scratchpadKb: 1 }, /^hw\.json: expected keys among .* found "scratchpadKb"$/],
    [null, /^hw\.json: expected a mapping .* found null$/],
  ] as const) {
    assert.throws(() => parseHardware(bad, "hw.json"), { name: "InputError", message });
  }
});
