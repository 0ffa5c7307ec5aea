import { conv, matmul, network } from "./table.ts";

export const vgg16 = network({
  name: "vgg16",
  source:
    "Simonyan and Zisserman, Very Deep Convolutional Networks, ICLR 2015; layer table of DOSA (Hong et al., MICRO 2023)",
  note: "each distinct shape once: the network repeats four of them",
  layers: [
    conv("conv3x3_3to64_224x224", 3, 64, 224, 3),
    conv("conv3x3_64to64_224x224", 64, 64, 224, 3),
    conv("conv3x3_64to128_112x112", 64, 128, 112, 3),
    conv("conv3x3_128to128_112x112", 128, 128, 112, 3),
    conv("conv3x3_128to256_56x56", 128, 256, 56, 3),
    conv("conv3x3_256to256_56x56", 256, 256, 56, 3),
    conv("conv3x3_256to512_28x28", 256, 512, 28, 3),
    conv("conv3x3_512to512_28x28", 512, 512, 28, 3),
    conv("conv3x3_512to512_14x14", 512, 512, 14, 3),
    matmul("fc_25088to4096", 1, 25088, 4096),
    matmul("fc_4096to4096", 1, 4096, 4096),
    matmul("fc_4096to1000", 1, 4096, 1000),
  ],
});
