import type { Workload } from "../workload.ts";
import { linear, tabledByDosa } from "./table.ts";

/** The two MLPs of a DLRM at batch 1. */
export const DLRM: Workload = {
  name: "dlrm",
  source: tabledByDosa(
    "Naumov et al.: Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019",
  ),
  note:
    "The MLPs 13-512-256-128 and 134-1024-1024-512-256-1 at batch 1, each distinct shape once: top4, which " +
    "is like bottom2, is left out, and so are embedding lookups and the feature interaction (134 inputs " +
    "are 128 and the 6 products of 4 vectors, so of three embedding tables).",
  layers: [
    linear("bottom1", { C: 13, K: 512 }),
    linear("bottom2", { C: 512, K: 256 }),
    linear("bottom3", { C: 256, K: 128 }),
    linear("top1", { C: 134, K: 1024 }),
    linear("top2", { C: 1024, K: 1024 }),
    linear("top3", { C: 1024, K: 512 }),
    linear("top5", { C: 256, K: 1 }),
  ],
};
