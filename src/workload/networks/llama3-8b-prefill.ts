import type { Workload } from "../workload.ts";
import { LLAMA3_8B_SOURCE, llama3Layers } from "./llama3-8b.ts";

/** Llama 3 8B reading a prompt of 2048 tokens. */
export const LLAMA3_8B_PREFILL: Workload = {
  name: "llama3-8b-prefill",
  source: LLAMA3_8B_SOURCE,
  note:
    "The complete network at batch 1, prefill of 2048 tokens. Attention is the full square, before the " +
    "causal mask, one matmul per key-value head with the queries of its four heads as rows; lm_head runs " +
    "for the last position only, which is all that the next token needs.",
  layers: llama3Layers(2048, 2048),
};
