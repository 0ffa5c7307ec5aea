import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseBatch, type Promotable } from "../../src/promotion/acquire.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { integer, pick } from "../mapper/random-case.ts";

/** 90 % of a normal distribution lie within so many deviations. */
const NINETY = 1.6449;

function randomDesign(rng: Rng): Promotable {
  const cost = Math.exp(rng());
  const width = 0.05 + 0.3 * rng();
  return {
    predicted: {
      design: {
        hardware: { peDim: pick([8, 16], rng), scratchpadKib: 64, accumulatorKib: 16 },
        mappings: [Array.from({ length: 4 }, () => pick(["a", "b", "c"], rng))],
      },
      sums: [],
      cyclesOnce: 0,
      cost,
      interval: { low: cost * Math.exp(-width), high: cost * Math.exp(width) },
    },
    runs: integer(rng, 0, 6),
  };
}

/** Mean of what ln(cost) is below the best, by a sum over its distribution. */
function improvement({ predicted: { cost, interval } }: Promotable, best: number): number {
  const deviation = Math.log(interval.high / interval.low) / (2 * NINETY);
  let [sum, weights] = [0, 0];
  for (let z = -8; z <= 8; z += 1 / 64) {
    const weight = Math.exp((-z * z) / 2);
    weights += weight;
    sum += weight * Math.max(0, Math.log(best) - Math.log(cost) - z * deviation);
  }
  return sum / weights;
}

/** Part of the layers that differ: all of them on another array. */
function apart({ predicted: { design: a } }: Promotable, { predicted: { design: b } }: Promotable): number {
  if (a.hardware.peDim !== b.hardware.peDim) return 1;
  const [own, other] = [a.mappings.flat(), b.mappings.flat()];
  return own.filter((mapping, i) => mapping !== other[i]).length / own.length;
}

test("each design chosen has the most expected improvement for its runs, times how far it is from those chosen before", () => {
  for (let i = 0; i < 60; i++) {
    const rng = createRng(71, i);
    const designs = Array.from({ length: 8 }, () => randomDesign(rng));
    const least = Math.min(...designs.map(({ predicted }) => predicted.cost));
    const best = i % 2 === 0 ? least * Math.exp(0.2 * (rng() - 0.5)) : undefined;
    const reference =
      best ?? designs.find(({ predicted }) => predicted.cost === least)?.predicted.interval.high ?? 0;

    const chosen = chooseBatch(designs, best, 4);

    assert.equal(new Set(chosen).size, 4);
    for (const [place, one] of chosen.entries()) {
      const before = chosen.slice(0, place);
      const value = (design: Promotable): number =>
        (improvement(design, reference) / Math.max(1, design.runs)) *
        Math.min(1, ...before.map((other) => apart(design, other)));
      for (const other of designs.filter((design) => !before.includes(design)))
        assert.ok(value(one) >= value(other) - 1e-5, JSON.stringify({ i, place, one, other }));
    }
  }
});
