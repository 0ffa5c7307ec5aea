import type { Workload } from "../workload.ts";
import { LLAMA3_8B_SOURCE, llama3Layers } from "./llama3-8b.ts";

/** Llama 3 8B generating one token against a cache of 2048. */
export const LLAMA3_8B_DECODE: Workload = {
  name: "llama3-8b-decode",
  source: LLAMA3_8B_SOURCE,
  note:
    "The complete network at batch 1 for one token that attends to 2048 cached ones, itself among them. " +
    "Attention is one matmul per key-value head with the queries of its four heads as rows.",
  layers: llama3Layers(1, 2048),
};
