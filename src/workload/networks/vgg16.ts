import type { Workload } from "../workload.ts";
import { conv, linear, tabledByDosa } from "./table.ts";

/** VGG-16 (configuration D), each distinct shape once. */
export const VGG16: Workload = {
  name: "vgg16",
  source: tabledByDosa(
    "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015",
  ),
  note:
    "Each distinct shape of the network for a 224 x 224 image once, whatever its repeats (conv3_3 is like " +
    "conv3_2, conv4_3 like conv4_2, conv5_2 and conv5_3 like conv5_1): 10.85 G of 15.47 G MACs.",
  layers: [
    conv("conv1_1", { C: 3, K: 64, P: 224, R: 3 }),
    conv("conv1_2", { C: 64, K: 64, P: 224, R: 3 }),
    conv("conv2_1", { C: 64, K: 128, P: 112, R: 3 }),
    conv("conv2_2", { C: 128, K: 128, P: 112, R: 3 }),
    conv("conv3_1", { C: 128, K: 256, P: 56, R: 3 }),
    conv("conv3_2", { C: 256, K: 256, P: 56, R: 3 }),
    conv("conv4_1", { C: 256, K: 512, P: 28, R: 3 }),
    conv("conv4_2", { C: 512, K: 512, P: 28, R: 3 }),
    conv("conv5_1", { C: 512, K: 512, P: 14, R: 3 }),
    linear("fc6", { C: 25_088, K: 4096 }),
    linear("fc7", { C: 4096, K: 4096 }),
    linear("fc8", { C: 4096, K: 1000 }),
  ],
};
