/** The event-driven model of our RTL (rtl/): cycles and counters of candidates of one layer on one machine. */
import { ANSWER_BYTES, ANSWER_CYCLES, TILING_BYTES } from "../../src/kernels/machine-layout";
import { count } from "./counters";
import { KIND_TABLE_BYTES, openKinds } from "./kind";
import { CLOCKS, finish, openClocks } from "./tile";
import { openMachine, openTiling } from "./tiling";
import { walk } from "./walk";

/** Numbers the candidates that this instance has seen, so that tables need not be cleared. */
let candidates: f64 = 0;

/**
 * Simulates `count` candidates that lie one after another.
 *
 * @param scratch MACHINE_SCRATCH_BYTES for this thread alone, zero when it is first used
 */
export function simulateMachine(machine: usize, tilings: usize, candidateCount: i32, answers: usize, scratch: usize): void {
  openMachine(machine);
  const clocks = scratch + KIND_TABLE_BYTES;
  for (let i = 0; i < candidateCount; i++) {
    openTiling(tilings);
    openKinds(scratch, ++candidates);
    openClocks(clocks);
    walk(clocks + (<usize>CLOCKS << 3));
    store<f64>(answers, Math.round(finish()), ANSWER_CYCLES);
    count(answers);
    tilings += TILING_BYTES;
    answers += ANSWER_BYTES;
  }
}
