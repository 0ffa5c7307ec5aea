/** How many cache lines and bus beats the rows of a tile touch, on average over where they begin. */

/** Bytes of a cache line, and most of a DMA request. */
export const LINE: f64 = 64;
/** Bytes of a bus beat. */
const BEAT: f64 = 16;

/** Largest power of two, at most 64, that divides both counts. */
export function commonAlignment(a: f64, b: f64): f64 {
  const bits = (<i32>a | <i32>b) | 64;
  return <f64>(bits & -bits);
}

/**
 * Mean units of `unit` bytes that `bytes` bytes touch which begin at a multiple of `step`: one more than they fill whenever the
 * offset and the rest cross a border.
 */
export function touched(bytes: f64, unit: f64, step: f64): f64 {
  const whole = floor((bytes - 1) / unit);
  if (step >= unit) return 1 + whole;
  const rest = bytes - 1 - whole * unit;
  return 1 + whole + floor(rest / step) * step / unit;
}

/** Mean beats of one request, where the packets of a request have power-of-two lengths. */
export function beats(bytes: f64, step: f64): f64 {
  const least = 1 + floor((bytes - 1) / BEAT);
  const more = touched(bytes, BEAT, step) - least;
  return (1 - more) * packed(least) + more * packed(least + 1);
}

// @ts-ignore: decorator
@inline
function packed(count: f64): f64 {
  return count == 3 ? 4 : count > 4 && count < 8 ? min(8.0, count + 1) : count;
}

/** Mean lines of a row of `bytes` bytes in requests of `request` bytes. */
export function requestLines(bytes: f64, request: f64, step: f64): f64 {
  const whole = floor(bytes / request);
  const rest = bytes - whole * request;
  return whole * touched(request, LINE, step) + (rest > 0 ? touched(rest, LINE, step) : 0);
}

export function requestBeats(bytes: f64, request: f64, step: f64): f64 {
  const whole = floor(bytes / request);
  const rest = bytes - whole * request;
  return whole * beats(request, step) + (rest > 0 ? beats(rest, step) : 0);
}

/** Lines that a row of `bytes` of `pitch` bytes fetches when it misses; `lines` are those that its requests touch. */
export function missLines(bytes: f64, pitch: f64, lines: f64): f64 {
  if (bytes >= pitch || pitch < LINE) return pitch / LINE;
  return min(lines, bytes / LINE + 1);
}
