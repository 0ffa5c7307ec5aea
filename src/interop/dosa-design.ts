import { csvParseRows } from "d3-dsv";
import { createDosaReader, readDesignMapping } from "../designs/dosa-row.ts";
import { InputError } from "../errors.ts";
import type { Hardware, HardwareParameters } from "../hardware/hardware.ts";
import { formatMapping, toMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import type { DesignDocument } from "./design-document.ts";
import { parametersOf } from "./parameters-of.ts";

/**
 * A design from a table in the DOSA format whose rows have one accelerator in common. Columns `name` and `count`, as `map --out`
 * writes them, name the layers.
 *
 * @throws InputError naming the row
 */
export function parseDosaDesign(text: string, where: string): DesignDocument {
  const [header = [], ...rows] = csvParseRows(text);
  const reader = createDosaReader(header);
  const [nameColumn, countColumn] = [reader.columns.indexOf("name"), reader.columns.indexOf("count")];
  const raw = new RawMapping();
  const names = new Set<string>();
  let hardware: Hardware | undefined;
  let parameters: HardwareParameters | undefined;
  const layers = rows.map((cells, index) => {
    try {
      const { context, mapping } = reader.read(cells);
      readDesignMapping(mapping, context, raw);
      if (hardware && JSON.stringify(hardware) !== JSON.stringify(context.hardware)) {
        throw new InputError({
          where: "arch",
          expected: "the accelerator of the rows before",
          found: "another",
          hint: "polaris evaluate takes rows of any accelerators",
        });
      }
      hardware = context.hardware;
      parameters ??= parametersOf(hardware, hardware.scratchpadBandwidth.kind);
      const name = unused(cells[nameColumn] || `row${index + 2}`, names);
      const count = countColumn < 0 ? 1 : Number(cells[countColumn]);
      if (!Number.isInteger(count) || count < 1)
        throw new InputError({ where: "count", expected: "an integer", found: String(cells[countColumn]) });
      return { name, count, shape: context.shape, mapping: formatMapping(toMapping(raw)) };
    } catch (error) {
      throw error instanceof InputError ? error.within(`${where}: row ${index + 2}`) : error;
    }
  });
  if (!parameters) throw new InputError({ where, expected: "at least one design", found: "none" });
  const workload = where.replace(/^.*[/\\]/, "").replace(/\.csv$/i, "");
  return { version: 1, workload, hardware: parameters, layers };
}

function unused(name: string, names: Set<string>): string {
  let own = name;
  for (let more = 2; names.has(own); more++) own = `${name}.${more}`;
  names.add(own);
  return own;
}
