/** Forward and backward through a network of dense layers with ReLU between them, eight rows of a batch a step. */
import {
  ACTIVATIONS, BATCH, BATCH_ROWS, DELTAS, GRADIENTS, HUBER_DELTA, LAYERS, NOISE, NOISE_STATE, PARAMETERS, ROW_INPUTS,
  ROW_TARGETS, ROW_WEIGHTS, WIDTHS,
} from "../../src/kernels/training-layout";

// @ts-ignore: decorator
@inline
export function width(record: usize, layer: i32): i32 {
  return load<i32>(record + (<usize>layer << 2), WIDTHS);
}

/** Four lanes of xorshift32 (Marsaglia, Journal of Statistical Software 2003); returns four numbers uniform in [-1/2, 1/2). */
// @ts-ignore: decorator
@inline
function uniform(state: usize): v128 {
  let x = v128.load(state);
  x = v128.xor(x, i32x4.shl(x, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  x = v128.xor(x, i32x4.shl(x, 5));
  v128.store(state, x);
  return f32x4.mul(f32x4.convert_i32x4_s(x), f32x4.splat(2.3283064365386963e-10));
}

/** Brings the rows of the batch into lanes, with noise: three uniform numbers have nearly the sum that a normal one has. */
export function gather(record: usize): void {
  const batch = load<i32>(record, BATCH);
  const inputs = width(record, 0);
  const rows = <usize>load<i32>(record, BATCH_ROWS);
  const from = <usize>load<i32>(record, ROW_INPUTS);
  const to = <usize>load<i32>(record, ACTIVATIONS);
  const column = <usize>batch << 2;
  for (let lane = 0; lane < batch; lane++) {
    const row = from + ((<usize>load<i32>(rows + (<usize>lane << 2)) * <usize>inputs) << 2);
    const out = to + (<usize>lane << 2);
    for (let i: usize = 0; i < <usize>inputs; i++) store<f32>(out + i * column, load<f32>(row + (i << 2)));
  }
  const noise = load<f32>(record, NOISE);
  if (noise == 0) return;
  // The variance of one of the three is 1/12.
  const scale = f32x4.splat(2 * noise);
  const state = <usize>load<i32>(record, NOISE_STATE);
  for (let at = to, end = to + <usize>inputs * column; at < end; at += 16) {
    const sum = f32x4.add(f32x4.add(uniform(state), uniform(state)), uniform(state));
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(sum, scale)));
  }
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
function finish(at: usize, sum: v128, last: bool): void {
  v128.store(at, last ? sum : f32x4.pmax(f32x4.splat(0), sum));
}

/** Units of every layer for the rows in lanes. */
export function forward(record: usize): void {
  const layers = load<i32>(record, LAYERS);
  const column = <usize>load<i32>(record, BATCH) << 2;
  let weights = <usize>load<i32>(record, PARAMETERS);
  let x = <usize>load<i32>(record, ACTIVATIONS);
  for (let layer = 0; layer < layers; layer++) {
    const inputs = <usize>width(record, layer);
    const units = <usize>width(record, layer + 1);
    const rowBytes = inputs << 2;
    const biases = weights + units * rowBytes;
    const y = x + inputs * column;
    const last = layer == layers - 1;
    for (let unit: usize = 0; unit < units; unit += 4) {
      const w0 = weights + unit * rowBytes;
      const w1 = w0 + rowBytes;
      const w2 = w1 + rowBytes;
      const w3 = w2 + rowBytes;
      const bias = biases + (unit << 2);
      for (let lane: usize = 0; lane < column; lane += 32) {
        let a0 = v128.load32_splat(bias), a1 = v128.load32_splat(bias, 4);
        let a2 = v128.load32_splat(bias, 8), a3 = v128.load32_splat(bias, 12);
        let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        let at = x + lane;
        for (let i: usize = 0; i < rowBytes; i += 4, at += column) {
          const a = v128.load(at);
          const b = v128.load(at, 16);
          const s0 = v128.load32_splat(w0 + i);
          a0 = madd(a0, s0, a), b0 = madd(b0, s0, b);
          const s1 = v128.load32_splat(w1 + i);
          a1 = madd(a1, s1, a), b1 = madd(b1, s1, b);
          const s2 = v128.load32_splat(w2 + i);
          a2 = madd(a2, s2, a), b2 = madd(b2, s2, b);
          const s3 = v128.load32_splat(w3 + i);
          a3 = madd(a3, s3, a), b3 = madd(b3, s3, b);
        }
        const out = y + unit * column + lane;
        finish(out, a0, last), finish(out + 16, b0, last);
        finish(out + column, a1, last), finish(out + column + 16, b1, last);
        finish(out + 2 * column, a2, last), finish(out + 2 * column + 16, b2, last);
        finish(out + 3 * column, a3, last), finish(out + 3 * column + 16, b3, last);
      }
    }
    x = y;
    weights = biases + (units << 2);
  }
}

/**
 * Mean Huber loss of the first output over the batch, r^2 / 2d up to a residual r of size d and |r| - d/2 above, rows weighted;
 * its derivative goes to the deltas of the last layer.
 */
function loss(record: usize, outputs: usize, deltas: usize): f64 {
  const batch = load<i32>(record, BATCH);
  const rows = <usize>load<i32>(record, BATCH_ROWS);
  const targets = <usize>load<i32>(record, ROW_TARGETS);
  const weights = <usize>load<i32>(record, ROW_WEIGHTS);
  const delta = load<f32>(record, HUBER_DELTA);
  const share: f32 = <f32>1 / <f32>batch;
  let sum: f64 = 0;
  for (let lane = 0; lane < batch; lane++) {
    const row = <usize>load<i32>(rows + (<usize>lane << 2)) << 2;
    const weight = load<f32>(weights + row);
    const residual = load<f32>(outputs + (<usize>lane << 2)) - load<f32>(targets + row);
    const size = abs(residual);
    sum += <f64>weight * <f64>(size < delta ? (residual * residual) / (2 * delta) : size - delta / 2);
    store<f32>(deltas + (<usize>lane << 2), max<f32>(-1, min<f32>(1, residual / delta)) * weight * share);
  }
  const column = <usize>batch << 2;
  memory.fill(deltas + column, 0, <usize>(width(record, load<i32>(record, LAYERS)) - 1) * column);
  return sum / <f64>batch;
}

// @ts-ignore: decorator
@inline
function lanesSum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Gradients of the weights of one layer: for each unit and input the sum over the batch of delta x activation. */
function weightGradients(x: usize, d: usize, gradients: usize, inputs: usize, units: usize, column: usize): void {
  const rowBytes = inputs << 2;
  for (let unit: usize = 0; unit < units; unit += 4) {
    const d0 = d + unit * column;
    for (let i: usize = 0; i < inputs; i += 2) {
      const zero = f32x4.splat(0);
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      const x0 = x + i * column;
      for (let lane: usize = 0; lane < column; lane += 16) {
        const a = v128.load(x0 + lane);
        const b = v128.load(x0 + column + lane);
        const e0 = v128.load(d0 + lane);
        a0 = madd(a0, e0, a), b0 = madd(b0, e0, b);
        const e1 = v128.load(d0 + column + lane);
        a1 = madd(a1, e1, a), b1 = madd(b1, e1, b);
        const e2 = v128.load(d0 + 2 * column + lane);
        a2 = madd(a2, e2, a), b2 = madd(b2, e2, b);
        const e3 = v128.load(d0 + 3 * column + lane);
        a3 = madd(a3, e3, a), b3 = madd(b3, e3, b);
      }
      const out = gradients + unit * rowBytes + (i << 2);
      store<f32>(out, lanesSum(a0)), store<f32>(out, lanesSum(b0), 4);
      store<f32>(out + rowBytes, lanesSum(a1)), store<f32>(out + rowBytes, lanesSum(b1), 4);
      store<f32>(out + 2 * rowBytes, lanesSum(a2)), store<f32>(out + 2 * rowBytes, lanesSum(b2), 4);
      store<f32>(out + 3 * rowBytes, lanesSum(a3)), store<f32>(out + 3 * rowBytes, lanesSum(b3), 4);
    }
    for (let one: usize = 0; one < 4; one++) {
      let sum = f32x4.splat(0);
      for (let lane: usize = 0; lane < column; lane += 16) sum = f32x4.add(sum, v128.load(d0 + one * column + lane));
      store<f32>(gradients + units * rowBytes + ((unit + one) << 2), lanesSum(sum));
    }
  }
}

/** Deltas of the layer before: weights transposed x deltas, where its units were above 0. */
function inputDeltas(x: usize, d: usize, out: usize, weights: usize, inputs: usize, units: usize, column: usize): void {
  const rowBytes = inputs << 2;
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < inputs; i += 4) {
    for (let lane: usize = 0; lane < column; lane += 16) {
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      let at = d + lane;
      let row = weights + (i << 2);
      for (let unit: usize = 0; unit < units; unit++, at += column, row += rowBytes) {
        const e = v128.load(at);
        a0 = madd(a0, v128.load32_splat(row), e);
        a1 = madd(a1, v128.load32_splat(row, 4), e);
        a2 = madd(a2, v128.load32_splat(row, 8), e);
        a3 = madd(a3, v128.load32_splat(row, 12), e);
      }
      const from = x + i * column + lane;
      const to = out + i * column + lane;
      v128.store(to, v128.and(a0, f32x4.gt(v128.load(from), zero)));
      v128.store(to + column, v128.and(a1, f32x4.gt(v128.load(from + column), zero)));
      v128.store(to + 2 * column, v128.and(a2, f32x4.gt(v128.load(from + 2 * column), zero)));
      v128.store(to + 3 * column, v128.and(a3, f32x4.gt(v128.load(from + 3 * column), zero)));
    }
  }
}

/** Gradients of the loss over the batch that went forward; returns the loss. */
export function backward(record: usize): f64 {
  const layers = load<i32>(record, LAYERS);
  const column = <usize>load<i32>(record, BATCH) << 2;
  let x = <usize>load<i32>(record, ACTIVATIONS);
  let weights = <usize>load<i32>(record, PARAMETERS);
  let widest: usize = 0;
  for (let layer = 0; layer < layers; layer++) {
    const inputs = <usize>width(record, layer);
    const units = <usize>width(record, layer + 1);
    widest = max(widest, max(inputs, units));
    x += inputs * column;
    weights += units * (inputs + 1) << 2;
  }
  let deltas = <usize>load<i32>(record, DELTAS);
  let next = deltas + widest * column;
  const value = loss(record, x, deltas);
  const toGradients = <usize>load<i32>(record, GRADIENTS) - <usize>load<i32>(record, PARAMETERS);
  for (let layer = layers - 1; layer >= 0; layer--) {
    const inputs = <usize>width(record, layer);
    const units = <usize>width(record, layer + 1);
    x -= inputs * column;
    weights -= units * (inputs + 1) << 2;
    weightGradients(x, deltas, weights + toGradients, inputs, units, column);
    if (layer == 0) break;
    inputDeltas(x, deltas, next, weights, inputs, units, column);
    const swap = deltas;
    deltas = next;
    next = swap;
  }
  return value;
}
