/** What the training binary exports: steps of an optimiser on networks in linear memory; see src/kernels/training.ts. */
import { adamw, clip } from "./adamw";
import { backward, forward, gather } from "./network";

export { adamw, backward, clip, forward, gather };

/** One step on the rows of the batch; returns the loss before it. */
export function step(record: usize, rate: f32, decay: f32, most: f32, time: i32): f64 {
  gather(record);
  forward(record);
  const loss = backward(record);
  clip(record, most);
  adamw(record, rate, decay, time);
  return loss;
}
