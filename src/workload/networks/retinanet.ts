import type { Workload } from "../workload.ts";
import { conv, tabledByDosa } from "./table.ts";

/** Feature pyramid and heads of RetinaNet, without the backbone. */
export const RETINANET: Workload = {
  name: "retinanet",
  source: tabledByDosa("Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, ICCV 2017"),
  note:
    "Feature pyramid and heads for a 224 x 224 image, without the ResNet-50 backbone. The four hidden 3 x " +
    "3 convolutions of each of the two heads are listed as one per level, in the count of the pyramid's " +
    "own (p3_2 to p7_2). p6_1, p6_2, p7_1 and p7_2 treat P6 and P7 like the other levels; the paper " +
    "derives them by p6 and p7 alone.",
  layers: [
    conv("p3_1", { C: 512, K: 256, P: 28 }),
    conv("p3_2", { C: 256, K: 256, P: 28, R: 3, count: 2 }),
    conv("p3_classification_out", { C: 256, K: 720, P: 28, R: 3 }),
    conv("p3_regression_out", { C: 256, K: 36, P: 28, R: 3 }),

    conv("p4_1", { C: 1024, K: 256, P: 14 }),
    conv("p4_2", { C: 256, K: 256, P: 14, R: 3, count: 2 }),
    conv("p4_classification_out", { C: 256, K: 720, P: 14, R: 3 }),
    conv("p4_regression_out", { C: 256, K: 36, P: 14, R: 3 }),

    conv("p5_1", { C: 2048, K: 256, P: 7 }),
    conv("p5_2", { C: 256, K: 256, P: 7, R: 3, count: 2 }),
    conv("p5_classification_out", { C: 256, K: 720, P: 7, R: 3 }),
    conv("p5_regression_out", { C: 256, K: 36, P: 7, R: 3 }),

    conv("p6", { C: 2048, K: 256, P: 4, R: 3, stride: 2 }),
    conv("p6_1", { C: 256, K: 256, P: 4 }),
    conv("p6_2", { C: 256, K: 256, P: 4, R: 3, count: 2 }),
    conv("p6_classification_out", { C: 256, K: 720, P: 4, R: 3 }),
    conv("p6_regression_out", { C: 256, K: 36, P: 4, R: 3 }),

    conv("p7", { C: 256, K: 256, P: 2, R: 3, stride: 2 }),
    conv("p7_1", { C: 256, K: 256, P: 2 }),
    conv("p7_2", { C: 256, K: 256, P: 2, R: 3, count: 2 }),
    conv("p7_classification_out", { C: 256, K: 720, P: 2, R: 3 }),
    conv("p7_regression_out", { C: 256, K: 36, P: 2, R: 3 }),
  ],
};
