import type { Writable } from "node:stream";
import { csvFormatRow, csvParseRows } from "d3-dsv";
import { InputError } from "../errors.ts";
import { REASON_COLUMN, resultColumns } from "./answer.ts";
import type { Chunk, ChunkAnswer, ChunkPool } from "./chunk.ts";
import { createDosaReader } from "./dosa-row.ts";
import { refuseEmptyTable } from "./empty-table.ts";
import { latin1ToUtf8 } from "./latin1.ts";
import { RecordCutter } from "./records.ts";

export interface CsvRequest {
  /** What the input is called in messages. */
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array>;
  /** Opens the output; called when the header has been found good, so a bad file replaces nothing. */
  readonly open: () => Promise<Writable>;
  readonly format: Chunk["format"];
  /** Write bad rows with a reason, and read with a warning what is else refused: a byte order mark, mixed line ends. */
  readonly keepGoing: boolean;
  /** The pool's model predicts intervals of the latency, which take two columns more. */
  readonly intervals?: boolean;
  /** Stops reading; what was read is still answered. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void;
  readonly onWarning?: (warning: InputError) => void;
}

export interface CsvSummary {
  /** Rows written, bad ones included. */
  readonly rows: number;
  readonly badRows: number;
  readonly interrupted: boolean;
}

/** Bytes of a job: some 3 ms of work, and little enough for many to be under way. */
const CHUNK_BYTES = 256 * 1024;
/** A record longer than this is none. */
const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Evaluates a design table of any size in bounded memory: one row out for each row in, in order.
 *
 * @throws InputError for the first bad row (unless `keepGoing`), when all rows before it have been written
 */
export async function evaluateCsv(pool: ChunkPool, request: CsvRequest): Promise<CsvSummary> {
  const { name, signal } = request;
  const lineEnds = createLineEndWatch(request);
  const cutter = new RecordCutter(CHUNK_BYTES, MAX_RECORD_BYTES);
  const inFlight: Promise<ChunkAnswer>[] = [];
  let output: OrderedOutput | undefined;
  let header: readonly string[] | undefined;
  let records = 1;
  let rows = 0;
  let badRows = 0;
  let bytesRead = 0;

  const settle = async (): Promise<void> => {
    const answer = await (inFlight.shift() as Promise<ChunkAnswer>);
    lineEnds.check(answer.lineEnds, records);
    await output?.write(answer.bytes);
    rows += answer.rows;
    badRows += answer.badRows;
    request.onProgress?.({ bytes: bytesRead, rows });
    if (answer.error) {
      const { record, problem } = answer.error;
      const row = `${name}: row ${records + record + 1}`;
      throw new InputError({ ...problem, where: `${row}: ${problem.where}` });
    }
    records += answer.records;
  };

  const dispatch = async (run: Uint8Array): Promise<void> => {
    let body = run;
    if (!header) {
      const first = readHeader(request, run);
      header = first.header;
      body = run.subarray(first.bytes);
      output = new OrderedOutput(await request.open(), request.format);
      await output.begin(header, request.keepGoing, request.intervals ?? false);
    }
    if (body.length === 0) return;
    inFlight.push(
      pool.evaluateChunk({
        header,
        bytes: body,
        format: request.format,
        keepGoing: request.keepGoing,
      }),
    );
    inFlight.at(-1)?.catch(() => undefined);
    while (inFlight.length > 2 * pool.workers + 1) await settle();
  };

  try {
    for await (const bytes of untilAborted(request.input, signal)) {
      if (signal?.aborted) break;
      bytesRead += bytes.length;
      const run = cutter.push(bytes);
      if (cutter.overlong) throw overlong(name, header);
      if (run) await dispatch(run);
    }
    if (!signal?.aborted) {
      const rest = cutter.finish();
      if (!header && rest.length === 0) refuseEmptyTable("", name);
      if (!header || rest.length > 0) await dispatch(rest);
    }
    while (inFlight.length > 0) await settle();
    await output?.end();
  } catch (error) {
    // A pool that is closed under an answer on its way breaks.
    await Promise.allSettled(inFlight);
    // Rows before the fault are whole and stay.
    await output?.end().catch(() => undefined);
    if (error instanceof InputError && rows > 0) {
      const hint =
        error.problem.hint ??
        `the ${rows === 1 ? "row before it is" : `${rows} rows before it are`} written; --keep-going writes bad rows with a reason`;
      throw new InputError({ ...error.problem, hint });
    }
    throw error;
  }
  return { rows, badRows, interrupted: signal?.aborted ?? false };
}

/** The input up to its end or the abort, even while it is idle, as a terminal or a pipe may be. */
async function* untilAborted(
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const iterator = input[Symbol.asyncIterator]();
  try {
    for (;;) {
      // A promise of its own for each step: racing one that outlives them all would keep every chunk in memory.
      const next = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
        if (signal?.aborted) return resolve(undefined);
        const stop = (): void => resolve(undefined);
        signal?.addEventListener("abort", stop, { once: true });
        const settled = (): void => signal?.removeEventListener("abort", stop);
        iterator.next().then(resolve, reject).finally(settled);
      });
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: an idle input would not answer.
    iterator.return?.().catch(() => undefined);
  }
}

/** Writes answers in order and waits while the sink is full. */
class OrderedOutput {
  private readonly sink: Writable;
  private readonly format: Chunk["format"];
  private first = true;
  private failed: Error | undefined;

  constructor(sink: Writable, format: Chunk["format"]) {
    this.sink = sink;
    this.format = format;
    sink.on("error", (error) => {
      this.failed = error;
    });
  }

  async begin(header: readonly string[], keepGoing: boolean, intervals: boolean): Promise<void> {
    if (this.format === "json") return this.put('{"version":1,"rows":[');
    const columns = [...resultColumns(intervals), ...(keepGoing ? [REASON_COLUMN] : []), ...header];
    await this.put(Buffer.from(`${csvFormatRow(columns)}\n`, "latin1"));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    // JSON rows begin with the comma that parts them from the row before.
    const skip = this.format === "json" && this.first ? 1 : 0;
    this.first = false;
    await this.put(bytes.subarray(skip));
  }

  async end(): Promise<void> {
    if (this.format === "json") await this.put("\n]}\n");
    await new Promise<void>((resolve, reject) => {
      const done = (): void => (this.failed ? reject(this.failed) : resolve());
      if (this.sink === process.stdout || this.failed) this.sink.write("", done);
      else this.sink.end(done);
    });
  }

  private async put(bytes: Uint8Array | string): Promise<void> {
    if (this.failed) throw this.failed;
    await new Promise<void>((resolve, reject) => {
      this.sink.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** The header row, checked, and the bytes it takes with what comes before it. */
function readHeader(
  request: CsvRequest,
  run: Uint8Array,
): { readonly header: readonly string[]; readonly bytes: number } {
  const { name } = request;
  if ((run[0] === 0xff && run[1] === 0xfe) || (run[0] === 0xfe && run[1] === 0xff)) {
    throw new InputError({
      where: `${name}: row 1`,
      expected: "UTF-8 text",
      found: "UTF-16",
      hint: "save the table as UTF-8 CSV",
    });
  }
  let start = 0;
  if (run[0] === 0xef && run[1] === 0xbb && run[2] === 0xbf) {
    start = 3;
    warn(
      request,
      new InputError({
        where: `${name}: row 1, column 1`,
        expected: "text",
        found: "a byte order mark",
      }),
    );
  }
  const end = headerEnd(run, start);
  const text = Buffer.from(run.buffer, run.byteOffset + start, end - start).toString("latin1");
  const header = csvParseRows(text)[0] ?? [];
  if (text.includes("\0")) {
    throw new InputError({ where: `${name}: row 1`, expected: "a CSV table", found: "binary data" });
  }
  try {
    createDosaReader(header.map(latin1ToUtf8));
  } catch (error) {
    throw error instanceof InputError ? error.within(`${name}: row 1`) : error;
  }
  return { header, bytes: end };
}

/** Where the first record ends, its line end included. */
function headerEnd(run: Uint8Array, start: number): number {
  let quoted = false;
  for (let i = start; i < run.length; i++) {
    // A quote opens a cell at its start only; a doubled one closes and opens again, which comes to the same.
    const before = i === start ? 44 : run[i - 1];
    if (run[i] === 34) quoted = !quoted && (before === 44 || before === 34);
    else if (run[i] === 10 && !quoted) return i + 1;
    else if (run[i] === 13 && !quoted) return run[i + 1] === 10 ? i + 2 : i + 1;
  }
  return run.length;
}

/** Notices the first line end that differs from the first one. */
function createLineEndWatch(request: CsvRequest): {
  check(ends: ChunkAnswer["lineEnds"], recordsBefore: number): void;
} {
  let first: "LF" | "CR LF" | undefined;
  let warned = false;
  return {
    check({ first: here, change }, recordsBefore) {
      if (warned || !here) return;
      first ??= here;
      const record = here === first ? change : 0;
      if (record === undefined) return;
      warned = true;
      const where = `${request.name}: row ${recordsBefore + record + 1}`;
      const other = first === "LF" ? "CR LF" : "LF";
      warn(
        request,
        new InputError({ where, expected: `a line end ${first}, as in the rows before`, found: other }),
      );
    },
  };
}

function warn(request: CsvRequest, warning: InputError): void {
  if (!request.keepGoing) {
    throw new InputError({ ...warning.problem, hint: "--keep-going reads the table all the same" });
  }
  request.onWarning?.(warning);
}

function overlong(name: string, header: readonly string[] | undefined): InputError {
  return new InputError({
    where: name,
    expected: `records of at most ${MAX_RECORD_BYTES} bytes`,
    found: header ? "a longer one" : "no line end in the first bytes",
    hint: "a quote that is never closed makes the rest of a file one record",
  });
}
