import { InputError, nearest, quote } from "../errors.ts";
import { DIMS, type Dim, type Layer, type LayerShape, STEPS, type Step, toLayerShape } from "./layer.ts";

/** A network as a list of distinct layers with repeat counts. */
export interface Workload {
  readonly name: string;
  /** Where the shapes come from. */
  readonly source?: string;
  /** What a reader should know before trusting totals, e.g. that a published table lists each shape once. */
  readonly note?: string;
  readonly layers: readonly Layer[];
}

const WORKLOAD_KEYS = ["name", "source", "note", "layers"];
const LAYER_KEYS = ["name", "count", "groups", "stride", "dilation", ...DIMS, ...STEPS];

/**
 * A workload from a parsed JSON or YAML document:
 * `{ name?, layers: [{ name, count?, groups?, N?, K, C, P, Q, R, S, stride?, dilation?, Wstride?, ... }] }`.
 * Missing bounds, strides and counts are 1. `stride` and `dilation` set both axes. A layer with
 * `groups: G` is given with all its channels and becomes one group, run `count * G` times.
 *
 * @param where what the document is called in messages, usually its file name
 * @throws InputError
 */
export function parseWorkload(document: unknown, where: string): Workload {
  const table = asRecord(document, where, "a mapping with `layers`");
  rejectUnknownKeys(table, WORKLOAD_KEYS, where);
  const rows = table["layers"];
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new InputError({
      where: `${where}: layers`,
      expected: "a list of at least one layer",
      found: quote(rows),
    });
  }
  const layers = rows.map((row: unknown, index) =>
    parseLayer(row, `${where}: layers[${index}]`, `layer${index}`),
  );
  refuseTwice(layers, where);
  const text = (key: "name" | "source" | "note"): string | undefined => {
    const value = table[key];
    if (value === undefined || typeof value === "string") return value;
    throw new InputError({ where: `${where}: ${key}`, expected: "text", found: quote(value) });
  };
  const source = text("source");
  const note = text("note");
  return {
    name: text("name") ?? where.replace(/^.*[/\\]/, "").replace(/\.(json|ya?ml)$/i, ""),
    ...(source === undefined ? {} : { source }),
    ...(note === undefined ? {} : { note }),
    layers,
  };
}

/**
 * Refuses a second layer of a name: two would be taken for one.
 *
 * @throws InputError
 */
export function refuseTwice(layers: readonly { readonly name: string }[], where: string): void {
  const seen = new Set<string>();
  for (const [index, { name }] of layers.entries()) {
    if (seen.has(name)) {
      throw new InputError({
        where: `${where}: layers[${index}].name`,
        expected: "a name of its own for each layer",
        found: `${quote(name)} twice`,
        hint: "use `count` for a layer that the network repeats",
      });
    }
    seen.add(name);
  }
}

function parseLayer(row: unknown, where: string, fallbackName: string): Layer {
  const fields = asRecord(row, where, "a layer");
  rejectUnknownKeys(fields, LAYER_KEYS, where);
  const name = fields["name"] ?? fallbackName;
  if (typeof name !== "string" || name === "") {
    throw new InputError({ where: `${where}.name`, expected: "text", found: quote(name) });
  }
  const count = positive(fields["count"] ?? 1, `${where}.count`);
  const groups = positive(fields["groups"] ?? 1, `${where}.groups`);
  const whole = parseShape(fields, where);
  for (const dim of ["K", "C"] as const) {
    if (whole[dim] % groups !== 0) {
      throw new InputError({
        where: `${where}.groups`,
        expected: `a divisor of ${dim} = ${whole[dim]}`,
        found: String(groups),
      });
    }
  }
  const shape = { ...whole, K: whole.K / groups, C: whole.C / groups };
  return { name, count: count * groups, groups, shape };
}

/** Bounds, strides and dilations of one layer record; `stride` and `dilation` are short for both axes. */
export function parseShape(fields: Readonly<Record<string, unknown>>, where: string): LayerShape {
  const shape: Partial<Record<Dim | Step, unknown>> = {};
  for (const dim of DIMS) shape[dim] = fields[dim] ?? 1;
  for (const step of STEPS) shape[step] = fields[step] ?? fields[step.slice(1)] ?? 1;
  try {
    return toLayerShape(shape);
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
}

function positive(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 24) return value;
  throw new InputError({ where, expected: "an integer from 1 to 2^24", found: quote(value) });
}

/** @throws InputError unless `value` is a plain record. */
export function asRecord(value: unknown, where: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new InputError({ where, expected, found: quote(value) });
}

/** A key that nobody reads is a typing error more often than not. */
export function rejectUnknownKeys(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  where: string,
): void {
  for (const key of Object.keys(record)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw new InputError({
      where,
      expected: `keys among ${known.join(", ")}`,
      found: quote(key),
      ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
    });
  }
}
