import type { LearnedMapping } from "../learned/map-network.ts";
import { formatProof } from "./proof.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/** A design that is the best by Starlight, layer by layer. */
export function formatLearned(
  workload: string,
  { profile, hardware, totals, latencyInterval, optimal, gap, tolerance, layers }: LearnedMapping,
  objective: string,
): string {
  const interval = ({ low, high }: { readonly low: number; readonly high: number }): string =>
    `${formatCount(low)} to ${formatCount(high)}`;
  const rows = layers.map((layer) => [
    layer.name,
    String(layer.count),
    formatCount(layer.latencyCycles),
    interval(layer.latencyInterval),
    formatNumber(layer.energyUj),
    layer.mapping,
  ]);
  return `${workload} on ${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator
area ${formatNumber(totals.areaMm2)} mm2${totals.areaSource === "table" ? "" : ` (${totals.areaSource})`}, latency by Starlight (profile ${profile}), ${formatProof(optimal, gap, objective)}

${formatTable(
  [
    { title: "layer", align: "left", width: 24 },
    { title: "runs", align: "right" },
    { title: "cycles", align: "right" },
    { title: "90 %", align: "right" },
    { title: "energy uJ", align: "right" },
    { title: "mapping", align: "left", width: 150 },
  ],
  [
    ...rows,
    [
      "total",
      "",
      formatCount(totals.latencyCycles),
      interval(latencyInterval),
      formatNumber(totals.energyUj),
      `EDP ${formatNumber(totals.edpJCycles)} J*cycles`,
    ],
  ],
)}

Layers: one run each. Total: weighted by runs. Proven to ${tolerance} of the objective as the model has it. The RTL is predicted: what is the best of
a model is, on average, not quite as good as the model says.
`;
}
