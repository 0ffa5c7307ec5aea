import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMapping } from "../../src/space/mapping.ts";
import { unusable } from "../../src/tune/cleaning.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const whole = "L2[WI] N1 - L1[O] N1 - L0[W] N1";

test("tiles of one output and one tap are unusable from five taps on, the outermost of which is two pixels out", () => {
  // At three taps the outermost one is next to the input: the harness counts no columns, and none below none.
  for (const [taps, bad] of [
    [3, false],
    [5, true],
    [7, true],
  ] as const) {
    const shape = toLayerShape({ P: 8, Q: 8, R: taps, S: taps });
    const one = parseMapping(`L3[WIO] P8 Q8 R${taps} S${taps} - ${whole}`);
    const all = parseMapping(`L3[WIO] P8 Q8 - L2[WI] N1 - L1[O] R${taps} S${taps} - L0[W] N1`);

    assert.equal(unusable(shape, one) !== undefined, bad, `${taps} taps`);
    assert.equal(unusable(shape, all), undefined, `${taps} taps in one tile`);
  }
});

test("layers that the harness cannot run are unusable, each with its reason", () => {
  const mapping = parseMapping(`L3[WIO] P8 Q8 R3 S3 - ${whole}`);
  const of = (steps: Readonly<Record<string, number>>) =>
    unusable(toLayerShape({ P: 8, Q: 8, R: 3, S: 3, ...steps }), mapping);

  assert.match(of({ Wdilation: 2, Hdilation: 2 }) ?? "", /dilated/);
  assert.match(of({ Wdilation: 1, Hdilation: 2 }) ?? "", /dilated/);
  assert.match(of({ Wstride: 2 }) ?? "", /one stride/);
  assert.equal(of({}), undefined);
});
