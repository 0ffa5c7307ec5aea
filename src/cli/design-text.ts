import type { HardwareParameters } from "../hardware/hardware.ts";
import type { PricedNetwork } from "../studies/priced-design.ts";
import { mappingText } from "./padded-text.ts";
import { ANALYTICAL } from "./proof.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/**
 * Hardware with its networks and their mappings, for a terminal.
 *
 * @param foot a last sentence
 */
export function formatDesign(
  hardware: HardwareParameters,
  networks: readonly PricedNetwork[],
  standing: string,
  maxAreaMm2: number | undefined,
  foot = "",
): string {
  const { areaMm2, areaSource } = networks[0]?.totals ?? { areaMm2: 0, areaSource: "table" };
  const cap =
    maxAreaMm2 === undefined
      ? ", no cap: energy has no leakage, so more hardware never costs"
      : ` of at most ${maxAreaMm2}`;
  const totals = formatTable(
    [
      { title: "workload", align: "left" },
      { title: "cycles", align: "right" },
      { title: "energy uJ", align: "right" },
      { title: "EDP J*cycles", align: "right" },
    ],
    networks.map(({ workload, totals: { latencyCycles, energyUj, edpJCycles } }) => [
      workload,
      formatCount(latencyCycles),
      formatNumber(energyUj),
      formatNumber(edpJCycles),
    ]),
  );
  const { peDim, scratchpadKib, accumulatorKib } = hardware;
  return `${peDim}x${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator: ${standing}
area ${formatNumber(areaMm2)} mm2${areaSource === "table" ? "" : ` (${areaSource})`}${cap}
${ANALYTICAL}

${totals}
${networks.map(formatLayers).join("\n")}

Layers: one run each. Totals: weighted by runs.${foot === "" ? "" : ` ${foot}`}
`;
}

function formatLayers({ workload, layers }: PricedNetwork): string {
  const table = formatTable(
    [
      { title: "layer", align: "left", width: 24 },
      { title: "runs", align: "right" },
      { title: "cycles", align: "right" },
      { title: "energy uJ", align: "right" },
      { title: "mapping", align: "left", width: 150 },
    ],
    layers.map((layer) => [
      layer.name,
      String(layer.count),
      formatCount(layer.latencyCycles),
      formatNumber(layer.energyUj),
      mappingText(layer),
    ]),
  );
  return `\n${workload}\n${table}`;
}
