import type { Dim, Step } from "../../workload/layer.ts";
import type { Known, NodeView } from "./known.ts";

/** A loop nest that a node runs: one group of it, run `count` times, groups included. A NaN is a size not known. */
export interface LayerDraft {
  /** Distinguishes the parts of one node. */
  readonly part?: string;
  readonly count: number;
  readonly groups?: number;
  /** What is left out is 1. */
  readonly shape: Readonly<Partial<Record<Dim | Step, number>>>;
}

/** What a node of multiply-accumulates gives, and the loop nests that it runs. */
export interface Contraction {
  readonly outputs: readonly Known[];
  readonly layers: readonly LayerDraft[];
  /** Why it is no loop nest, where it is none. */
  readonly reason?: string;
}

export type ContractionRule = (node: NodeView) => Contraction;

export function notRead(reason: string, outputs: readonly Known[] = []): Contraction {
  return { outputs, layers: [], reason };
}
