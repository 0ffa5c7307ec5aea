import type { Layer } from "../layer.ts";
import { conv, matmul, network } from "./table.ts";

/** GPT-2 small: 12 blocks, 12 heads of 64, vocabulary 50,257; a prompt of 1,024 tokens, logits for all of them. */
export const gpt2 = network({
  name: "gpt2",
  source: "Radford et al., Language Models are Unsupervised Multitask Learners, 2019 (124 M parameters)",
  note: "prefill of 1,024 tokens, full (unmasked) attention scores, logits for every token",
  layers: [
    ...encoderBlocks({ blocks: 12, heads: 12, headDim: 64, tokens: 1024 }),
    matmul("lm_head", 1024, 768, 50257),
  ],
});

/** ViT-B/16 at 224 x 224: 196 patches and a class token. */
export const vitB16 = network({
  name: "vit-b16",
  source: "Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021",
  layers: [
    conv("patch_embedding", 3, 768, 14, 16, { stride: 16 }),
    ...encoderBlocks({ blocks: 12, heads: 12, headDim: 64, tokens: 197 }),
    matmul("head", 1, 768, 1000),
  ],
});

/** A prompt of 2,048 tokens; logits for the last one, which is what generation needs. */
export const llama3Prefill = network({
  name: "llama3-8b-prefill",
  source: "Grattafiori et al., The Llama 3 Herd of Models, 2024 (8B)",
  note: "prefill of 2,048 tokens, full (unmasked) attention scores, logits for the last token",
  layers: llamaBlocks(2048, 2048),
});

/** One token after 2,047 cached ones: attention is over 2,048. */
export const llama3Decode = network({
  name: "llama3-8b-decode",
  source: "Grattafiori et al., The Llama 3 Herd of Models, 2024 (8B)",
  note: "one token with 2,048 keys and values in the cache; the four query heads of a key head run together",
  layers: llamaBlocks(1, 2048),
});

/** Pre-norm transformer blocks with one fused QKV projection and a feed-forward four times as wide. */
function encoderBlocks(size: {
  readonly blocks: number;
  readonly heads: number;
  readonly headDim: number;
  readonly tokens: number;
}): readonly Layer[] {
  const { blocks, heads, headDim, tokens } = size;
  const width = heads * headDim;
  return [
    matmul("qkv", tokens, width, 3 * width, blocks),
    matmul("attention_scores", tokens, headDim, tokens, blocks * heads),
    matmul("attention_values", tokens, tokens, headDim, blocks * heads),
    matmul("attention_output", tokens, width, width, blocks),
    matmul("mlp_up", tokens, width, 4 * width, blocks),
    matmul("mlp_down", tokens, 4 * width, width, blocks),
  ];
}

/**
 * Llama 3 8B: 32 blocks, width 4,096, 32 query heads of 128 over 8 key heads (grouped-query attention), SwiGLU of 14,336. The 4
 * query heads that share a key head are one product of 4 x tokens rows.
 */
function llamaBlocks(tokens: number, context: number): readonly Layer[] {
  const blocks = 32;
  const [width, headDim, queryHeads, keyHeads, hidden] = [4096, 128, 32, 8, 14336];
  const rows = tokens * (queryHeads / keyHeads);
  return [
    matmul("query", tokens, width, queryHeads * headDim, blocks),
    matmul("key_value", tokens, width, keyHeads * headDim, 2 * blocks),
    matmul("attention_scores", rows, headDim, context, blocks * keyHeads),
    matmul("attention_values", rows, context, headDim, blocks * keyHeads),
    matmul("attention_output", tokens, queryHeads * headDim, width, blocks),
    matmul("mlp_gate_up", tokens, width, hidden, 2 * blocks),
    matmul("mlp_down", tokens, hidden, width, blocks),
    matmul("lm_head", 1, width, 128256),
  ];
}
