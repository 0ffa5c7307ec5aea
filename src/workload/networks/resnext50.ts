import type { Workload } from "../workload.ts";
import { conv, linear, tabledByDosa } from "./table.ts";

/** ResNeXt-50. `conv3_1` is the first block of a stage, `conv3_x` are layers that several blocks share. */
export const RESNEXT50: Workload = {
  name: "resnext50",
  source: tabledByDosa(
    "Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks, CVPR 2017",
  ),
  note:
    "The complete network (32x4d) for a 224 x 224 image, each distinct shape once with its count. The " +
    "grouped 3 x 3 convolutions are one layer of all output channels over the input channels of one group, " +
    "as DOSA writes them: MACs and weights are right, while inputs are those of one group of 32.",
  layers: [
    conv("conv1", { C: 3, K: 64, P: 112, R: 7, stride: 2 }),

    conv("conv2_1.1x1a", { C: 64, K: 128, P: 56 }),
    conv("conv2_x.3x3", { C: 4, K: 128, P: 56, R: 3, count: 3 }),
    conv("conv2_x.1x1b", { C: 128, K: 256, P: 56, count: 3 }),
    conv("conv2_1.shortcut", { C: 64, K: 256, P: 56 }),
    conv("conv2_x.1x1a", { C: 256, K: 128, P: 56, count: 2 }),

    conv("conv3_1.1x1a", { C: 256, K: 256, P: 56 }),
    conv("conv3_1.3x3", { C: 8, K: 256, P: 28, R: 3, stride: 2 }),
    conv("conv3_x.1x1b", { C: 256, K: 512, P: 28, count: 4 }),
    conv("conv3_1.shortcut", { C: 256, K: 512, P: 28, stride: 2 }),
    conv("conv3_x.1x1a", { C: 512, K: 256, P: 28, count: 3 }),
    conv("conv3_x.3x3", { C: 8, K: 256, P: 28, R: 3, count: 3 }),

    conv("conv4_1.1x1a", { C: 512, K: 512, P: 28 }),
    conv("conv4_1.3x3", { C: 16, K: 512, P: 14, R: 3, stride: 2 }),
    conv("conv4_x.1x1b", { C: 512, K: 1024, P: 14, count: 6 }),
    conv("conv4_1.shortcut", { C: 512, K: 1024, P: 14, stride: 2 }),
    conv("conv4_x.1x1a", { C: 1024, K: 512, P: 14, count: 5 }),
    conv("conv4_x.3x3", { C: 16, K: 512, P: 14, R: 3, count: 5 }),

    conv("conv5_1.1x1a", { C: 1024, K: 1024, P: 14 }),
    conv("conv5_1.3x3", { C: 32, K: 1024, P: 7, R: 3, stride: 2 }),
    conv("conv5_x.1x1b", { C: 1024, K: 2048, P: 7, count: 3 }),
    conv("conv5_1.shortcut", { C: 1024, K: 2048, P: 7, stride: 2 }),
    conv("conv5_x.1x1a", { C: 2048, K: 1024, P: 7, count: 2 }),
    conv("conv5_x.3x3", { C: 32, K: 1024, P: 7, R: 3, count: 2 }),

    linear("fc", { C: 2048, K: 1000 }),
  ],
};
