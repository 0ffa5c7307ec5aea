import type { Layer } from "../layer.ts";
import type { Workload } from "../workload.ts";
import { conv, linear, tabledByDosa } from "./table.ts";

/** Channels that each dense layer adds. */
const GROWTH = 48;
/** A dense layer narrows its input to this many channels by 1 x 1 before its 3 x 3 convolution. */
const BOTTLENECK = 4 * GROWTH;

/** DenseNet-161, each distinct shape once. */
export const DENSENET161: Workload = {
  name: "densenet161",
  source: tabledByDosa(
    "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, CVPR 2017",
  ),
  note:
    "Each distinct shape of the network for a 224 x 224 image once, whatever its repeats (conv2 is the " +
    "same in all layers of a dense block and stands with layer1): 5.05 G of 7.73 G MACs.",
  layers: [
    conv("conv0", { C: 3, K: 96, P: 112, R: 7, stride: 2 }),
    ...denseBlock("denseblock1", { C: 96, P: 56, layers: 6 }),
    conv("transition1", { C: 384, K: 192, P: 56 }),
    ...denseBlock("denseblock2", { C: 192, P: 28, layers: 12 }),
    conv("transition2", { C: 768, K: 384, P: 28 }),
    ...denseBlock("denseblock3", { C: 384, P: 14, layers: 36 }),
    conv("transition3", { C: 2112, K: 1056, P: 14 }),
    ...denseBlock("denseblock4", { C: 1056, P: 7, layers: 24 }),
    linear("classifier", { C: 2208, K: 1000 }),
  ],
};

/** The distinct layers of a block: a 1 x 1 convolution per dense layer and the 3 x 3 that they share. */
function denseBlock(name: string, { C, P, layers }: { C: number; P: number; layers: number }): Layer[] {
  const rows: Layer[] = [];
  for (let layer = 1; layer <= layers; layer++) {
    rows.push(conv(`${name}.layer${layer}.conv1`, { C: C + (layer - 1) * GROWTH, K: BOTTLENECK, P }));
    if (layer === 1) rows.push(conv(`${name}.layer1.conv2`, { C: BOTTLENECK, K: GROWTH, P, R: 3 }));
  }
  return rows;
}
