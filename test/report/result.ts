import { parseDesign } from "../../src/designs/design.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP } from "../../src/mapper/objective.ts";
import type { DesignRecord, PointRecord, ResultRecord } from "../../src/report/result.ts";
import { createRng } from "../../src/rng.ts";
import { builtinWorkload, loadModule } from "../../src/starlight.ts";

export const HARDWARE = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 } as const;

/** A network mapped by the exact mapper, as `map --json` writes it. */
export async function mappedDocument(name: string): Promise<object> {
  const { fronts, statistics, ...rest } = await mapNetwork(await loadModule(), {
    layers: builtinWorkload(name).layers,
    hardware: HARDWARE,
    objective: EDP,
  });
  void fronts;
  void statistics;
  return { version: 1, workload: name, fidelity: "analytical", objective: "edp", ...rest };
}

export async function mappedDesign(name: string): Promise<DesignRecord> {
  return parseDesign(await mappedDocument(name), name, async () => builtinWorkload(name));
}

/** A result with nothing in it but what a test puts there. */
export function resultOf(parts: Partial<ResultRecord>): ResultRecord {
  return {
    kind: "design",
    provenance: { file: "x.json", bytes: 1, sha256: "00" },
    workload: "net",
    designs: [],
    points: [],
    verified: [],
    ...parts,
  };
}

/** Seeded points that trade latency against energy, many of them equal in one or the other. */
export function randomPoints(count: number, seed: number, levels = 1e6): readonly PointRecord[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const latencyCycles = 1000 + Math.floor(rng() * levels);
    const energyUj = 10 + Math.floor(rng() * levels);
    return {
      peDim: 2 ** (1 + Math.floor(rng() * 7)),
      scratchpadKib: 1 + Math.floor(rng() * 2048),
      accumulatorKib: 1 + Math.floor(rng() * 2048),
      latencyCycles,
      energyUj,
      edpJCycles: energyUj * 1e-6 * latencyCycles,
      areaMm2: 0.1 + Math.floor(rng() * levels) / levels,
      areaSource: "table" as const,
      pareto: rng() < 0.01,
    };
  });
}
