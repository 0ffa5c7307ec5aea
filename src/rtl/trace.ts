/** Units whose work a trace shows. */
export const UNITS = ["load", "execute", "store"] as const;
export type Unit = (typeof UNITS)[number];

/** When a unit worked on a tile: from its first to its last cycle there, waiting included. */
export interface TraceSpan {
  readonly unit: Unit;
  readonly tile: number;
  readonly startCycle: number;
  readonly endCycle: number;
}

/** Words of a trace event in the machine's buffer: unit x 2 + (1 at the end), tile, cycle. */
export const TRACE_WORDS = 3;

/** Spans from the machine's events, which come in the order of cycles; a tile whose end is missing is left out. */
export function toSpans(events: Uint32Array): readonly TraceSpan[] {
  const open = new Map<Unit, number>();
  const spans: TraceSpan[] = [];
  for (let at = 0; at + TRACE_WORDS <= events.length; at += TRACE_WORDS) {
    const [code = 0, tile = 0, cycle = 0] = events.subarray(at, at + TRACE_WORDS);
    const unit = UNITS[code >> 1] as Unit;
    if ((code & 1) === 0) open.set(unit, cycle);
    else spans.push({ unit, tile, startCycle: open.get(unit) ?? cycle, endCycle: cycle });
  }
  return spans;
}
