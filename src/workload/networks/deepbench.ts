import type { Workload } from "../workload.ts";
import { conv, tabledByDosa } from "./table.ts";

/** Convolutions of DeepBench, from text and face recognition. */
export const DEEPBENCH: Workload = {
  name: "deepbench",
  source: tabledByDosa("Baidu Research: DeepBench, 2016"),
  note:
    "Nine of DeepBench's convolutions, those of OCR and face recognition, at batch 1 (there 16 and 8); not " +
    "one network. In 11_Face_Recognition the 108 x 108 are the input of DeepBench: its output at stride 2 " +
    "is 54 x 54, so this layer has four times the MACs.",
  layers: [
    conv("07_OCR", { C: 1, K: 16, P: 480, Q: 48, R: 3 }),
    conv("08_OCR", { C: 16, K: 32, P: 240, Q: 24, R: 3 }),
    conv("09_OCR", { C: 32, K: 64, P: 120, Q: 12, R: 3 }),
    conv("10_OCR", { C: 64, K: 128, P: 60, Q: 6, R: 3 }),
    conv("11_Face_Recognition", { C: 3, K: 64, P: 108, R: 3, stride: 2 }),
    conv("12_Face_Recognition", { C: 64, K: 64, P: 54, R: 3 }),
    conv("13_Face_Recognition", { C: 128, K: 128, P: 27, R: 3 }),
    conv("14_Face_Recognition", { C: 128, K: 256, P: 14, R: 3 }),
    conv("15_Face_Recognition", { C: 256, K: 512, P: 7, R: 3 }),
  ],
};
