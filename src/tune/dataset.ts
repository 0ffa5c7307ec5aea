import { csvParseRows } from "d3-dsv";
import { createDosaReader, readDesignMapping } from "../designs/dosa-row.ts";
import { refuseEmptyTable } from "../designs/empty-table.ts";
import { InputError, quote } from "../errors.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { type Mapping, toMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { violations } from "../space/validity.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";
import { type LayerShape, shapeKey } from "../workload/layer.ts";
import { measurementRules } from "./measurement-rules.ts";

/** One measurement of the RTL, and what the analytical model says of the same design. */
export interface MeasuredRow {
  /** Line of the file, the header being line 1. */
  readonly line: number;
  readonly shape: LayerShape;
  readonly mapping: Mapping;
  /** As the table declares it. */
  readonly hardware: Hardware;
  /** Rows and columns of the array that the RTL was built with (see `MeasurementRules`). */
  readonly peDim: number;
  readonly analyticalCycles: number;
  /** Analytical energy, at every fidelity. */
  readonly energyPj: number;
  readonly measuredCycles: number;
  /**
   * Whether the caches held nothing of the layer when it ran. DOSA's training harness ran the mappings of a layer on an array one
   * after the other; the first of them, in the order of the table, is slower than its like by what the others find in the cache.
   */
  readonly cold: boolean;
  /** Whether the mapping was drawn at random, as in DOSA's training data, and not found by a search. */
  readonly random: boolean;
  /** The same for all mappings of a layer. */
  readonly layer: string;
  /** Built-in network that holds every layer measured on this hardware, if there is one. */
  readonly network: string | undefined;
  /** Why the row is left out of training and of judgement; undefined for a clean one. */
  readonly excluded: string | undefined;
}

/** The column with the measured cycles. */
export const MEASURED_COLUMN = "target.gemmini_cycle";

/**
 * Measurements from a table in the DOSA format with a column `target.gemmini_cycle`. Other `target.*` columns are not read.
 *
 * @param text the whole table
 * @param name of the table, for messages
 * @param profile the RTL that was measured
 * @throws InputError naming row and column
 */
export function parseDataset(
  text: string,
  name: string,
  engine: LocalEngine,
  profile: Profile = "gemmini-firesim",
): readonly MeasuredRow[] {
  const rules = measurementRules(profile);
  refuseEmptyTable(text, name);
  const [header = [], ...records] = csvParseRows(text);
  const reader = within(`${name}: row 1`, () => createDosaReader(header));
  const measuredColumn = reader.columns.indexOf(MEASURED_COLUMN);
  if (measuredColumn < 0) {
    throw new InputError({
      where: `${name}: row 1`,
      expected: `a column ${MEASURED_COLUMN} with the measured cycles`,
      found: `${reader.columns.length} columns without it`,
    });
  }
  const raw = new RawMapping();
  const seen = new Set<string>();
  const isFirst = (run: string): boolean => seen.size < seen.add(run).size;
  const rows = records.flatMap((cells, record): readonly MeasuredRow[] => {
    if (cells.length === 1 && cells[0] === "") return [];
    const line = record + 2;
    return within(`${name}: row ${line}`, () => {
      const { context, mapping: text } = reader.read(cells);
      const { shape, hardware } = context;
      readDesignMapping(text, context, raw);
      const mapping = toMapping(raw);
      const broken = violations(mapping, shape, hardware)[0];
      if (broken) {
        throw new InputError({
          where: "mapping.mapping",
          expected: "a mapping that fits",
          found: broken.message,
        });
      }
      const peDim = rules.arrayDim(hardware, mapping);
      const random = rules.random(hardware);
      const measuredCycles = readCycles(cells[measuredColumn]);
      const { latencyCycles, energyPj } = engine.explain(mapping, shape, hardware);
      return [
        {
          line,
          shape,
          mapping,
          hardware,
          peDim,
          analyticalCycles: latencyCycles,
          energyPj,
          measuredCycles,
          cold: random && isFirst(`${shapeKey(shape)} ${peDim}`),
          random,
          layer: shapeKey(shape),
          network: undefined,
          excluded: rules.unusable(shape, mapping),
        },
      ];
    });
  });
  if (rows.length === 0) {
    throw new InputError({ where: name, expected: "rows with measurements", found: "none" });
  }
  return withNetworks(rows);
}

/** The rows to learn from and to judge on. */
export function cleanRows(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return rows.filter(({ excluded }) => excluded === undefined);
}

function readCycles(text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InputError({
    where: MEASURED_COLUMN,
    expected: "a positive number of cycles",
    found: quote(text),
  });
}

function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
}

/** A search leaves one accelerator with the layers of one network: that tells which network a row is from. */
function withNetworks(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  const layersOn = new Map<Hardware, Set<string>>();
  for (const { hardware, layer } of rows) {
    const layers = layersOn.get(hardware) ?? new Set();
    layersOn.set(hardware, layers.add(layer));
  }
  const networkOf = new Map([...layersOn].map(([hardware, layers]) => [hardware, networkWith(layers)]));
  return rows.map((row) => ({ ...row, network: networkOf.get(row.hardware) }));
}

/** The smallest built-in network that has all these layers. */
function networkWith(layers: ReadonlySet<string>): string | undefined {
  return [...BUILTIN_WORKLOADS.values()]
    .filter((workload) => {
      const known = new Set(workload.layers.map(({ shape }) => shapeKey(shape)));
      return [...layers].every((layer) => known.has(layer));
    })
    .sort((a, b) => a.layers.length - b.layers.length)[0]?.name;
}
