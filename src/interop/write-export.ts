import { csvFormatRows } from "d3-dsv";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { NetworkDesign } from "../designs/design.ts";
import { dosaCells, dosaHeader } from "../designs/dosa-table.ts";
import { createHardware } from "../hardware/hardware.ts";
import { formatGemminiConfig, formatGemminiHeader, gemminiCall, gemminiParameters } from "./gemmini.ts";
import { INDEX_FILE } from "./read-import.ts";
import { formatArchitecture, formatLayer } from "./timeloop/document.ts";
import type { TimeloopIndex } from "./timeloop/read.ts";

/** Formats that a design is written in. */
export const EXPORT_FORMATS = ["timeloop-0.3", "timeloop-0.4", "gemmini", "csv", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A file of an export: its name within the folder, or "" where the export is that one file. */
export interface ExportedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** What an export writes, and what of the design its format does not say. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  readonly notExpressed: readonly string[];
}

const ARCHITECTURE_FILE = "architecture.yaml";
const GEMMINI_FILES = ["gemmini_params.h", "PolarisConfig.scala", "tiling.json"] as const;

/** Names of the files of an export of so many layers: those of `exportDesign`. */
export function exportNames(format: ExportFormat, layers: number): readonly string[] {
  if (format === "csv" || format === "parquet") return [""];
  if (format === "gemmini") return GEMMINI_FILES;
  return [ARCHITECTURE_FILE, ...layerFiles(layers), INDEX_FILE];
}

function layerFiles(layers: number): readonly string[] {
  const digits = String(layers).length;
  return Array.from({ length: layers }, (_, i) => `layer${String(i + 1).padStart(digits, "0")}.yaml`);
}

/** Writes a design in another tool's format. */
export function exportDesign(design: NetworkDesign, format: ExportFormat): Exported {
  if (format === "timeloop-0.3" || format === "timeloop-0.4")
    return { files: timeloop(design, format), notExpressed: [] };
  if (format === "gemmini") return gemmini(design);
  const { head, rows } = table(design);
  if (format === "csv")
    return {
      files: [{ name: "", content: `${csvFormatRows([head, ...rows.map((row) => row.map(String))])}\n` }],
      notExpressed: [],
    };
  const columnData = head.map((name, column) => {
    const data = rows.map((row) => row[column] as string | number);
    return typeof data[0] === "number"
      ? { name, type: "DOUBLE" as const, data: data as number[] }
      : { name, type: "STRING" as const, data: data as string[] };
  });
  return {
    files: [{ name: "", content: new Uint8Array(parquetWriteBuffer({ columnData })) }],
    notExpressed: [],
  };
}

/** Rows that `evaluate` reads, with the layers' names and counts. */
function table({ hardware: parameters, layers }: NetworkDesign) {
  const hardware = createHardware(parameters);
  return {
    head: [...dosaHeader(hardware.scratchpadBandwidth.kind), "name", "count"],
    rows: layers.map(({ mapping, shape, name, count }) => [
      ...dosaCells(mapping, shape, hardware),
      name,
      count,
    ]),
  };
}

function timeloop(design: NetworkDesign, format: "timeloop-0.3" | "timeloop-0.4"): readonly ExportedFile[] {
  const version = format === "timeloop-0.3" ? "0.3" : "0.4";
  const names = layerFiles(design.layers.length);
  const files = design.layers.map((layer, i) => ({
    name: names[i] ?? "",
    content: formatLayer(layer, version),
  }));
  const index: TimeloopIndex & { readonly version: 1 } = {
    version: 1,
    workload: design.workload,
    layers: design.layers.map(({ name, count }, i) => ({ file: names[i] ?? "", name, count })),
  };
  return [
    { name: ARCHITECTURE_FILE, content: formatArchitecture(design.hardware, version) },
    ...files,
    { name: INDEX_FILE, content: `${JSON.stringify(index, null, 2)}\n` },
  ];
}

function gemmini({ hardware, layers }: NetworkDesign): Exported {
  const parameters = gemminiParameters(hardware);
  const calls = layers.map((layer) => ({ ...gemminiCall(layer, hardware), count: layer.count }));
  const document = { version: 1, ...parameters, calls };
  const [header, config, tiling] = GEMMINI_FILES;
  return {
    files: [
      { name: header, content: formatGemminiHeader(parameters) },
      { name: config, content: formatGemminiConfig(parameters) },
      { name: tiling, content: `${JSON.stringify(document, null, 2)}\n` },
    ],
    notExpressed: [
      ...parameters.notExpressed.map((note) => `cannot be built: ${note}`),
      ...calls.flatMap(({ layer, notExpressed }) => notExpressed.map((note) => `${layer}: ${note}`)),
    ],
  };
}
