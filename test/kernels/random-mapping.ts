import type { Hardware } from "../../src/hardware/hardware.ts";
import type { Rng } from "../../src/rng.ts";
import { LEVELS, type Level, type Loop, type Mapping } from "../../src/space/mapping.ts";
import { DIMS, type Dim, type LayerShape, toLayerShape } from "../../src/workload/layer.ts";

export interface RandomCase {
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

/** Hardware on which every small case fits, registers of several weights included. */
export function roomyHardware(split: boolean, peDim = 6): Hardware {
  return {
    peDim,
    scratchpadWords: 2 ** 20,
    scratchpadRows: 700,
    accumulatorWords: 2 ** 16,
    accumulatorRows: 300,
    scratchpadBandwidth: split
      ? { kind: "split", readWords: 5, writeWords: 3 }
      : { kind: "shared", words: 2 * peDim },
    accumulatorBandwidth: split
      ? { kind: "split", readWords: 1, writeWords: 1 }
      : { kind: "shared", words: 2 },
    dramBandwidthWords: 8,
    registerWords: 2 ** 10,
  };
}

const pick = <T>(items: readonly T[], rng: Rng): T => items[Math.floor(rng() * items.length)] as T;

/**
 * An arbitrary mapping of an arbitrary small layer: any dim at any level in any order. The layer's bounds follow from the factors.
 * Half of the cases put loops of one axis innermost at DRAM, some with K around them, where the corner rule lives.
 */
export function randomCase(rng: Rng): RandomCase {
  for (;;) {
    const loops = Object.fromEntries(LEVELS.map((level) => [level, [] as Loop[]])) as Record<Level, Loop[]>;
    const bounds: Record<Dim, number> = { N: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1 };
    const put = (level: Level, dim: Dim, bound: number): void => {
      loops[level].push({ dim, bound });
      bounds[dim] *= bound;
    };
    const used = { dram: 0.45, scratchpad: rng() < 0.4 ? 0.25 : 0, accumulator: 0.35, register: 0.15 };
    for (const level of LEVELS) {
      for (const dim of shuffle(DIMS, rng)) if (rng() < used[level]) put(level, dim, pick([2, 2, 3], rng));
    }
    if (rng() < 0.5) {
      const axis = pick(
        [
          ["P", "R"],
          ["R", "P"],
          ["Q", "S"],
          ["S", "Q"],
        ] as const,
        rng,
      );
      const inner: Dim[] = pick([[...axis], ["K", ...axis], [axis[0], "K", axis[1]]], rng) as Dim[];
      const rest = loops.dram.filter((loop) => !inner.includes(loop.dim));
      for (const loop of loops.dram) if (inner.includes(loop.dim)) bounds[loop.dim] /= loop.bound;
      loops.dram = rest;
      for (const dim of [...inner].reverse()) put("dram", dim, pick([2, 3], rng));
    }
    const spatialK = pick([1, 1, 2, 3], rng);
    const spatialC = pick([1, 1, 2, 3], rng);
    bounds.K *= spatialK;
    bounds.C *= spatialC;
    const steps = Object.fromEntries(
      ["Wstride", "Hstride", "Wdilation", "Hdilation"].map((step) => [step, pick([1, 1, 2, 3], rng)]),
    );
    const iterations = LEVELS.flatMap((level) => loops[level]).reduce((all, loop) => all * loop.bound, 1);
    if (iterations > 4_000) continue;
    return { shape: toLayerShape({ ...bounds, ...steps }), mapping: { loops, spatialK, spatialC } };
  }
}

function shuffle<T>(items: readonly T[], rng: Rng): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
