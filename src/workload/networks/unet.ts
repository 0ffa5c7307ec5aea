import type { Workload } from "../workload.ts";
import { conv, tabledByDosa } from "./table.ts";

/** U-Net on a 572 x 572 image. */
export const UNET: Workload = {
  name: "unet",
  source: tabledByDosa(
    "Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation, " +
      "MICCAI 2015",
  ),
  note:
    "The complete network for a 572 x 572 image. Up-convolutions are 2 x 2 convolutions of the upsampled " +
    "map, as the paper words them; as transposed convolutions of stride 2 they would have a quarter of the " +
    "MACs.",
  layers: [
    conv("0_0_conv", { C: 1, K: 64, P: 570, R: 3 }),
    conv("0_1_conv", { C: 64, K: 64, P: 568, R: 3 }),
    conv("1_0_conv", { C: 64, K: 128, P: 282, R: 3 }),
    conv("1_1_conv", { C: 128, K: 128, P: 280, R: 3 }),
    conv("2_0_conv", { C: 128, K: 256, P: 138, R: 3 }),
    conv("2_1_conv", { C: 256, K: 256, P: 136, R: 3 }),
    conv("3_0_conv", { C: 256, K: 512, P: 66, R: 3 }),
    conv("3_1_conv", { C: 512, K: 512, P: 64, R: 3 }),
    conv("4_0_conv", { C: 512, K: 1024, P: 30, R: 3 }),
    conv("4_1_conv", { C: 1024, K: 1024, P: 28, R: 3 }),

    conv("4_2_upconv", { C: 1024, K: 512, P: 56, R: 2 }),
    conv("5_0_conv", { C: 1024, K: 512, P: 54, R: 3 }),
    conv("5_1_conv", { C: 512, K: 512, P: 52, R: 3 }),
    conv("5_2_upconv", { C: 512, K: 256, P: 104, R: 2 }),
    conv("6_0_conv", { C: 512, K: 256, P: 102, R: 3 }),
    conv("6_1_conv", { C: 256, K: 256, P: 100, R: 3 }),
    conv("6_2_upconv", { C: 256, K: 128, P: 200, R: 2 }),
    conv("7_0_conv", { C: 256, K: 128, P: 198, R: 3 }),
    conv("7_1_conv", { C: 128, K: 128, P: 196, R: 3 }),
    conv("7_2_upconv", { C: 128, K: 64, P: 392, R: 2 }),
    conv("8_0_conv", { C: 128, K: 64, P: 390, R: 3 }),
    conv("8_1_conv", { C: 64, K: 64, P: 388, R: 3 }),
    conv("8_2_conv", { C: 64, K: 2, P: 388 }),
  ],
};
