import assert from "node:assert/strict";
import { createRng } from "../../src/rng.ts";
import { createProgram } from "../../src/rtl/program.ts";
import type { RunResult, Simulator } from "../../src/rtl/simulator.ts";
import { type RandomProgram, randomOperands, randomProgram } from "./random-program.ts";
import { convolve } from "./reference.ts";
import { countTraffic } from "./traffic.ts";

/** Cycles after which a run with nothing moving is a deadlock: above the slowest single transfer of the random machines. */
const WATCHDOG = 20_000;

/** Runs the random case of a seed on data and holds it to everything that is known about it. */
export function checkRandomRun(simulator: Simulator, seed: number): RunResult {
  const rng = createRng(seed, simulator.dim);
  const one = randomProgram(simulator.dim, rng);
  const program = createProgram(one.machine, one.layer, one.mapping, { reuse: one.reuse });
  const operands = randomOperands(one.layer, rng);
  const name = `seed ${seed} dim ${simulator.dim}: ${JSON.stringify(one)}`;

  const result = simulator.runData(program, operands, { watchdogCycles: WATCHDOG });

  assert.equal(result.status, "done", name);
  const outputs = convolve(one.layer, operands);
  const wrong = outputs.findIndex((value, i) => value !== result.outputs[i]);
  assert.equal(
    wrong,
    -1,
    `output ${wrong} is ${result.outputs[wrong]} instead of ${outputs[wrong]}, ${name}`,
  );
  checkCounters(result, one, program.image, name);
  return result;
}

/** Traffic against an independent count, cycles against their sum and the limits of the machine. */
export function checkCounters(
  { cycles, counters }: RunResult,
  { machine, layer, mapping, reuse }: RandomProgram,
  at: Parameters<typeof countTraffic>[0]["at"],
  name: string,
): void {
  const { dim, busBytes, dramBytesPerCycle } = machine;
  const traffic = countTraffic({ layer, mapping, dim, busBytes, reuse, at });
  const counted = Object.fromEntries(
    Object.keys(traffic).map((key) => [key, counters[key as keyof typeof counters]]),
  );
  assert.deepEqual(counted, traffic, name);

  const spent = Object.entries(counters).filter(([key]) => /^execute/.test(key));
  assert.equal(
    spent.reduce((sum, [, value]) => sum + value, 0),
    cycles,
    name,
  );
  assert.ok(cycles >= counters.executeRows, name);
  assert.ok(cycles >= counters.scratchpadWrites, name);
  const beats = counters.readBeats + counters.writeBeats;
  assert.ok(beats <= cycles, name);
  // The bucket holds one beat and one cycle's worth at the start.
  assert.ok(beats * busBytes <= (cycles + 1) * dramBytesPerCycle + busBytes, name);
  assert.ok(cycles >= counters.tiles * machine.tileIssueCycles, name);
}
