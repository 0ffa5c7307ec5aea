import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import {
  coveredBound,
  formatMapping,
  fromMapping,
  LEVELS,
  type Loop,
  type Mapping,
  parseMapping,
  toMapping,
} from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { DIMS } from "../../src/workload/layer.ts";

/** Any mapping that the notation can write, valid on some layer or not. */
function randomMapping(rng: Rng): Mapping {
  const loops = (): readonly Loop[] =>
    DIMS.map((dim) => ({ dim, bound: 2 + Math.floor(rng() ** 4 * 1e6), key: rng() }))
      .filter(() => rng() < 0.5)
      .sort((a, b) => a.key - b.key)
      .map(({ dim, bound }) => ({ dim, bound }));
  const [dram, scratchpad, accumulator, register] = [loops(), loops(), loops(), loops()];
  const spatial = (): number => (rng() < 0.3 ? 1 : 1 + Math.floor(rng() * 128));
  return {
    loops: { dram, scratchpad, accumulator, register },
    spatialK: spatial(),
    spatialC: spatial(),
  };
}

test("a mapping comes back from its text and from its numeric form as it was", () => {
  const raw = new RawMapping();
  for (let seed = 1; seed <= 5000; seed++) {
    const mapping = randomMapping(createRng(seed));

    const text = formatMapping(mapping);

    assert.deepEqual(parseMapping(text), mapping, `seed ${seed}: ${text}`);
    assert.equal(formatMapping(parseMapping(text)), text, `seed ${seed}`);
    assert.deepEqual(toMapping(fromMapping(mapping, raw)), mapping, `seed ${seed}: ${text}`);
    for (const [index, dim] of DIMS.entries()) {
      assert.equal(raw.coveredBound(index), coveredBound(mapping, dim), `seed ${seed}: ${dim}`);
    }
    for (let level = 0; level < LEVELS.length; level++) {
      const ranks = DIMS.map((_, dim) => ((raw.orders[level] as number) >>> (4 * dim)) & 15);
      assert.deepEqual(
        ranks.toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6],
        `seed ${seed}`,
      );
    }
  }
});

test("published texts are written as they were read", () => {
  for (const text of [
    "L3[WIO] P28 Q56 - L2[WI] N1 K4X - L1[O] S7 C3X - L0[W] P4",
    "L3[WIO] N1 - L2[WI] N1 - L1[O] N1 - L0[W] N1",
  ]) {
    assert.equal(formatMapping(parseMapping(text)), text);
  }
});

test("loops of bound 1 are placeholders wherever they stand", () => {
  const text = "L3[WIO] N1 P28 K1 Q56 - L2[WI] R1 K4X - L1[O] S7 Q1 C3X - L0[W] P4 C1";

  const mapping = parseMapping(text);

  assert.equal(formatMapping(mapping), "L3[WIO] P28 Q56 - L2[WI] N1 K4X - L1[O] S7 C3X - L0[W] P4");
});

/** Text, character at fault, what is expected there. */
const BAD: readonly (readonly [string, number, RegExp])[] = [
  ["", 1, /"L3\[WIO\]", found the end/],
  ["L3[WI] P4", 1, /"L3\[WIO\]", found "L3\[WI\] P4"/],
  ["L3[WIO] - L2[WI] N1", 8, /at least one loop \(N1/],
  ["L3[WIO] M4", 9, /a loop such as P28 \(dims N K C P Q R S\), found "M4"/],
  ["L3[WIO] P", 10, /a factor from 1 to 2\^24, found the end/],
  ["L3[WIO] P0", 10, /a factor from 1 to 2\^24/],
  ["L3[WIO] P-4", 10, /a factor/],
  ["L3[WIO] P16777217", 10, /a factor/],
  ["L3[WIO] P99999999999999999999", 10, /a factor/],
  ["L3[WIO] P4 P7", 12, /one P loop at L3/],
  ["L3[WIO] K4X", 9, /no spatial factor at L3/],
  ["L3[WIO] P4 - L2[WI] C4X", 21, /K as the spatial factor at L2/],
  ["L3[WIO] P4 - L2[WI] K4X K2X", 25, /one spatial factor at L2/],
  ["L3[WIO] P4 - L2[WI] K4X N1", 25, /temporal loops before the spatial factor/],
  ["L3[WIO] P4 - L1[O] N1", 14, /"L2\[WI\]"/],
  ["L3[WIO] P4 - L2[WI] N1 - L1[O] N1", 34, /"-", found the end/],
  ["L3[WIO] P4 - L2[WI] N1 - L1[O] N1 - L0[W] N1 ", 46, /a loop/],
  ["L3[WIO] P4 - L2[WI] N1 - L1[O] N1 - L0[W] N1\n", 45, /the end of the mapping/],
  [`L3[WIO] ${"P4 ".repeat(400)}`, 1, /at most 1024 characters, found .*\(1208 characters\)/],
];
for (const [text, character, expected] of BAD) {
  test(`"${text.trim().slice(0, 40)}" is refused at character ${character}`, () => {
    assert.throws(
      () => parseMapping(text),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.problem.where, `character ${character}`, error.message);
        assert.match(error.message, expected);
        return true;
      },
    );
  });
}
