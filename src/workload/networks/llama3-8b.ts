import type { Layer } from "../layer.ts";
import { matmul } from "./table.ts";

/** The paper behind both Llama workloads. */
export const LLAMA3_8B_SOURCE =
  "Grattafiori et al. (Llama Team, Meta): The Llama 3 Herd of Models, arXiv 2024. The 8 B model (table 3).";

const WIDTH = 4096;
const LAYERS = 32;
const HEADS = 32;
const KV_HEADS = 8;
const HEAD = WIDTH / HEADS;
const FEED_FORWARD = 14_336;
const VOCABULARY = 128_256;

/**
 * The layers of Llama 3 8B for `tokens` new tokens that attend to `context` tokens, themselves included.
 * Attention is one matmul per key-value head: the queries of the heads that share it are its rows.
 */
export function llama3Layers(tokens: number, context: number): readonly Layer[] {
  const queries = tokens * (HEADS / KV_HEADS);
  return [
    matmul("q_proj", { M: tokens, C: WIDTH, K: HEADS * HEAD, count: LAYERS }),
    matmul("k_proj", { M: tokens, C: WIDTH, K: KV_HEADS * HEAD, count: LAYERS }),
    matmul("v_proj", { M: tokens, C: WIDTH, K: KV_HEADS * HEAD, count: LAYERS }),
    matmul("scores", { M: queries, C: HEAD, K: context, count: LAYERS * KV_HEADS }),
    matmul("context", { M: queries, C: context, K: HEAD, count: LAYERS * KV_HEADS }),
    matmul("o_proj", { M: tokens, C: HEADS * HEAD, K: WIDTH, count: LAYERS }),
    matmul("gate_proj", { M: tokens, C: WIDTH, K: FEED_FORWARD, count: LAYERS }),
    matmul("up_proj", { M: tokens, C: WIDTH, K: FEED_FORWARD, count: LAYERS }),
    matmul("down_proj", { M: tokens, C: FEED_FORWARD, K: WIDTH, count: LAYERS }),
    matmul("lm_head", { M: 1, C: WIDTH, K: VOCABULARY }),
  ];
}
