import * as at from "./training-layout.ts";

/** What the training binary exports: steps of an optimiser on networks in linear memory (see `training-layout.ts`). */
export interface TrainingExports {
  readonly memory: WebAssembly.Memory;
  /** Brings the rows of the batch into lanes, with noise. */
  gather(record: number): void;
  /** Units of every layer for the rows in lanes. */
  forward(record: number): void;
  /** Gradients of the loss for the rows that went forward; returns the loss. */
  backward(record: number): number;
  /** Scales the gradients down so that their norm is at most `most`. */
  clip(record: number, most: number): void;
  /** Update number `time`, counted from 1. */
  adamw(record: number, rate: number, decay: number, time: number): void;
  /** All of these, one after another; returns the loss before the step. */
  step(record: number, rate: number, decay: number, most: number, time: number): number;
}

/** Rows to learn from. */
export interface TrainingRows {
  /** Inputs of a row, a multiple of four. */
  readonly width: number;
  /** Row after row. */
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  /** Weight of each row in the loss. */
  readonly weights: Float32Array;
}

/** A network of dense layers with ReLU between them. */
export interface DenseNetwork {
  /** Inputs, then the units of each layer, multiples of four; the first unit of the last layer is the output. */
  readonly widths: readonly number[];
  /** Layer by layer the weights by unit and input, then the biases. */
  readonly parameters: Float32Array;
}

/** Parameters of layers of given widths. */
export function parameterCount(widths: readonly number[]): number {
  let count = 0;
  for (let i = 1; i < widths.length; i++) count += (widths[i] as number) * ((widths[i - 1] as number) + 1);
  return count;
}

const RECORD = 64;

/** One network, its rows and its optimiser in the memory of an instance of their own. */
export class TrainingSession {
  readonly exports: TrainingExports;
  readonly record: number = RECORD;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  /** The rows of the next batch; write before a step. */
  readonly batch: Int32Array;
  private readonly outputs: Float32Array;

  /**
   * @param batch rows of a batch, a multiple of eight
   * @param noiseSeed four numbers, none 0
   */
  constructor(
    module: WebAssembly.Module,
    widths: readonly number[],
    rows: TrainingRows,
    options: {
      readonly batch: number;
      readonly noise: number;
      readonly huberDelta: number;
      readonly noiseSeed: Int32Array;
    },
  ) {
    if (widths.some((width) => width % 4 !== 0) || options.batch % 8 !== 0) {
      throw new RangeError(`widths must be multiples of 4 and the batch of 8: ${widths}, ${options.batch}`);
    }
    if (widths.length - 1 > at.MOST_LAYERS) throw new RangeError(`at most ${at.MOST_LAYERS} layers`);
    this.exports = new WebAssembly.Instance(module).exports as unknown as TrainingExports;
    const { memory } = this.exports;
    const count = parameterCount(widths);
    let end = RECORD + at.TRAINING_RECORD_BYTES;
    const place = (words: number): number => {
      const address = end;
      end = Math.ceil((end + words * 4) / 64) * 64;
      return address;
    };
    const addresses = {
      parameters: place(count),
      gradients: place(count),
      moments: place(count),
      squares: place(count),
      inputs: place(rows.inputs.length),
      targets: place(rows.targets.length),
      weights: place(rows.weights.length),
      batch: place(options.batch),
      activations: place(widths.reduce((sum, width) => sum + width, 0) * options.batch),
      deltas: place(2 * Math.max(...widths) * options.batch),
      noise: place(4),
    };
    const last = widths.length - 1;
    const before = widths.slice(0, last).reduce((sum, width) => sum + width, 0);
    memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / 65536)));
    const floats = (address: number, length: number): Float32Array =>
      new Float32Array(memory.buffer, address, length);
    floats(addresses.inputs, rows.inputs.length).set(rows.inputs);
    floats(addresses.targets, rows.targets.length).set(rows.targets);
    floats(addresses.weights, rows.weights.length).set(rows.weights);
    new Int32Array(memory.buffer, addresses.noise, 4).set(options.noiseSeed);
    this.parameters = floats(addresses.parameters, count);
    this.gradients = floats(addresses.gradients, count);
    this.batch = new Int32Array(memory.buffer, addresses.batch, options.batch);
    this.outputs = floats(addresses.activations + before * options.batch * 4, options.batch);

    const view = new DataView(memory.buffer, RECORD, at.TRAINING_RECORD_BYTES);
    const i32 = (offset: number, value: number): void => view.setInt32(offset, value, true);
    i32(at.LAYERS, last);
    i32(at.BATCH, options.batch);
    i32(at.PARAMETERS, addresses.parameters);
    i32(at.GRADIENTS, addresses.gradients);
    i32(at.MOMENTS, addresses.moments);
    i32(at.SQUARED_MOMENTS, addresses.squares);
    i32(at.ROW_INPUTS, addresses.inputs);
    i32(at.ROW_TARGETS, addresses.targets);
    i32(at.ROW_WEIGHTS, addresses.weights);
    i32(at.BATCH_ROWS, addresses.batch);
    i32(at.ACTIVATIONS, addresses.activations);
    i32(at.DELTAS, addresses.deltas);
    i32(at.NOISE_STATE, addresses.noise);
    view.setFloat32(at.NOISE, options.noise, true);
    view.setFloat32(at.HUBER_DELTA, options.huberDelta, true);
    widths.forEach((width, i) => {
      i32(at.WIDTHS + 4 * i, width);
    });
  }

  /** Outputs of all rows, without noise. */
  predict(rows: number): Float32Array {
    const view = new DataView(this.exports.memory.buffer, RECORD, at.TRAINING_RECORD_BYTES);
    const noise = view.getFloat32(at.NOISE, true);
    view.setFloat32(at.NOISE, 0, true);
    const answers = new Float32Array(rows);
    const size = this.batch.length;
    for (let first = 0; first < rows; first += size) {
      for (let i = 0; i < size; i++) this.batch[i] = Math.min(rows - 1, first + i);
      this.exports.gather(RECORD);
      this.exports.forward(RECORD);
      answers.set(this.outputs.subarray(0, Math.min(size, rows - first)), first);
    }
    view.setFloat32(at.NOISE, noise, true);
    return answers;
  }
}
