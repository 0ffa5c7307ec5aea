import { PROFILES, type Profile } from "../fidelity/evaluator.ts";
import type { LearnedCodesignProgress } from "../learned/codesign.ts";
import type { LearnedMapping } from "../learned/map-network.ts";
import { formatProof, formatTolerance } from "./proof.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/** How far the search for the optimum of a space is. */
export function formatLearnedProgress({ boxes, predicted, gap }: LearnedCodesignProgress): string {
  const open = Number.isFinite(gap) ? `, gap ${formatNumber(100 * gap)} %` : "";
  return `${formatCount(boxes)} boxes of configs, ${formatCount(predicted)} mappings predicted by Starlight${open}`;
}

/** Networks on one accelerator, and what is proven of them together. */
export interface LearnedAnswer {
  /** In the order of the workloads. */
  readonly mappings: readonly LearnedMapping[];
  readonly workloads: readonly string[];
  readonly optimal: boolean;
  readonly gap: number;
  /** Name of the objective. */
  readonly objective: string;
  /** Whether the profile was asked for; else it is the command's default, which is said. */
  readonly asked: boolean;
}

/** A design that is the best by Starlight, layer by layer. */
export function formatLearned({
  mappings,
  workloads,
  optimal,
  gap,
  objective,
  asked,
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
${formatModel(profile, asked)}

${tables.join("\n\n")}

Layers: one run each. Total: weighted by runs; its interval holds if all layers err alike.
${formatTolerance(optimal, String(tolerance))} as the model has it. The RTL is predicted: what is the best of
a model is, on average, not quite as good as the model says.
`;
}

const RTL: Readonly<Record<Profile, string>> = {
  "gemmini-firesim": "Gemmini as FireSim measured it",
  "polaris-rtl": "the RTL in the box",
};

/** Which model the figures are from, and of which RTL. */
function formatModel(profile: Profile, asked: boolean): string {
  const other = PROFILES.find((one) => one !== profile) as Profile;
  const why = asked ? "" : `, the default here (--profile ${other}: ${RTL[other]})`;
  const energy = profile === "polaris-rtl" ? "that RTL's access counts" : "the analytical model";
  return `cycles by Starlight, profile ${profile}: learnt from ${RTL[profile]}${why}; energy by ${energy}`;
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
