import type { IntegerLayer, IntegerNetwork } from "../kernels/network.ts";
import { ACTIVATION_SHIFT } from "../kernels/network-layout.ts";
import { INPUT_COUNT } from "../kernels/starlight-layout.ts";
import type { DenseNetwork } from "../kernels/training.ts";
import { type Ensemble, toActivations } from "./ensemble.ts";
import { type InputGrid, NETS } from "./quantise.ts";

/**
 * An ensemble of integers as one in floating point, to go on training from; the other direction is `toIntegers`. What is lost is the
 * clamp of hidden units at 127, which they hardly ever reach. Each unit is worth its weights as they were rounded, on inputs that
 * are centred over `inputs` and have deviation 1, and hidden values on a scale on which they are about 1.
 *
 * @param inputs rows of the network's inputs, as the nets will see them
 */
export function toFloats(network: IntegerNetwork, grid: InputGrid, inputs: Float32Array): Ensemble {
  const { steps, centres } = centred(toActivations(grid, inputs));
  const [first, second] = network.hidden as readonly [IntegerLayer, IntegerLayer];
  const [units1, units2] = [first.units / NETS, second.units];
  const nets = Array.from({ length: NETS }, (_, net): DenseNetwork => {
    const widths = [INPUT_COUNT, units1, units2, 4];
    const parameters = new Float32Array(
      (INPUT_COUNT + 1) * units1 + (units1 + 1) * units2 + (units2 + 1) * 4,
    );
    // Layer 1: a step of an activation is worth 1 / step of what the nets see.
    const toHidden = 1 / (2 ** ACTIVATION_SHIFT * HIDDEN);
    const half = 2 ** (ACTIVATION_SHIFT - 1);
    let at = 0;
    for (let unit = 0; unit < units1; unit++) {
      const row = net * units1 + unit;
      let bias = (first.biases[row] as number) - half;
      for (let i = 0; i < INPUT_COUNT; i++) {
        const step = steps[i] as number;
        if (step === 0) continue;
        const weight = (first.weights[row * INPUT_COUNT + i] as number) / step;
        parameters[at + unit * INPUT_COUNT + i] = weight * toHidden;
        bias -= weight * (centres[i] as number);
      }
      parameters[at + INPUT_COUNT * units1 + unit] = bias * toHidden;
    }
    at += (INPUT_COUNT + 1) * units1;
    for (let unit = 0; unit < units2; unit++) {
      const row = net * units2 + unit;
      for (let i = 0; i < units1; i++)
        parameters[at + unit * units1 + i] = (second.weights[row * units1 + i] as number) * HIDDEN * toHidden;
      parameters[at + units1 * units2 + unit] = ((second.biases[row] as number) - half) * toHidden;
    }
    at += (units1 + 1) * units2;
    const scale = network.scales[net] as number;
    const from = net * network.last.inputs + net * units2;
    for (let i = 0; i < units2; i++)
      parameters[at + i] = (network.last.weights[from + i] as number) * HIDDEN * scale;
    parameters[at + 4 * units2] = (network.last.biases[net] as number) * scale;
    return { widths, parameters };
  });
  return { grid, steps, centres, nets };
}

/** Steps of a hidden activation that are worth 1 while training. */
const HIDDEN = 32;

/** Mean and deviation of each input's activations, as scale and offset of what the nets see. */
function centred(activations: Float32Array): Pick<Ensemble, "steps" | "centres"> {
  const rows = activations.length / INPUT_COUNT;
  const steps = new Float64Array(INPUT_COUNT);
  const centres = new Float64Array(INPUT_COUNT);
  for (let input = 0; input < INPUT_COUNT; input++) {
    let sum = 0;
    let squares = 0;
    for (let at = input; at < activations.length; at += INPUT_COUNT) {
      sum += activations[at] as number;
      squares += (activations[at] as number) ** 2;
    }
    const mean = sum / rows;
    const deviation = Math.sqrt(Math.max(0, squares / rows - mean ** 2));
    steps[input] = 1 / Math.max(1, deviation);
    centres[input] = -mean / Math.max(1, deviation);
  }
  return { steps, centres };
}
