import { InputError, nearest, quote } from "../errors.ts";
import type { Engine } from "../fidelity/engine.ts";
import { PROFILES, type Profile } from "../fidelity/evaluator.ts";
import type { Explanation } from "../fidelity/explanation.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters, parseHardware } from "../hardware/hardware.ts";
import { type Mapping, parseMapping } from "../space/mapping.ts";
import { violations } from "../space/validity.ts";
import { DIMS, type LayerShape, MAX_BOUND, STEPS } from "../workload/layer.ts";
import { asRecord, parseShape, parseWorkload, refuseTwice, type Workload } from "../workload/workload.ts";

/** A layer of a design: what runs, how often, and how it is mapped. */
export interface DesignLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: Mapping;
  readonly mappingText: string;
}

/** A design: an accelerator and one mapping for each layer of a network. */
export interface NetworkDesign {
  readonly workload: string;
  readonly hardware: HardwareParameters;
  /** The RTL whose model or run the document's metrics are of. */
  readonly profile?: Profile;
  readonly layers: readonly DesignLayer[];
}

/** The metrics of a design, layer by layer; layer metrics are of one run, totals are weighted by count. */
export interface DesignResult {
  readonly version: 1;
  readonly workload: string;
  readonly fidelity: "analytical";
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  readonly layers: readonly EvaluatedLayer[];
}

export interface EvaluatedLayer extends Omit<Explanation, "energyPj" | "edpJCycles"> {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
  readonly energyUj: number;
  readonly edpJCycles: number;
}

/** Version of the JSON documents that hold designs and results. */
const VERSION = 1;

/**
 * A design from a parsed JSON or YAML document
 * `{ version?, workload, hardware: { peDim, scratchpadKib, accumulatorKib }, layers: [{ name, mapping, count?, shape? }] }`.
 * `workload` is a name or a layer table; a layer without `shape` is the one of that name in it; `profile` says which RTL the design
 * was made for. Other keys, such as the metrics that `sweep` writes, are not read.
 *
 * @param findWorkload resolves a workload's name
 * @throws InputError
 */
export async function parseDesign(
  document: unknown,
  where: string,
  findWorkload: (name: string) => Promise<Workload>,
): Promise<NetworkDesign> {
  const fields = asRecord(document, where, "a design with workload, hardware and layers");
  const version = fields["version"] ?? VERSION;
  if (version !== VERSION) {
    throw new InputError({ where: `${where}: version`, expected: String(VERSION), found: quote(version) });
  }
  const hardware = parseHardware(fields["hardware"], `${where}: hardware`);
  const rows = fields["layers"];
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new InputError({
      where: `${where}: layers`,
      expected: "a list of at least one layer",
      found: quote(rows),
    });
  }
  let table: Promise<Workload> | undefined;
  const workload = (): Promise<Workload> => {
    table ??= resolveWorkload(fields["workload"], where, findWorkload);
    return table;
  };
  const layers: DesignLayer[] = [];
  for (const [index, row] of rows.entries()) {
    layers.push(await parseDesignLayer(row, `${where}: layers[${index}]`, hardware, workload));
  }
  refuseTwice(layers, where);
  const named = fields["workload"];
  const name = typeof named === "string" ? named : named === undefined ? "unnamed" : (await workload()).name;
  const profile = parseProfile(fields["profile"], where);
  return { workload: name, hardware, ...(profile === undefined ? {} : { profile }), layers };
}

/** Which RTL's model prices a design: the one that is asked for, else the one that it was made for; undefined for the model's default. */
export function pricedAs(asked: Profile | undefined, design: NetworkDesign | undefined): Profile | undefined {
  return asked ?? design?.profile;
}

function parseProfile(value: unknown, where: string): Profile | undefined {
  const profile = PROFILES.find((one) => one === value);
  if (value === undefined || profile !== undefined) return profile;
  throw new InputError({
    where: `${where}: profile`,
    expected: PROFILES.join(" or "),
    found: quote(value),
  });
}

async function resolveWorkload(
  value: unknown,
  where: string,
  findWorkload: (name: string) => Promise<Workload>,
): Promise<Workload> {
  if (typeof value === "string") {
    try {
      return await findWorkload(value);
    } catch (error) {
      throw error instanceof InputError ? error.within(where) : error;
    }
  }
  if (value !== undefined) return parseWorkload(value, `${where}: workload`);
  throw new InputError({
    where,
    expected: "a `workload` to find the layers' shapes in, or a `shape` for each layer",
    found: "neither",
  });
}

async function parseDesignLayer(
  row: unknown,
  where: string,
  parameters: HardwareParameters,
  workload: () => Promise<Workload>,
): Promise<DesignLayer> {
  const fields = asRecord(row, where, "a layer with name and mapping");
  const { name, mapping: text } = fields;
  if (typeof name !== "string" || name === "") {
    throw new InputError({ where: `${where}.name`, expected: "text", found: quote(name) });
  }
  const place = `${where} (${name.slice(0, 40)})`;
  if (typeof text !== "string")
    throw new InputError({ where: `${place}.mapping`, expected: "a mapping", found: quote(text) });
  let shape: LayerShape;
  let count = 1;
  if (fields["shape"] === undefined) {
    const { layers, name: table } = await workload();
    const layer = layers.find((candidate) => candidate.name === name);
    if (!layer) {
      const meant = nearest(
        name,
        layers.map((candidate) => candidate.name),
      );
      throw new InputError({
        where: `${where}.name`,
        expected: `a layer of ${table}`,
        found: quote(name),
        ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
      });
    }
    ({ shape, count } = layer);
  } else {
    const given = asRecord(fields["shape"], `${place}.shape`, "bounds N K C P Q R S and strides");
    for (const key of Object.keys(given)) {
      if (!(DIMS as readonly string[]).includes(key) && !(STEPS as readonly string[]).includes(key)) {
        throw new InputError({
          where: `${place}.shape`,
          expected: [...DIMS, ...STEPS].join(" "),
          found: quote(key),
        });
      }
    }
    shape = parseShape(given, `${place}.shape`);
  }
  const repeat = fields["count"] ?? count;
  if (typeof repeat !== "number" || !Number.isInteger(repeat) || repeat < 1 || repeat > MAX_BOUND) {
    throw new InputError({
      where: `${place}.count`,
      expected: "an integer from 1 to 2^24",
      found: quote(repeat),
    });
  }
  let mapping: Mapping;
  try {
    mapping = parseMapping(text);
  } catch (error) {
    throw error instanceof InputError ? error.within(`${place}.mapping`) : error;
  }
  const broken = violations(mapping, shape, createHardware(parameters))[0];
  if (broken) {
    throw new InputError({
      where: `${place}.mapping`,
      expected: `a mapping that fits (rule ${broken.rule})`,
      found: broken.message,
    });
  }
  return { name, count: repeat, shape, mapping, mappingText: text };
}

/** Prices a design with the analytical model. */
export function evaluateDesign(engine: Engine, design: NetworkDesign): DesignResult {
  const hardware = createHardware(design.hardware);
  const layers = design.layers.map((layer): EvaluatedLayer => {
    const { energyPj, edpJCycles, ...explanation } = engine.explain(layer.mapping, layer.shape, hardware);
    return {
      name: layer.name,
      count: layer.count,
      shape: layer.shape,
      mapping: layer.mappingText,
      energyUj: energyPj * 1e-6,
      edpJCycles,
      ...explanation,
    };
  });
  return {
    version: VERSION,
    workload: design.workload,
    fidelity: "analytical",
    hardware: design.hardware,
    totals: totals(layers, area(hardware)),
    layers,
  };
}
