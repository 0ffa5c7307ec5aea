import type { LearnedMapping } from "../learned/map-network.ts";
import { MODEL_OF } from "./fidelity-text.ts";
import { formatProof } from "./proof.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/** Networks on one accelerator, and what is proven of them together. */
export interface LearnedAnswer {
  /** In the order of the workloads. */
  readonly mappings: readonly LearnedMapping[];
  readonly workloads: readonly string[];
  readonly optimal: boolean;
  readonly gap: number;
  /** Name of the objective. */
  readonly objective: string;
  /** After the profile: why it is this one. */
  readonly chosen?: string;
}

/** A design that is the best by Starlight, layer by layer. */
export function formatLearned({
  mappings,
  workloads,
  optimal,
  gap,
  objective,
  chosen = "",
}: LearnedAnswer): string {
  const [first, ...others] = mappings;
  if (!first) return "";
  const { hardware, totals, profile, tolerance } = first;
  const array = `${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator`;
  const of = others.length > 0 ? `geometric mean of ${objective}` : objective;
  const tables = mappings.map(
    (mapping, i) => `${others.length > 0 ? `${workloads[i]}\n` : ""}${formatLayers(mapping)}`,
  );
  return `${others.length > 0 ? "" : `${workloads[0]} on `}${array}: ${formatProof(optimal, gap, of)}
area ${formatNumber(totals.areaMm2)} mm2${totals.areaSource === "table" ? "" : ` (${totals.areaSource})`}
latency by ${MODEL_OF.starlight}, profile ${profile}${chosen}; energy by ${MODEL_OF.analytical}

${tables.join("\n\n")}

Layers: one run each. Total: weighted by runs. Proven to ${tolerance} of the objective as the model has it. The RTL is predicted: what is the best of
a model is, on average, not quite as good as the model says.
`;
}

function formatLayers({ totals, latencyInterval, layers }: LearnedMapping): string {
  const interval = ({ low, high }: { readonly low: number; readonly high: number }): string =>
    `${formatCount(low)} to ${formatCount(high)}`;
  return formatTable(
    [
      { title: "layer", align: "left", width: 24 },
      { title: "runs", align: "right" },
      { title: "cycles", align: "right" },
      { title: "90 %", align: "right" },
      { title: "energy uJ", align: "right" },
      { title: "mapping", align: "left", width: 150 },
    ],
    [
      ...layers.map((layer) => [
        layer.name,
        String(layer.count),
        formatCount(layer.latencyCycles),
        interval(layer.latencyInterval),
        formatNumber(layer.energyUj),
        layer.mapping,
      ]),
      [
        "total",
        "",
        formatCount(totals.latencyCycles),
        interval(latencyInterval),
        formatNumber(totals.energyUj),
        `EDP ${formatNumber(totals.edpJCycles)} J*cycles`,
      ],
    ],
  );
}
