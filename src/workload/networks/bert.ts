import type { Workload } from "../workload.ts";
import { matmul, tabledByDosa } from "./table.ts";

/** Part of one encoder layer of BERT-base on 128 tokens. */
export const BERT: Workload = {
  name: "bert",
  source: tabledByDosa(
    "Devlin, Chang, Lee, Toutanova: BERT: Pre-training of Deep Bidirectional Transformers for Language " +
      "Understanding, NAACL 2019",
  ),
  note:
    "One of the 12 encoder layers of BERT-base, on 128 tokens, and of it one of 12 attention heads and two " +
    "of four 768 x 768 projections (mm_0: one for query, key and value, and the output): 757 M of its 931 " +
    "M MACs.",
  layers: [
    matmul("mm_0", { M: 128, C: 768, K: 768, count: 2 }), // query, key or value; output
    matmul("mm_1", { M: 128, C: 64, K: 128 }), // scores
    matmul("mm_2", { M: 128, C: 128, K: 64 }), // scores times values
    matmul("mm_4", { M: 128, C: 768, K: 3072 }), // feed-forward; mm_3, the output, is in mm_0
    matmul("mm_5", { M: 128, C: 3072, K: 768 }),
  ],
};
