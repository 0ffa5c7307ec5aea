import { createEngine } from "../../fidelity/engine.ts";
import { mapNetwork } from "../../mapper/map-network.ts";
import { designInfo } from "../../report/summary.ts";
import { parseMapping } from "../../space/mapping.ts";
import type { MappedDesign, Questions } from "../protocol.ts";

/** The best mappings of a network, proven, with all that the page draws of them. */
export async function mapDesign(
  module: WebAssembly.Module,
  { workload, hardware, objective }: Questions["map"]["request"],
): Promise<MappedDesign> {
  const started = performance.now();
  const found = await mapNetwork(module, { layers: workload.layers, hardware, objective });
  const milliseconds = performance.now() - started;
  const layers = found.layers.map((layer) => ({
    name: layer.name,
    count: layer.count,
    shape: layer.shape,
    mapping: parseMapping(layer.mapping),
    mappingText: layer.mapping,
  }));
  const engine = await createEngine(module, 1);
  const { covered, evaluated } = found.statistics;
  return {
    design: designInfo({ workload: workload.name, hardware, layers, totals: found.totals }, engine),
    optimal: found.optimal,
    gap: found.gap,
    candidates: { covered, evaluated },
    milliseconds,
  };
}
