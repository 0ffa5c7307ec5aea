import { conv, matmul, network } from "./table.ts";

export const alexnet = network({
  name: "alexnet",
  source:
    "Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014; layer table of DOSA (Hong et al., MICRO 2023)",
  layers: [
    conv("conv11x11_3to64_55x55_s4", 3, 64, 55, 11, { stride: 4 }),
    conv("conv5x5_64to192_27x27", 64, 192, 27, 5),
    conv("conv3x3_192to384_13x13", 192, 384, 13, 3),
    conv("conv3x3_384to256_13x13", 384, 256, 13, 3),
    conv("conv3x3_256to256_13x13", 256, 256, 13, 3),
    matmul("fc_9216to4096", 1, 9216, 4096),
    matmul("fc_4096to4096", 1, 4096, 4096),
    matmul("fc_4096to1000", 1, 4096, 1000),
  ],
});
