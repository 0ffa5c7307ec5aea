import { matmul, network } from "./table.ts";

export const dlrm = network({
  name: "dlrm",
  source:
    "Naumov et al., Deep Learning Recommendation Model, 2019; layer table of DOSA (Hong et al., MICRO 2023)",
  note: "the fully connected layers at batch 1",
  layers: [
    matmul("fc_13to512", 1, 13, 512),
    matmul("fc_512to256", 1, 512, 256),
    matmul("fc_256to128", 1, 256, 128),
    matmul("fc_134to1024", 1, 134, 1024),
    matmul("fc_1024to1024", 1, 1024, 1024),
    matmul("fc_1024to512", 1, 1024, 512),
    matmul("fc_256to1", 1, 256, 1),
  ],
});
