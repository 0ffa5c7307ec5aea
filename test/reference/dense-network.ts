// Loss and gradients of a network of dense layers as a textbook writes them, in f64, row by row.
import type { TrainingRows } from "../../src/kernels/training.ts";

export function lossAndGradients(
  widths: readonly number[],
  parameters: readonly number[],
  { width, inputs, targets, weights }: TrainingRows,
  batch: readonly number[],
  huberDelta: number,
): { readonly loss: number; readonly gradients: readonly number[] } {
  const gradients = parameters.map(() => 0);
  let loss = 0;
  for (const row of batch) {
    const activations: number[][] = [[...inputs.subarray(row * width, (row + 1) * width)]];
    const starts: number[] = [];
    let at = 0;
    for (let layer = 1; layer < widths.length; layer++) {
      const [ins, outs] = [widths[layer - 1] as number, widths[layer] as number];
      const x = activations[layer - 1] as number[];
      starts.push(at);
      const from = at;
      activations.push(
        Array.from({ length: outs }, (_, j) => {
          const sum = x.reduce(
            (total, value, i) => total + value * (parameters[from + j * ins + i] as number),
            parameters[from + outs * ins + j] as number,
          );
          return layer === widths.length - 1 ? sum : Math.max(0, sum);
        }),
      );
      at += outs * (ins + 1);
    }
    const residual = ((activations.at(-1) as number[])[0] as number) - (targets[row] as number);
    const weight = (weights[row] as number) / batch.length;
    const size = Math.abs(residual);
    loss += weight * (size < huberDelta ? residual ** 2 / (2 * huberDelta) : size - huberDelta / 2);
    let deltas = (activations.at(-1) as number[]).map((_, j) =>
      j === 0 ? weight * Math.max(-1, Math.min(1, residual / huberDelta)) : 0,
    );
    for (let layer = widths.length - 1; layer > 0; layer--) {
      const [ins, outs] = [widths[layer - 1] as number, widths[layer] as number];
      const from = starts[layer - 1] as number;
      const x = activations[layer - 1] as number[];
      for (let j = 0; j < outs; j++) {
        for (let i = 0; i < ins; i++) {
          gradients[from + j * ins + i] =
            (gradients[from + j * ins + i] as number) + (deltas[j] as number) * (x[i] as number);
        }
        gradients[from + outs * ins + j] =
          (gradients[from + outs * ins + j] as number) + (deltas[j] as number);
      }
      deltas = x.map((value, i) =>
        value > 0 ? deltas.reduce((sum, d, j) => sum + d * (parameters[from + j * ins + i] as number), 0) : 0,
      );
    }
  }
  return { loss, gradients };
}
