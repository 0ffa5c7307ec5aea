import type { DataColumn, DataTable } from "../../report/figure.ts";
import type { LayerInfo } from "../../report/info/layers.ts";
import type { MappedDesign, PredictedDesign } from "../protocol.ts";
import type { PredictedPair } from "./predicted-totals.ts";

type Cell = string | number;

/** Every layer of a design and, beside it, of the one that it is compared with; the RTL's cycles where they are predicted. */
export function layerTable(
  a: MappedDesign,
  b: MappedDesign | undefined,
  predicted: PredictedPair,
): DataTable {
  return b ? comparison(a, b, predicted) : list(a, predicted.a);
}

function list({ design }: MappedDesign, predicted: PredictedDesign | undefined): DataTable {
  const onRtl = byName(predicted);
  return {
    columns: columnsOf(
      ["layer", "layer"],
      ["runs", "runs"],
      ["latency_cycles", "latency (cycles)"],
      ["rtl_latency_cycles", "on the RTL, predicted (cycles)"],
      ["rtl_latency_low_cycles", "90 %: from"],
      ["rtl_latency_high_cycles", "to"],
      ["energy_uj", "energy (µJ)"],
      ["bound_by", "bound by"],
      ["mapping", "mapping"],
    ),
    rows: design.layers.map(({ name, runs, latencyCycles, energyUj, boundBy, record }) => {
      const said = onRtl.get(name);
      const interval = said?.latencyInterval;
      return [
        name,
        runs,
        latencyCycles,
        said?.latencyCycles ?? missing(predicted),
        interval?.low ?? "",
        interval?.high ?? "",
        energyUj,
        boundBy,
        record.mappingText,
      ];
    }),
  };
}

function comparison(a: MappedDesign, b: MappedDesign, predicted: PredictedPair): DataTable {
  const [onA, onB] = [byName(predicted.a), byName(predicted.b)];
  return {
    columns: columnsOf(
      ["layer", "layer"],
      ["runs", "runs"],
      ["a_latency_cycles", "A latency (cycles)"],
      ["b_latency_cycles", "B latency (cycles)"],
      ["latency_ratio", "B / A"],
      ["a_rtl_latency_cycles", "A on the RTL, predicted (cycles)"],
      ["b_rtl_latency_cycles", "B on the RTL, predicted (cycles)"],
      ["rtl_latency_ratio", "B / A"],
      ["a_energy_uj", "A energy (µJ)"],
      ["b_energy_uj", "B energy (µJ)"],
      ["energy_ratio", "B / A"],
      ["a_bound_by", "A bound by"],
      ["b_bound_by", "B bound by"],
    ),
    rows: a.design.layers.flatMap((layer, i) => {
      const other = b.design.layers[i];
      if (!other) return [];
      const [saidA, saidB] = [onA.get(layer.name), onB.get(layer.name)];
      return [
        [
          layer.name,
          layer.runs,
          layer.latencyCycles,
          other.latencyCycles,
          other.latencyCycles / layer.latencyCycles,
          saidA?.latencyCycles ?? missing(predicted.a),
          saidB?.latencyCycles ?? missing(predicted.b),
          saidA && saidB ? saidB.latencyCycles / saidA.latencyCycles : "",
          layer.energyUj,
          other.energyUj,
          other.energyUj / layer.energyUj,
          layer.boundBy,
          other.boundBy,
        ],
      ];
    }),
  };
}

function columnsOf(...columns: readonly (readonly [key: string, title: string])[]): readonly DataColumn[] {
  return columns.map(([key, title]) => ({ key, title }));
}

function byName(predicted: PredictedDesign | undefined): ReadonlyMap<string, LayerInfo> {
  return new Map(predicted?.layers.map((layer) => [layer.name, layer]));
}

/** Of a layer without a prediction: none yet, or refused. */
function missing(predicted: PredictedDesign | undefined): Cell {
  return predicted ? "refused" : "";
}
