import { conv, network } from "./table.ts";

export const retinanet = network({
  name: "retinanet",
  source:
    "Lin et al., Focal Loss for Dense Object Detection, ICCV 2017; layer table of DOSA (Hong et al., MICRO 2023)",
  note: "the feature pyramid and the heads at 224 x 224; the ResNet-50 backbone is the workload resnet50",
  layers: [
    conv("p3_1", 512, 256, 28, 1),
    conv("p3_2", 256, 256, 28, 3, { count: 2 }),
    conv("p3_classification_out", 256, 720, 28, 3),
    conv("p3_regression_out", 256, 36, 28, 3),
    conv("p4_1", 1024, 256, 14, 1),
    conv("p4_2", 256, 256, 14, 3, { count: 2 }),
    conv("p4_classification_out", 256, 720, 14, 3),
    conv("p4_regression_out", 256, 36, 14, 3),
    conv("p5_1", 2048, 256, 7, 1),
    conv("p5_2", 256, 256, 7, 3, { count: 2 }),
    conv("p5_classification_out", 256, 720, 7, 3),
    conv("p5_regression_out", 256, 36, 7, 3),
    conv("p6", 2048, 256, 4, 3, { stride: 2 }),
    conv("p6_1", 256, 256, 4, 1),
    conv("p6_2", 256, 256, 4, 3, { count: 2 }),
    conv("p6_classification_out", 256, 720, 4, 3),
    conv("p6_regression_out", 256, 36, 4, 3),
    conv("p7", 256, 256, 2, 3, { stride: 2 }),
    conv("p7_1", 256, 256, 2, 1),
    conv("p7_2", 256, 256, 2, 3, { count: 2 }),
    conv("p7_classification_out", 256, 720, 2, 3),
    conv("p7_regression_out", 256, 36, 2, 3),
  ],
});
