import { dosaCells, dosaHeader } from "../../designs/dosa-table.ts";
import { createHardware } from "../../hardware/hardware.ts";
import { renderReport } from "../../report/page/report.ts";
import type { MappedDesign } from "../protocol.ts";
import type { StudioState } from "../state.ts";
import { saveFile } from "./dom.ts";

/** A design that `polaris evaluate` and `polaris report` read. */
function designDocument(state: StudioState, { design, optimal, gap }: MappedDesign): object {
  const { workload, objective } = state;
  return {
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    objective: objective.name,
    hardware: design.record.hardware,
    totals: design.totals,
    optimal,
    gap,
    layers: design.record.layers.map(({ name, count, shape, mappingText }) => ({
      name,
      count,
      shape,
      mapping: mappingText,
    })),
    provenance: { polaris: VERSION, command: commandOf(state, design.record.hardware) },
  };
}

/** What gives the same design on the command line. */
function commandOf({ workload, objective }: StudioState, hardware: StudioState["a"]): string {
  const { peDim, scratchpadKib, accumulatorKib } = hardware;
  return `polaris map ${workload.name} --pe ${peDim} --scratchpad-kib ${scratchpadKib} --accumulator-kib ${accumulatorKib} --objective ${objective.name}`;
}

export function saveDesign(state: StudioState, mapped: MappedDesign): void {
  saveFile(
    `${state.workload.name}.json`,
    "application/json",
    `${JSON.stringify(designDocument(state, mapped))}\n`,
  );
}

/** The layers as rows of a design table in the DOSA format, as `polaris map --out x.csv` writes them. */
export function saveTable(state: StudioState, { design }: MappedDesign): void {
  const hardware = createHardware(design.record.hardware);
  const cell = (value: string | number): string =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const rows = design.record.layers.map(({ mapping, shape, name, count }) => [
    ...dosaCells(mapping, shape, hardware),
    name,
    count,
  ]);
  const head = [...dosaHeader(hardware.scratchpadBandwidth.kind), "name", "count"];
  const text = [head, ...rows].map((row) => row.map(cell).join(",")).join("\n");
  saveFile(`${state.workload.name}.csv`, "text/csv", `${text}\n`);
}

/** The report that `polaris report` makes of the design's document. */
export async function saveReport(state: StudioState, mapped: MappedDesign): Promise<void> {
  const text = `${JSON.stringify(designDocument(state, mapped))}\n`;
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const page = await renderReport(
    {
      title: `${state.workload.name}: one design`,
      provenance: {
        file: `${state.workload.name}.json (from the studio)`,
        bytes: bytes.length,
        sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
        fidelity: "analytical",
        objective: state.objective.name,
        polaris: VERSION,
        command: commandOf(state, mapped.design.record.hardware),
      },
      claim: { optimal: mapped.optimal, gap: mapped.gap },
      points: 0,
      paretoPoints: 0,
      designs: [mapped.design],
      fronts: [],
    },
    VERSION,
  );
  saveFile(`${state.workload.name}.html`, "text/html", page);
}

/** Of the package; the build puts it here. */
declare const VERSION: string;
