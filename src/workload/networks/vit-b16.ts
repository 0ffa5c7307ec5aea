import type { Workload } from "../workload.ts";
import { conv, linear, matmul } from "./table.ts";

/** 14 x 14 patches and the class token. */
const TOKENS = 14 * 14 + 1;
const WIDTH = 768;
const LAYERS = 12;
const HEADS = 12;
const HEAD = WIDTH / HEADS;

/** ViT-B/16 on a 224 x 224 image. */
export const VIT_B16: Workload = {
  name: "vit-b16",
  source:
    "Dosovitskiy et al.: An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale, ICLR " +
    "2021 (table 1, ViT-Base).",
  note:
    "The complete network at batch 1 for a 224 x 224 image: 196 patches and the class token, from which " +
    "alone the classifier of 1000 classes reads.",
  layers: [
    conv("patch_embedding", { C: 3, K: WIDTH, P: 14, R: 16, stride: 16 }),
    matmul("qkv", { M: TOKENS, C: WIDTH, K: 3 * WIDTH, count: LAYERS }),
    matmul("scores", { M: TOKENS, C: HEAD, K: TOKENS, count: LAYERS * HEADS }),
    matmul("context", { M: TOKENS, C: TOKENS, K: HEAD, count: LAYERS * HEADS }),
    matmul("proj", { M: TOKENS, C: WIDTH, K: WIDTH, count: LAYERS }),
    matmul("fc1", { M: TOKENS, C: WIDTH, K: 4 * WIDTH, count: LAYERS }),
    matmul("fc2", { M: TOKENS, C: 4 * WIDTH, K: WIDTH, count: LAYERS }),
    linear("classifier", { C: WIDTH, K: 1000 }),
  ],
};
