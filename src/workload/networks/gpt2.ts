import type { Workload } from "../workload.ts";
import { matmul } from "./table.ts";

const TOKENS = 1024;
const WIDTH = 768;
const LAYERS = 12;
const HEADS = 12;
const HEAD = WIDTH / HEADS;
const VOCABULARY = 50_257;

/** GPT-2 (124 M parameters) reading a prompt of 1024 tokens. */
export const GPT2: Workload = {
  name: "gpt2",
  source:
    "Radford, Wu, Child, Luan, Amodei, Sutskever: Language Models are Unsupervised Multitask Learners, " +
    "OpenAI 2019. Smallest model, 124 M parameters.",
  note:
    "The complete network at batch 1, prefill of 1024 tokens. Attention is the full square, before the " +
    "causal mask; lm_head runs for all positions, unlike that of llama3-8b-prefill.",
  layers: [
    matmul("qkv", { M: TOKENS, C: WIDTH, K: 3 * WIDTH, count: LAYERS }),
    matmul("scores", { M: TOKENS, C: HEAD, K: TOKENS, count: LAYERS * HEADS }),
    matmul("context", { M: TOKENS, C: TOKENS, K: HEAD, count: LAYERS * HEADS }),
    matmul("proj", { M: TOKENS, C: WIDTH, K: WIDTH, count: LAYERS }),
    matmul("fc1", { M: TOKENS, C: WIDTH, K: 4 * WIDTH, count: LAYERS }),
    matmul("fc2", { M: TOKENS, C: 4 * WIDTH, K: WIDTH, count: LAYERS }),
    matmul("lm_head", { M: TOKENS, C: WIDTH, K: VOCABULARY }),
  ],
};
