import { divisors } from "../../space/divisors.ts";
import type { Loop, Mapping } from "../../space/mapping.ts";
import type { Dim, LayerShape } from "../../workload/layer.ts";
import { type Dataflow, FACTORS, type Factor } from "./relaxed-model.ts";

/** Tiling factors of one layer as numbers: real ones during the descent, divisors after rounding. */
export type Factors = Readonly<Record<Factor, number>>;

export const ONES: Factors = Object.fromEntries(FACTORS.map((factor) => [factor, 1])) as Record<
  Factor,
  number
>;

/** Loops of each dim from the inside out, as DOSA rounds them; what they leave is DRAM's. */
const INSIDE_OUT: readonly (readonly [Dim, readonly Factor[]])[] = [
  ["C", ["spatialC", "C"]],
  ["K", ["K", "spatialK"]],
  ["P", ["P"]],
  ["Q", ["Q"]],
  ["R", ["R"]],
  ["S", ["S"]],
  ["N", ["N"]],
];

/** DRAM loops of each dataflow, innermost first (DOSA, section 5.2). */
const DRAM_ORDERS: Readonly<Record<Dataflow, readonly Dim[]>> = {
  WS: ["P", "Q", "N", "R", "S", "C", "K"],
  IS: ["K", "R", "S", "P", "Q", "C", "N"],
  OS: ["R", "S", "C", "K", "P", "Q", "N"],
};

/** Rounds each factor, from the inside out, to the nearest divisor of what is left of its bound. */
export function roundFactors(shape: LayerShape, factors: Factors, peDim: number): Factors {
  const rounded: Record<Factor, number> = { ...ONES };
  for (const [dim, inside] of INSIDE_OUT) {
    let left = shape[dim];
    for (const factor of inside) {
      const most = factor === "spatialC" || factor === "spatialK" ? peDim : left;
      rounded[factor] = nearestOf(
        divisors(left).filter((divisor) => divisor <= most),
        factors[factor],
      );
      left /= rounded[factor];
    }
  }
  return rounded;
}

function nearestOf(values: readonly number[], wanted: number): number {
  return values.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}

/** Tile extent of a dim below DRAM. */
export function tileOf(factors: Factors, dim: Dim): number {
  if (dim === "C") return factors.C * factors.spatialC;
  return dim === "K" ? factors.K * factors.spatialK : factors[dim];
}

/** The mapping of a rounded tiling. */
export function toDosaMapping(shape: LayerShape, factors: Factors, dataflow: Dataflow): Mapping {
  const loops = (dims: readonly Dim[], bound: (dim: Dim) => number): Loop[] =>
    dims.map((dim) => ({ dim, bound: bound(dim) })).filter((loop) => loop.bound > 1);
  return {
    loops: {
      dram: loops([...DRAM_ORDERS[dataflow]].reverse(), (dim) => shape[dim] / tileOf(factors, dim)),
      scratchpad: [],
      accumulator: loops(["K", "C", "R", "S", "N"], (dim) => factors[dim as Factor]),
      register: loops(["P", "Q"], (dim) => factors[dim as Factor]),
    },
    spatialK: factors.spatialK,
    spatialC: factors.spatialC,
  };
}

/** Words that a rounded tiling needs of the scratchpad, and of one accumulator bank. */
export function needs(
  shape: LayerShape,
  factors: Factors,
): { readonly scratchpadWords: number; readonly bankWords: number } {
  const width = (factors.P - 1) * shape.Wstride + (factors.R - 1) * shape.Wdilation + 1;
  const height = (factors.Q - 1) * shape.Hstride + (factors.S - 1) * shape.Hdilation + 1;
  const weights = factors.R * factors.S * tileOf(factors, "K");
  return {
    scratchpadWords: (weights + width * height * factors.N) * tileOf(factors, "C"),
    bankWords: factors.P * factors.Q * factors.N * factors.K,
  };
}
