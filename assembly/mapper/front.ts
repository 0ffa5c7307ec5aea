/** The best (latency, energy) pairs found so far: latency ascending, energy descending. */
import {
  CHOICE_BYTES, FRONT_CHOICE, FRONT_COUNT, FRONT_ENERGY, FRONT_ENTRIES, FRONT_ENTRY_BYTES, FRONT_FULL, FRONT_KEEP_PARETO,
  FRONT_LATENCY, FRONT_ROOM,
} from "../../src/kernels/mapper-layout";

// @ts-ignore: decorator
@inline
function entry(front: usize, index: i32): usize {
  return front + FRONT_ENTRIES + <usize>index * FRONT_ENTRY_BYTES;
}

/** Entries whose latency is at most `latency`. */
function upTo(front: usize, latency: f64): i32 {
  let low = 0;
  let high = load<i32>(front, FRONT_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(entry(front, middle), FRONT_LATENCY) <= latency) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether a point lies below the front: no entry is as good in both, and, unless every non-dominated pair is kept, it lies
 * below the line between its neighbours.
 */
export function below(front: usize, latency: f64, energy: f64): bool {
  const after = upTo(front, latency);
  if (after == 0) return true;
  const left = entry(front, after - 1);
  const leftEnergy = load<f64>(left, FRONT_ENERGY);
  if (energy >= leftEnergy) return false;
  if (load<i32>(front, FRONT_KEEP_PARETO) != 0 || after == load<i32>(front, FRONT_COUNT)) return true;
  return turnsLeft(
    load<f64>(left, FRONT_LATENCY), leftEnergy, latency, energy,
    load<f64>(entry(front, after), FRONT_LATENCY), load<f64>(entry(front, after), FRONT_ENERGY),
  );
}

/** Whether b lies strictly below the line from a to c. */
// @ts-ignore: decorator
@inline
function turnsLeft(ax: f64, ay: f64, bx: f64, by: f64, cx: f64, cy: f64): bool {
  return (cx - ax) * (by - ay) < (cy - ay) * (bx - ax);
}

/** Puts a point that lies below the front into it, with its choice, and takes out what it beats; marks a front that is full. */
export function insert(front: usize, latency: f64, energy: f64, choice: usize): void {
  let count = load<i32>(front, FRONT_COUNT);
  let first = upTo(front, latency);
  // An entry of the same latency has more energy, or the point would not lie below.
  if (first > 0 && load<f64>(entry(front, first - 1), FRONT_LATENCY) == latency) first--;
  let last = first;
  while (last < count && load<f64>(entry(front, last), FRONT_ENERGY) >= energy) last++;
  if (load<i32>(front, FRONT_KEEP_PARETO) == 0) {
    while (first > 1 && !convex(front, first - 2, first - 1, latency, energy)) first--;
    while (last + 1 < count && !convexAfter(front, latency, energy, last, last + 1)) last++;
  }
  if (count - (last - first) >= load<i32>(front, FRONT_ROOM) || !reserve(entry(front, count + 2))) {
    store<i32>(front, 1, FRONT_FULL);
    return;
  }
  memory.copy(entry(front, first + 1), entry(front, last), <usize>(count - last) * FRONT_ENTRY_BYTES);
  count += 1 - (last - first);
  store<i32>(front, count, FRONT_COUNT);
  const at = entry(front, first);
  store<f64>(at, latency, FRONT_LATENCY);
  store<f64>(at, energy, FRONT_ENERGY);
  memory.copy(at + FRONT_CHOICE, choice, CHOICE_BYTES);
}

function convex(front: usize, a: i32, b: i32, latency: f64, energy: f64): bool {
  return turnsLeft(
    load<f64>(entry(front, a), FRONT_LATENCY), load<f64>(entry(front, a), FRONT_ENERGY),
    load<f64>(entry(front, b), FRONT_LATENCY), load<f64>(entry(front, b), FRONT_ENERGY), latency, energy,
  );
}

function convexAfter(front: usize, latency: f64, energy: f64, b: i32, c: i32): bool {
  return turnsLeft(
    latency, energy, load<f64>(entry(front, b), FRONT_LATENCY), load<f64>(entry(front, b), FRONT_ENERGY),
    load<f64>(entry(front, c), FRONT_LATENCY), load<f64>(entry(front, c), FRONT_ENERGY),
  );
}

/** Grows the memory so that `end` lies inside; false if there is no more to have. */
export function reserve(end: usize): bool {
  const pages = <i32>((end + 0xffff) >> 16) - memory.size();
  return pages <= 0 || memory.grow(max(pages, 16)) >= 0 || memory.grow(pages) >= 0;
}
