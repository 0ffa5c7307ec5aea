import { conv, network } from "./table.ts";

export const deepbench = network({
  name: "deepbench",
  source: "Baidu Research, DeepBench, 2017; layer table of DOSA (Hong et al., MICRO 2023)",
  note: "nine independent layers, not a network",
  layers: [
    conv("07_OCR", 1, 16, [480, 48], 3),
    conv("08_OCR", 16, 32, [240, 24], 3),
    conv("09_OCR", 32, 64, [120, 12], 3),
    conv("10_OCR", 64, 128, [60, 6], 3),
    conv("11_Face_Recognition", 3, 64, 108, 3, { stride: 2 }),
    conv("12_Face_Recognition", 64, 64, 54, 3),
    conv("13_Face_Recognition", 128, 128, 27, 3),
    conv("14_Face_Recognition", 128, 256, 14, 3),
    conv("15_Face_Recognition", 256, 512, 7, 3),
  ],
});
