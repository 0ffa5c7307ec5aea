/** Random numbers for walks: sfc32 (Chris Doty-Humphrey, PractRand), its state in the space. */
import { SPACE_RANDOM } from "../../src/kernels/walk-layout";

function next(space: usize): u32 {
  const a = load<u32>(space, SPACE_RANDOM);
  const b = load<u32>(space, SPACE_RANDOM + 4);
  const c = load<u32>(space, SPACE_RANDOM + 8);
  const counter = load<u32>(space, SPACE_RANDOM + 12);
  const sum = a + b + counter;
  store<u32>(space, b ^ (b >>> 9), SPACE_RANDOM);
  store<u32>(space, c + (c << 3), SPACE_RANDOM + 4);
  store<u32>(space, ((c << 21) | (c >>> 11)) + sum, SPACE_RANDOM + 8);
  store<u32>(space, counter + 1, SPACE_RANDOM + 12);
  return sum;
}

/** Uniform in (0, 1), never 0. */
export function uniform(space: usize): f64 {
  return (<f64>next(space) + 0.5) / 4294967296;
}

/** A whole number from 0 to `count` - 1. */
export function below(space: usize, count: i32): i32 {
  return <i32>((<u64>next(space) * <u64>count) >> 32);
}

/** A step of either sign, from 1 up to `most`, all of its powers of two alike likely. */
export function leap(space: usize, most: i32): i32 {
  const size = 1 + below(space, min(most, 1 << below(space, 33 - clz(most))));
  return below(space, 2) == 0 ? size : -size;
}
