import assert from "node:assert/strict";
import { test } from "node:test";
import { type Box, boxesAlong, placeNames } from "../../src/report/draw/place-names.ts";
import { textWidth } from "../../src/report/svg/element.ts";
import { createRng } from "../../src/rng.ts";

const FRAME = { left: 46, right: 548, top: 40, bottom: 360 };
const around = (x: number, y: number): Box => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 });
const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Where names stand, from the markup. */
function boxesOf(markup: readonly string[]): readonly Box[] {
  return markup.flatMap((text) => {
    const [, x, y, name = ""] = /<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)</.exec(text) ?? [];
    if (x === undefined) return [];
    const [left, base] = [Number(x), Number(y)];
    // Of a font of 10 pixels.
    return [{ left, right: left + textWidth(name, 10), top: base - 8, bottom: base + 2 }];
  });
}

test("names cover neither points nor lines nor each other, however crowded", () => {
  const rng = createRng(5);
  for (let i = 0; i < 200; i++) {
    const spread = i % 2 === 0 ? 300 : 20;
    const points = Array.from({ length: 12 }, (_, at) => ({
      name: `conv${at}_x.3x3`,
      x: 200 + rng() * spread,
      y: 100 + rng() * spread * 0.5,
    }));
    const marks = [...points.map(({ x, y }) => around(x, y)), ...boxesAlong([46, 300], [400, 60])];

    const names = boxesOf(placeNames(points.slice(0, 4), marks, [], FRAME));

    assert.ok(names.length > 0);
    for (const [at, name] of names.entries()) {
      assert.ok(!marks.some((mark) => overlap(name, mark)), `round ${i}`);
      assert.ok(!names.slice(at + 1).some((other) => overlap(name, other)), `round ${i}`);
      assert.ok(name.left >= FRAME.left && name.right <= FRAME.right && name.bottom <= FRAME.bottom + 2);
    }
  }
});

test("a lone point has its name beside it, one among others a line that leads to it", () => {
  const [lone] = placeNames([{ name: "fc", x: 100, y: 100 }], [around(100, 100)], [], FRAME);
  const crowd = [around(100, 100), around(112, 100), around(88, 100), around(100, 112), around(100, 88)];

  assert.match(lone ?? "", /<text x="107"/);
  assert.match(
    placeNames([{ name: "fc", x: 100, y: 100 }], crowd, [], FRAME).join(""),
    /<path class="axis" d="M100 100L/,
  );
});
