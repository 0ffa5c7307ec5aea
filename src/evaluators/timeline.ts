import { type TraceSpan, UNITS } from "../rtl/trace.ts";

/** The spans of one design. */
export interface Track {
  readonly name: string;
  readonly spans: readonly TraceSpan[];
}

/**
 * Spans in the trace event format of Chrome, which Perfetto and chrome://tracing show: a process a design, a thread a unit, a
 * complete event a tile. A microsecond there is a cycle here.
 */
export function formatTimeline(tracks: readonly Track[]): string {
  const events = tracks.flatMap(({ name, spans }, index) => {
    const pid = index + 1;
    return [
      { ph: "M", name: "process_name", pid, args: { name } },
      ...UNITS.map((unit, tid) => ({ ph: "M", name: "thread_name", pid, tid, args: { name: unit } })),
      ...spans.map(({ unit, tile, startCycle, endCycle }) => ({
        ph: "X",
        name: `tile ${tile}`,
        cat: unit,
        pid,
        tid: UNITS.indexOf(unit),
        ts: startCycle,
        dur: endCycle - startCycle,
      })),
    ];
  });
  const lines = events.map((event) => JSON.stringify(event)).join(",\n");
  return `{"displayTimeUnit":"ms","otherData":{"unit":"1 us = 1 cycle"},"traceEvents":[\n${lines}\n]}\n`;
}
