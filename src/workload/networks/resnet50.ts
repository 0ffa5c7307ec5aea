import { conv, matmul, network } from "./table.ts";

export const resnet50 = network({
  name: "resnet50",
  source:
    "He et al., Deep Residual Learning for Image Recognition, CVPR 2016; layer table of DOSA (Hong et al., MICRO 2023)",
  layers: [
    conv("conv7x7_3to64_112x112_s2", 3, 64, 112, 7, { stride: 2 }),
    conv("conv1x1_64to64_56x56", 64, 64, 56, 1),
    conv("conv3x3_64to64_56x56", 64, 64, 56, 3, { count: 3 }),
    conv("conv1x1_64to256_56x56", 64, 256, 56, 1, { count: 4 }),
    conv("conv1x1_256to64_56x56", 256, 64, 56, 1, { count: 2 }),
    conv("conv1x1_256to128_56x56", 256, 128, 56, 1),
    conv("conv3x3_128to128_28x28_s2", 128, 128, 28, 3, { stride: 2 }),
    conv("conv1x1_128to512_28x28", 128, 512, 28, 1, { count: 4 }),
    conv("conv1x1_256to512_28x28_s2", 256, 512, 28, 1, { stride: 2 }),
    conv("conv1x1_512to128_28x28", 512, 128, 28, 1, { count: 3 }),
    conv("conv3x3_128to128_28x28", 128, 128, 28, 3, { count: 3 }),
    conv("conv1x1_512to256_28x28", 512, 256, 28, 1),
    conv("conv3x3_256to256_14x14_s2", 256, 256, 14, 3, { stride: 2 }),
    conv("conv1x1_256to1024_14x14", 256, 1024, 14, 1, { count: 6 }),
    conv("conv1x1_512to1024_14x14_s2", 512, 1024, 14, 1, { stride: 2 }),
    conv("conv1x1_1024to256_14x14", 1024, 256, 14, 1, { count: 5 }),
    conv("conv3x3_256to256_14x14", 256, 256, 14, 3, { count: 5 }),
    conv("conv1x1_1024to512_14x14", 1024, 512, 14, 1),
    conv("conv3x3_512to512_7x7_s2", 512, 512, 7, 3, { stride: 2 }),
    conv("conv1x1_512to2048_7x7", 512, 2048, 7, 1, { count: 3 }),
    conv("conv1x1_1024to2048_7x7_s2", 1024, 2048, 7, 1, { stride: 2 }),
    conv("conv1x1_2048to512_7x7", 2048, 512, 7, 1, { count: 2 }),
    conv("conv3x3_512to512_7x7", 512, 512, 7, 3, { count: 2 }),
    matmul("fc_2048to1000", 1, 2048, 1000),
  ],
});
