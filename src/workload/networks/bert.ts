import { matmul, network } from "./table.ts";

export const bert = network({
  name: "bert",
  source: "Devlin et al., BERT, NAACL 2019; layer table of DOSA (Hong et al., MICRO 2023)",
  note: "one encoder layer of BERT-base with one attention head, 128 tokens",
  layers: [
    matmul("mm_0", 128, 768, 768, 2),
    matmul("mm_1", 128, 64, 128),
    matmul("mm_2", 128, 128, 64),
    matmul("mm_4", 128, 768, 3072),
    matmul("mm_5", 128, 3072, 768),
  ],
});
