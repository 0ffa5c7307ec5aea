import { InputError, quote } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { asRecord } from "../workload/workload.ts";
import { type Fields, isRecord, measure, objectiveUnit, parseInterval } from "./fields.ts";
import type { DesignRecord, VerifiedDesigns, VerifiedRecord } from "./result.ts";

/**
 * What a document lists of predictions and measurements. A verified search has a record of that name for its best design, which
 * its layers say in full.
 *
 * @throws InputError
 */
export function parseVerified(value: unknown, where: string): readonly VerifiedRecord[] {
  if (!Array.isArray(value)) return [];
  return value.map((row: unknown, i) => {
    const place = `${where}[${i}]`;
    const fields = asRecord(row, place, "name, predictedCycles and measuredCycles");
    const interval = parseInterval(fields["interval"]);
    return {
      name: String(fields["name"] ?? i),
      predicted: measure(fields["predictedCycles"], `${place}.predictedCycles`),
      measured: measure(fields["measuredCycles"], `${place}.measuredCycles`),
      ...(interval ? { interval } : {}),
    };
  });
}

/** Layers of a design that carry a prediction and a measurement. */
export function verifiedLayers({ layers }: DesignRecord): readonly VerifiedRecord[] {
  return layers.flatMap(({ name, latencyCycles, latencyInterval, verifiedCycles }) =>
    verifiedCycles !== undefined && latencyCycles !== undefined
      ? [
          {
            name,
            predicted: latencyCycles,
            measured: verifiedCycles,
            ...(latencyInterval ? { interval: latencyInterval } : {}),
          },
        ]
      : [],
  );
}

/**
 * The designs that a verified search ran.
 *
 * @throws InputError
 */
export function parseVerifiedDesigns(document: Fields, where: string): VerifiedDesigns | undefined {
  const { others, objective } = document;
  if (!Array.isArray(others) || others.length === 0 || typeof objective !== "string") return undefined;
  const { title, scale } = objectiveUnit(objective);
  const records = others.map((row: unknown, i): VerifiedRecord => {
    const place = `${where}[${i}]`;
    const { hardware, predicted, verified } = asRecord(row, place, "hardware, predicted and verified");
    if (!isRecord(hardware) || !isRecord(predicted) || !isRecord(verified)) {
      throw new InputError({ where: place, expected: "hardware, predicted and verified", found: quote(row) });
    }
    const measured = scale * measure(verified["cost"], `${place}.verified.cost`);
    return verifiedRecord(hardware, predicted, measured, scale, place);
  });
  return { objective: title, records };
}

/**
 * A trial of a verified search whose objective is EDP; undefined for trials of other studies.
 *
 * @param carry of its outcome
 * @param edp as measured, J x cycles
 * @throws InputError
 */
export function verifiedTrial(
  carry: unknown,
  hardware: HardwareParameters,
  edp: number,
  where: string,
): VerifiedRecord | undefined {
  if (!isRecord(carry) || !isRecord(carry["predicted"])) return undefined;
  return verifiedRecord({ ...hardware }, carry["predicted"], edp, objectiveUnit("edp").scale, where);
}

function verifiedRecord(
  hardware: Fields,
  predicted: Fields,
  measured: number,
  scale: number,
  where: string,
): VerifiedRecord {
  const interval = parseInterval(predicted["interval"]);
  return {
    name: `${hardware["peDim"]}×${hardware["peDim"]}, ${hardware["scratchpadKib"]} + ${hardware["accumulatorKib"]} KiB`,
    predicted: scale * measure(predicted["cost"], `${where}.predicted.cost`),
    measured,
    ...(interval ? { interval: { low: scale * interval.low, high: scale * interval.high } } : {}),
  };
}
