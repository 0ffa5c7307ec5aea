import type { InputError } from "../errors.ts";
import type { Area } from "../hardware/area.ts";
import type { BoundBy } from "../kernels/batch.ts";
import type { DesignContext } from "./dosa-row.ts";
import { latin1 } from "./latin1.ts";

/** One input row, and what became of it. */
export class Row {
  /** Counted from 0 within the chunk, blank lines included. */
  readonly record: number;
  /** What holds the record, from `start` to `end` as it stood and without its line end, and the text of its mapping. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  mappingStart = 0;
  mappingEnd = 0;
  context: DesignContext | undefined = undefined;
  /** What is wrong with it, instead of metrics. */
  problem: InputError | undefined = undefined;
  silicon: Area | undefined = undefined;
  latencyCycles = 0;
  energyUj = 0;
  edpJCycles = 0;
  boundBy: BoundBy = "compute";
  /** Ends of the interval, of models that predict one. */
  latencyLow = 0;
  latencyHigh = 0;

  constructor(record: number, bytes: Buffer, start: number, end: number) {
    this.record = record;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The record as Latin-1 text. */
  get line(): string {
    return latin1(this.bytes, this.start, this.end);
  }
}
