import type { LocalEngine } from "../fidelity/engine.ts";
import type { Candidate } from "../fidelity/evaluator.ts";
import type { MachineModel } from "../fidelity/machine-model.ts";
import { createHardware, type Hardware } from "../hardware/hardware.ts";
import { createRng, type Rng } from "../rng.ts";
import { createMachine } from "../rtl/machine.ts";
import { toTiling } from "../rtl/tiling.ts";
import type { Mapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";
import { type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";

/** What samples are drawn from. */
export interface SampleSpace {
  readonly peDims: readonly number[];
  /** Largest and smallest memory are drawn with equal odds for each doubling. */
  readonly scratchpadKib: readonly [number, number];
  readonly accumulatorKib: readonly [number, number];
  /** Each sample is the best, by analytical EDP, of so many random mappings, or one that a search finds; which, is drawn. */
  readonly effort: readonly (number | "search")[];
  /** What would take longer, by the event-driven model, is drawn again: arbitrary mappings may run for billions of cycles. */
  readonly maxCycles: number;
}

/** Arrays that the embedded RTL has, and mappings from arbitrary ones to such as a search leaves. */
export const SAMPLE_SPACE: SampleSpace = {
  peDims: [4, 8, 16, 32, 64],
  scratchpadKib: [16, 512],
  accumulatorKib: [4, 128],
  effort: [1, 1, 10, 100, 1000],
  maxCycles: 4e6,
};

/** Every layer shape of the built-in networks, once. */
export function builtinShapes(): readonly LayerShape[] {
  return distinctShapes([...BUILTIN_WORKLOADS.values()]);
}

/** Every layer shape of some networks, once. */
export function distinctShapes(workloads: readonly Workload[]): readonly LayerShape[] {
  const shapes = new Map<string, LayerShape>();
  for (const { layers } of workloads) for (const { shape } of layers) shapes.set(shapeKey(shape), shape);
  return [...shapes.values()];
}

/** What a sample is made with. */
export interface SampleTools {
  /** Prices the mappings of which a sample is the best. */
  readonly engine: LocalEngine;
  /** Says how long it would run. */
  readonly model: MachineModel;
  readonly shapes: readonly LayerShape[];
  /** Mappings that a search holds for best; for the effort `search`. */
  readonly search?: (shape: LayerShape, hardware: Hardware) => readonly Mapping[];
}

/** Mappings of a layer on an accelerator that are drawn for each one wanted before another layer is. */
const TRIES = 10;

/**
 * The `index`-th sample of a seed: a layer, an accelerator and a mapping. Samples do not depend on each other, so that a table can
 * be made in any order and in pieces.
 */
export function drawSample(
  tools: SampleTools,
  seed: number,
  index: number,
  space: SampleSpace = SAMPLE_SPACE,
): Candidate {
  return drawMappings(tools, seed, index, 1, space)[0] as Candidate;
}

/** The `index`-th layer and accelerator of a seed, with some mappings: what a model must tell apart. */
export function drawMappings(
  tools: SampleTools,
  seed: number,
  index: number,
  count: number,
  space: SampleSpace = SAMPLE_SPACE,
): readonly Candidate[] {
  const rng = createRng(seed, index);
  for (;;) {
    const shape = pick(tools.shapes, rng);
    const hardware = createHardware({
      peDim: pick(space.peDims, rng),
      scratchpadKib: doubling(space.scratchpadKib, rng),
      accumulatorKib: doubling(space.accumulatorKib, rng),
    });
    const found: Candidate[] = [];
    for (let tries = count === 1 ? 1 : TRIES * count; tries > 0 && found.length < count; tries--) {
      const mapping = drawMapping(tools, { shape, hardware }, pick(space.effort, rng), rng);
      if (cyclesOf(tools.model, { shape, hardware, mapping }) > space.maxCycles) continue;
      found.push({ shape, hardware, mapping });
    }
    if (found.length === count) return found;
  }
}

function drawMapping(
  { engine, search }: SampleTools,
  { shape, hardware }: Omit<Candidate, "mapping">,
  effort: number | "search",
  rng: Rng,
): Mapping {
  if (effort !== "search") return bestOf(engine, { shape, hardware }, effort, rng);
  const found = search?.(shape, hardware) ?? [];
  return found.length === 0 ? bestOf(engine, { shape, hardware }, 1, rng) : pick(found, rng);
}

/** Cycles by the event-driven model. */
function cyclesOf(model: MachineModel, { shape, hardware, mapping }: Candidate): number {
  model.open(createMachine(hardware), shape);
  model.write(0, toTiling(mapping, { shape }));
  model.simulate(1);
  return model.cycles(0);
}

function pick<T>(choices: readonly T[], rng: Rng): T {
  return choices[Math.floor(rng() * choices.length)] as T;
}

function doubling([least, most]: readonly [number, number], rng: Rng): number {
  return least * 2 ** Math.floor(rng() * (Math.log2(most / least) + 1));
}

/** The best by EDP of `count` random mappings. */
function bestOf(
  engine: LocalEngine,
  { shape, hardware }: Omit<Candidate, "mapping">,
  count: number,
  rng: Rng,
): Mapping {
  const { batch } = engine;
  const sample = createMappingSampler(shape, hardware);
  const raw = new RawMapping();
  let best: { readonly mapping: Mapping; readonly edp: number } | undefined;
  for (let done = 0; done < count; done += batch.capacity) {
    const held = Math.min(batch.capacity, count - done);
    for (let i = 0; i < held; i++) {
      sample(rng, raw);
      batch.writeRaw(i, raw);
    }
    engine.evaluateNow(shape, hardware, held);
    for (let i = 0; i < held; i++) {
      const edp = batch.edpJCycles(i);
      if (best && edp >= best.edp) continue;
      best = { mapping: batch.read(i), edp };
    }
  }
  if (!best) throw new RangeError("at least one mapping must be drawn");
  return best.mapping;
}
