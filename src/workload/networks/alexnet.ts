import type { Workload } from "../workload.ts";
import { conv, linear, tabledByDosa } from "./table.ts";

/** AlexNet in its one-column form. */
export const ALEXNET: Workload = {
  name: "alexnet",
  source: tabledByDosa(
    "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, NIPS " +
      "2012; one column: Krizhevsky: One Weird Trick for Parallelizing Convolutional Neural Networks, 2014",
  ),
  note:
    "The complete network for a 224 x 224 image, in the one-column form that torchvision has (64, 192, " +
    "384, 256, 256 channels, no groups), not the two columns of 2012.",
  layers: [
    conv("conv1", { C: 3, K: 64, P: 55, R: 11, stride: 4 }),
    conv("conv2", { C: 64, K: 192, P: 27, R: 5 }),
    conv("conv3", { C: 192, K: 384, P: 13, R: 3 }),
    conv("conv4", { C: 384, K: 256, P: 13, R: 3 }),
    conv("conv5", { C: 256, K: 256, P: 13, R: 3 }),
    linear("fc6", { C: 9216, K: 4096 }),
    linear("fc7", { C: 4096, K: 4096 }),
    linear("fc8", { C: 4096, K: 1000 }),
  ],
};
