/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, ICLR 2019), after clipping the gradient's norm. */
import { GRADIENTS, LAYERS, MOMENTS, PARAMETERS, SQUARED_MOMENTS } from "../../src/kernels/training-layout";
import { width } from "./network";

const BETA: f32 = 0.9;
const BETA_SQUARED: f32 = 0.999;
const EPSILON: f32 = 1e-8;

// @ts-ignore: decorator
@inline
function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (let factor = base; exponent > 0; exponent >>= 1, factor *= factor) if (exponent & 1) result *= factor;
  return result;
}

function parameterCount(record: usize): i32 {
  let count = 0;
  for (let layer = 0; layer < load<i32>(record, LAYERS); layer++) {
    count += width(record, layer + 1) * (width(record, layer) + 1);
  }
  return count;
}

/** Scales the gradients down so that their norm is at most `most`. */
export function clip(record: usize, most: f32): void {
  const gradients = <usize>load<i32>(record, GRADIENTS);
  const end = gradients + (<usize>parameterCount(record) << 2);
  let squares: f64 = 0;
  for (let at = gradients; at < end; at += 4) squares += <f64>load<f32>(at) * <f64>load<f32>(at);
  const norm = <f32>sqrt(squares);
  if (!(norm > most)) return;
  const scale = f32x4.splat(most / norm);
  for (let at = gradients; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
}

/** Update number `time`, counted from 1. Weights decay, biases do not. */
export function adamw(record: usize, rate: f32, decay: f32, time: i32): void {
  const correction = <f32>(1 / (1 - power(BETA, time)));
  const squaredCorrection = <f32>(1 / (1 - power(BETA_SQUARED, time)));
  const parameters = <usize>load<i32>(record, PARAMETERS);
  let at = parameters;
  for (let layer = 0; layer < load<i32>(record, LAYERS); layer++) {
    const inputs = <usize>width(record, layer);
    const units = <usize>width(record, layer + 1);
    const weightsEnd = at + (units * inputs << 2);
    const end = weightsEnd + (units << 2);
    update(record, at, weightsEnd, rate, 1 - rate * decay, correction, squaredCorrection);
    update(record, weightsEnd, end, rate, 1, correction, squaredCorrection);
    at = end;
  }
}

function update(
  record: usize, from: usize, end: usize, rate: f32, keep: f32, correction: f32, squaredCorrection: f32,
): void {
  const parameters = <usize>load<i32>(record, PARAMETERS);
  const toGradient = <usize>load<i32>(record, GRADIENTS) - parameters;
  const toMoment = <usize>load<i32>(record, MOMENTS) - parameters;
  const toSquared = <usize>load<i32>(record, SQUARED_MOMENTS) - parameters;
  for (let at = from; at < end; at += 16) {
    const gradient = v128.load(at + toGradient);
    const moment = f32x4.add(
      f32x4.mul(v128.load(at + toMoment), f32x4.splat(BETA)), f32x4.mul(gradient, f32x4.splat(1 - BETA)),
    );
    const squared = f32x4.add(
      f32x4.mul(v128.load(at + toSquared), f32x4.splat(BETA_SQUARED)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(1 - BETA_SQUARED)),
    );
    v128.store(at + toMoment, moment);
    v128.store(at + toSquared, squared);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(squared, f32x4.splat(squaredCorrection))), f32x4.splat(EPSILON));
    const change = f32x4.div(f32x4.mul(moment, f32x4.splat(rate * correction)), size);
    v128.store(at, f32x4.sub(f32x4.mul(v128.load(at), f32x4.splat(keep)), change));
  }
}
