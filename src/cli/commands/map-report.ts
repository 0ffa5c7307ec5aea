import { csvFormatRows } from "d3-dsv";
import { dosaCells, dosaHeader } from "../../designs/dosa-table.ts";
import { createHardware } from "../../hardware/hardware.ts";
import type { LearnedMapping } from "../../learned/map-network.ts";
import { mappingFields } from "../../mapper/document.ts";
import type { NetworkMapping } from "../../mapper/map-network.ts";
import { parseMapping } from "../../space/mapping.ts";
import type { Workload } from "../../workload/workload.ts";
import type { CliContext } from "../context.ts";
import { isFolder, saveDesign } from "../design-folder.ts";
import { saveOutput } from "../output.ts";
import { mappingText } from "../padded-text.ts";
import { ANALYTICAL, formatProof, formatTolerance } from "../proof.ts";
import type { WrittenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import type { MapArgs } from "./map.ts";

/** The best of random mappings, and how many times the proven objective its objective is. */
export interface RandomComparison {
  /** For each layer. */
  readonly samples: number;
  readonly seed: number;
  readonly latencyCycles: number;
  readonly energyUj: number;
  readonly ratio: number;
}

/** A design that `evaluate` reads. */
export function formatMapJson(
  { objective }: Pick<MapArgs, "objective">,
  workload: Workload,
  mapping: NetworkMapping,
  random: RandomComparison | undefined,
  provenance: WrittenBy,
): string {
  return `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    ...mappingFields(objective, mapping),
    ...(random ? { random } : {}),
    provenance,
  })}\n`;
}

/** Writes a mapping to `--out`, if there is one: as rows, as a document, or as a folder. */
export async function saveMapping(
  context: CliContext,
  out: string | undefined,
  mapping: NetworkMapping | LearnedMapping,
  json: () => string,
): Promise<void> {
  if (out === undefined) return;
  if (out.toLowerCase().endsWith(".csv") && !(await isFolder(out)))
    await saveOutput(out, formatMapCsv(mapping));
  else await saveDesign(context, out, json());
}

/** Rows that `evaluate` reads. */
function formatMapCsv({ layers, hardware: parameters }: NetworkMapping | LearnedMapping): string {
  const hardware = createHardware(parameters);
  const head = [...dosaHeader(hardware.scratchpadBandwidth.kind), "name", "count"];
  const rows = layers.map(({ mapping, shape, name, count }) =>
    [...dosaCells(parseMapping(mapping), shape, hardware), name, count].map(String),
  );
  return `${csvFormatRows([head, ...rows])}\n`;
}

export function formatMap(
  { objective }: Pick<MapArgs, "objective">,
  workload: Workload,
  { hardware, totals, layers, optimal, gap }: NetworkMapping,
  random: RandomComparison | undefined,
): string {
  const rows = layers.map((layer) => [
    layer.name,
    String(layer.count),
    formatCount(layer.latencyCycles),
    formatNumber(layer.energyUj),
    layer.boundBy,
    mappingText(layer),
  ]);
  const proof = formatProof(optimal, gap, objective.name);
  const compared = random
    ? `Best of ${formatCount(random.samples)} random mappings a layer: ${formatNumber(random.ratio)} times this ${objective.name} (seed ${random.seed})\n`
    : "";
  return `${workload.name} on ${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator
area ${formatNumber(totals.areaMm2)} mm2${totals.areaSource === "table" ? "" : ` (${totals.areaSource})`}, ${proof}
${ANALYTICAL}

${formatTable(
  [
    { title: "layer", align: "left", width: 24 },
    { title: "runs", align: "right" },
    { title: "cycles", align: "right" },
    { title: "energy uJ", align: "right" },
    { title: "bound by", align: "left" },
    { title: "mapping", align: "left", width: 150 },
  ],
  [
    ...rows,
    [
      "total",
      "",
      formatCount(totals.latencyCycles),
      formatNumber(totals.energyUj),
      "",
      `EDP ${formatNumber(totals.edpJCycles)} J*cycles`,
    ],
  ],
)}

Layers: one run each. Total: weighted by runs. ${formatTolerance(optimal)}.
${compared}`;
}
