import { InputError, quote } from "../errors.ts";
import { asRecord } from "../workload/workload.ts";
import { type Fields, isRecord, optionalNumber } from "./fields.ts";
import type { AccuracyRecord } from "./result.ts";

/**
 * What `validate --json` says of a model: of all measurements and of each class of layer. Empty of other documents.
 *
 * @throws InputError
 */
export function parseAccuracy(document: Fields, where: string): readonly AccuracyRecord[] {
  const { latency, classes } = document;
  if (!isRecord(latency) || !Array.isArray(classes)) return [];
  return [
    parseClass("all", latency, `${where}: latency`),
    ...classes.map((row: unknown, i) => {
      const place = `${where}: classes[${i}]`;
      const fields = asRecord(row, place, "name and latency");
      return parseClass(
        String(fields["name"]),
        asRecord(fields["latency"], `${place}: latency`, "an accuracy"),
        place,
      );
    }),
  ];
}

/** Of the measurements of `validate --json`, how many the model learnt from. */
export function parseLearntFrom({ inSample }: Fields): number {
  if (!Array.isArray(inSample)) return 0;
  return inSample.reduce(
    (sum: number, source: unknown) => sum + ((isRecord(source) && optionalNumber(source["rows"])) || 0),
    0,
  );
}

function parseClass(name: string, fields: Fields, where: string): AccuracyRecord {
  const of = (key: string): number => {
    const value = optionalNumber(fields[key]);
    if (value !== undefined) return value;
    throw new InputError({ where: `${where}: ${key}`, expected: "a number", found: quote(fields[key]) });
  };
  const spearman = optionalNumber(fields["spearman"]);
  return {
    name,
    count: of("rows"),
    meanPercent: of("mapePercent"),
    medianPercent: of("medianApePercent"),
    within10Percent: of("within10Percent"),
    ...(spearman === undefined ? {} : { spearman }),
  };
}
