import { InputError, type InputProblem } from "../errors.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import { area } from "../hardware/area.ts";
import type { Mapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { violations } from "../space/validity.ts";
import { readable, writeCsv, writeJson } from "./answer.ts";
import { ByteWriter } from "./byte-writer.ts";
import { createDosaReader, type DesignContext, MAPPING_COLUMN, readDesignMappingBytes } from "./dosa-row.ts";
import { type LineEnds, lineEnds } from "./line-ends.ts";
import type { Row } from "./row.ts";
import { RowReader } from "./row-reader.ts";

export { RESULT_COLUMNS } from "./answer.ts";

/** Whole records of a design table, and how to answer them. */
export interface Chunk {
  readonly header: readonly string[];
  /** Records with their line ends, as Latin-1. */
  readonly bytes: Uint8Array;
  readonly format: "csv" | "json";
  /** Write bad rows with a reason instead of stopping at the first. */
  readonly keepGoing: boolean;
}

export interface ChunkAnswer {
  /** The rows that were answered, in order: a CSV row ends with a line feed, a JSON row begins with a comma and one. */
  readonly bytes: Uint8Array;
  /** Records read, blank lines included: the next chunk's first record follows them. */
  readonly records: number;
  /** Rows in `bytes`. */
  readonly rows: number;
  readonly badRows: number;
  readonly lineEnds: LineEnds;
  /** The first bad record, counted from 0 within the chunk; nothing from it on was answered. */
  readonly error?: { readonly record: number; readonly problem: InputProblem };
}

/** Whatever evaluates chunks, several at a time. */
export interface ChunkPool {
  readonly workers: number;
  evaluateChunk(chunk: Chunk): Promise<ChunkAnswer>;
}

/** Bytes of the metrics before a row, as a rule. */
const METRICS_BYTES = 100;

/** What evaluates chunk after chunk, whatever their layers and accelerators. */
export function createChunkEvaluator(engine: LocalEngine): (chunk: Chunk) => ChunkAnswer {
  // Chunks of one table follow each other: what one has learnt of its layers and accelerators serves the next.
  let reader: RowReader | undefined;
  let header = "";
  return (chunk) => {
    const needed = JSON.stringify(chunk.header);
    if (!reader || header !== needed) {
      reader = new RowReader(createDosaReader(chunk.header));
      header = needed;
    }
    return evaluateChunk(engine, reader, chunk);
  };
}

function evaluateChunk(engine: LocalEngine, reader: RowReader, chunk: Chunk): ChunkAnswer {
  const { table } = reader;
  const intervals = engine.hasIntervals ?? false;
  const { rows, records } = reader.read(chunk.bytes);
  priceRows(engine, rows);

  const firstBad = chunk.keepGoing ? -1 : rows.findIndex((row) => row.problem !== undefined);
  const count = firstBad < 0 ? rows.length : firstBad;
  const out = new ByteWriter(chunk.bytes.length + count * METRICS_BYTES);
  let badRows = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as Row;
    if (row.problem) badRows++;
    if (chunk.format === "csv") writeCsv(row, chunk.keepGoing, intervals, table, out);
    else writeJson(row, intervals, table, out);
  }
  const answer = { bytes: out.finish(), records, rows: count, badRows, lineEnds: lineEnds(chunk.bytes) };
  const bad = rows[firstBad];
  if (!bad) return answer;
  return { ...answer, error: { record: bad.record, problem: readable(bad, table).problem } };
}

/** Prices rows, and writes what comes of it to them. */
function priceRows(engine: LocalEngine, rows: readonly Row[]): void {
  // Rows of one layer on one accelerator are priced together.
  const groups = new Map<DesignContext, Row[]>();
  for (const row of rows) {
    if (!row.context) continue;
    const unfit = engine.unfit?.(row.context.shape);
    const group = groups.get(row.context);
    if (unfit !== undefined)
      row.problem = new InputError({
        where: "prob",
        expected: "a layer that the model prices",
        found: unfit,
      });
    else if (group) group.push(row);
    else groups.set(row.context, [row]);
  }
  const mapping = new RawMapping();
  const { capacity } = engine.batch;
  for (const [context, group] of groups) {
    for (let first = 0; first < group.length; first += capacity) {
      priceBatch(engine, context, group.slice(first, first + capacity), mapping);
    }
  }
}

/** Prices rows that share a layer and an accelerator and fit the batch. */
function priceBatch(
  engine: LocalEngine,
  context: DesignContext,
  rows: readonly Row[],
  mapping: RawMapping,
): void {
  const { batch } = engine;
  const silicon = area(context.hardware);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Row;
    try {
      readDesignMappingBytes(row.bytes, row.mappingStart, row.mappingEnd, context, mapping);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      row.problem = error;
    }
    batch.writeRaw(i, mapping);
  }
  engine.evaluateNow(context.shape, context.hardware, rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Row;
    if (row.problem) continue;
    if (!batch.feasible(i)) {
      row.problem = misfit(batch.read(i), context);
      continue;
    }
    row.silicon = silicon;
    row.latencyCycles = batch.latencyCycles(i);
    row.energyUj = batch.energyPj(i) * 1e-6;
    row.edpJCycles = batch.edpJCycles(i);
    row.boundBy = batch.boundBy(i);
    if (!engine.hasIntervals) continue;
    row.latencyLow = batch.latencyLow(i);
    row.latencyHigh = batch.latencyHigh(i);
  }
}

/** Which rule an infeasible mapping breaks, by how much, and where. */
function misfit(mapping: Mapping, { shape, hardware }: DesignContext): InputError {
  const broken = violations(mapping, shape, hardware)[0];
  return new InputError({
    where: MAPPING_COLUMN,
    expected: `a mapping that fits (rule ${broken?.rule})`,
    found: broken?.message ?? "one that does not",
  });
}
