// The integer network as its definition reads: one candidate, one unit at a time.

import type { IntegerLayer, IntegerNetwork } from "../../src/kernels/network.ts";
import { ACTIVATION_SHIFT } from "../../src/kernels/network-layout.ts";

/** Sums of a layer, before shift or scale. */
export function layerSums(layer: IntegerLayer, activations: readonly number[]): number[] {
  const { groups, inputs, units, weights, biases } = layer;
  const sums: number[] = [];
  for (let group = 0; group < groups; group++) {
    for (let unit = 0; unit < units; unit++) {
      const row = group * units + unit;
      let sum = biases[row] as number;
      for (let i = 0; i < inputs; i++) {
        sum += (weights[row * inputs + i] as number) * (activations[group * inputs + i] as number);
      }
      sums.push(sum);
    }
  }
  return sums;
}

/** Activations of a hidden layer. */
export function hiddenUnits(layer: IntegerLayer, activations: readonly number[]): number[] {
  return layerSums(layer, activations).map((sum) => Math.min(127, Math.max(0, sum >> ACTIVATION_SHIFT)));
}

/** Outputs of a whole network. */
export function networkOutputs(network: IntegerNetwork, inputs: readonly number[]): number[] {
  let activations = [...inputs];
  for (const layer of network.hidden) activations = hiddenUnits(layer, activations);
  return layerSums(network.last, activations).map((sum, unit) =>
    Math.fround(Math.fround(sum) * (network.scales[unit] as number)),
  );
}
