import { type Layer, toLayerShape } from "../layer.ts";

/** A row of a layer table; what is left out is 1, except that Q is P and S is R. */
export interface ConvRow {
  /** Input and output channels, of all groups together. */
  readonly C: number;
  readonly K: number;
  /** Output width and height. */
  readonly P: number;
  readonly Q?: number;
  /** Filter width and height. */
  readonly R?: number;
  readonly S?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly count?: number;
}

/** A matrix product (M x C)·(C x K). */
export interface MatmulRow {
  readonly M: number;
  readonly C: number;
  readonly K: number;
  readonly count?: number;
}

/** A convolution at batch 1; one with groups becomes one group, run `groups` times as often. */
export function conv(name: string, row: ConvRow): Layer {
  const { C, K, P, Q = P, R = 1, S = R, stride = 1, groups = 1, count = 1 } = row;
  const shape = toLayerShape({ C: C / groups, K: K / groups, P, Q, R, S, Wstride: stride, Hstride: stride });
  return { name, count: count * groups, groups, shape };
}

/** A matrix product whose right-hand side takes the place of the weights, stored or computed. */
export function matmul(name: string, { M, C, K, count = 1 }: MatmulRow): Layer {
  return { name, count, groups: 1, shape: toLayerShape({ C, K, P: M }) };
}

/** A fully connected layer on one vector. */
export function linear(name: string, row: { readonly C: number; readonly K: number }): Layer {
  return matmul(name, { M: 1, ...row });
}

/** The source of a network whose layer table is the one published with DOSA. */
export function tabledByDosa(paper: string): string {
  return `${paper}. Layer table: DOSA, Hong et al., MICRO 2023.`;
}
