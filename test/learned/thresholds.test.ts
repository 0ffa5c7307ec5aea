import assert from "node:assert/strict";
import { test } from "node:test";
import { energyWithin } from "../../src/learned/thresholds.ts";
import { cost, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { integer, pick } from "../mapper/random-case.ts";

const OBJECTIVES = ["edp", "ed2p", "weighted:0.3", "energy", "latency"].map((name) => parseObjective(name));

test("of all energies of a layer those are within a cost that some vertex of the others brings within it, equal ones too", () => {
  for (let i = 0; i < 3000; i++) {
    const rng = createRng(91, i);
    const objective = pick(OBJECTIVES, rng);
    const others = Array.from({ length: integer(rng, 1, 3) }, () => ({
      latencyCycles: integer(rng, 0, 1e6),
      energyPj: 1e9 * rng(),
    }));
    const count = integer(rng, 1, 5);
    const [latency, energy] = [integer(rng, 1, 1e6), 1e9 * rng()];
    const least = Math.min(
      ...others.map((other) =>
        cost(objective, other.latencyCycles + count * latency, other.energyPj + count * energy),
      ),
    );
    const which = JSON.stringify({ objective, others, count, latency, energy });

    assert.ok(energyWithin(objective, least, others, count, latency) >= energy, which);
    assert.ok(energyWithin(objective, least * (1 - 1e-6), others, count, latency) < energy, which);
  }
});
