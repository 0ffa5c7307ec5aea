import { parseDesign } from "../designs/design.ts";
import { InputError, quote } from "../errors.ts";
import { FIDELITIES, type Fidelity } from "../fidelity/evaluator.ts";
import { area } from "../hardware/area.ts";
import { createHardware, parseHardware } from "../hardware/hardware.ts";
import { asRecord, type Workload } from "../workload/workload.ts";
import { type Fields, isRecord, measure, objectiveUnit, optionalNumber, parseInterval } from "./fields.ts";
import { parseAccuracy, parseLearntFrom } from "./parse-accuracy.ts";
import { parseVerified, parseVerifiedDesigns, verifiedLayers } from "./parse-verified.ts";
import type {
  Convergence,
  ConvergenceRecord,
  DesignRecord,
  LayerRecord,
  PointRecord,
  Provenance,
  ResultRecord,
} from "./result.ts";

type FindWorkload = (name: string) => Promise<Workload>;

/** What is known of a file before it is read. */
export type FileFacts = Pick<Provenance, "file" | "bytes" | "sha256">;

/**
 * What `evaluate`, `map`, `search`, `sweep` and `validate` write with `--json`.
 *
 * @throws InputError
 */
export async function parseResultDocument(
  document: unknown,
  facts: FileFacts,
  findWorkload: FindWorkload,
): Promise<ResultRecord> {
  const where = facts.file;
  const fields = asRecord(document, where, "a result of evaluate, map, search or sweep");
  const version = fields["version"] ?? 1;
  if (version !== 1)
    throw new InputError({ where: `${where}: version`, expected: "1", found: quote(version) });
  const points = Array.isArray(fields["points"])
    ? fields["points"].map((point, i) => parsePoint(point, `${where}: points[${i}]`))
    : [];
  const designs = await parseDesigns(fields, where, points.length > 0, findWorkload);
  const accuracy = parseAccuracy(fields, where);
  if (designs.length === 0 && points.length === 0 && accuracy.length === 0) {
    throw new InputError({
      where,
      expected: "a design with layers, points, or the accuracy of a model",
      found: quote(Object.keys(fields).join(", ")),
      hint: "polaris search, map, sweep and evaluate write results with --json",
    });
  }
  const convergence = parseConvergence(fields["convergence"], `${where}: convergence`);
  const named = fields["workload"];
  const gap = optionalNumber(fields["gap"]);
  const verifiedDesigns = parseVerifiedDesigns(fields, `${where}: others`);
  return {
    kind: points.length > 0 ? "points" : designs.length > 0 ? "design" : "accuracy",
    provenance: parseProvenance(fields, facts),
    ...(typeof fields["optimal"] === "boolean"
      ? {
          claim: {
            optimal: fields["optimal"],
            ...(gap === undefined ? {} : { gap }),
            ...(fields["ended"] === "interval" ? { settled: true } : {}),
          },
        }
      : {}),
    workload: typeof named === "string" ? named : designs.map(({ workload }) => workload).join(", "),
    designs,
    points,
    ...(convergence ? { convergence } : {}),
    verified: [
      ...parseVerified(fields["verified"], `${where}: verified`),
      ...designs.flatMap(verifiedLayers),
    ],
    ...(verifiedDesigns ? { verifiedDesigns } : {}),
    ...(accuracy.length > 0 ? { accuracy, learntFrom: parseLearntFrom(fields) } : {}),
  };
}

function parseProvenance(fields: Fields, facts: FileFacts): Provenance {
  const given = isRecord(fields["provenance"]) ? fields["provenance"] : {};
  const text = (of: Fields, key: string): { [key: string]: string } =>
    typeof of[key] === "string" ? { [key]: of[key] } : {};
  const fidelity = fidelityOf(fields["fidelity"], facts.file);
  const seed = optionalNumber(given["seed"]);
  const verified = fields["verified"];
  const weights = weightsOf(fields["model"]);
  return {
    ...facts,
    fidelity,
    ...text(fields, "objective"),
    // The analytical model has none; beside it stands that of what verified the design.
    ...(fidelity === "analytical" ? {} : text(fields, "profile")),
    ...(isRecord(verified) && typeof verified["by"] === "string" ? { verifiedBy: verified["by"] } : {}),
    ...text(given, "polaris"),
    ...text(given, "command"),
    ...(weights === undefined ? text(given, "weights") : { weights }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Of the model that `validate` judged. */
function weightsOf(model: unknown): string | undefined {
  if (!isRecord(model) || typeof model["checksum"] !== "string") return undefined;
  const file = typeof model["file"] === "string" ? model["file"] : "those of the package";
  return `${file}, checksum ${model["checksum"]}`;
}

function fidelityOf(value: unknown, where: string): Fidelity {
  const known = FIDELITIES.find((fidelity) => fidelity === (value ?? "analytical"));
  if (known) return known;
  throw new InputError({ where: `${where}: fidelity`, expected: FIDELITIES.join(", "), found: quote(value) });
}

async function parseDesigns(
  fields: Fields,
  where: string,
  hasPoints: boolean,
  findWorkload: FindWorkload,
): Promise<readonly DesignRecord[]> {
  const networks = fields["networks"];
  if (Array.isArray(networks)) {
    return Promise.all(
      networks.map((network, i) => {
        const inner = asRecord(network, `${where}: networks[${i}]`, "a network");
        const design = {
          ...inner,
          fidelity: fields["fidelity"],
          hardware: inner["hardware"] ?? fields["hardware"],
        };
        return parseOne(design, `${where}: networks[${i}]`, findWorkload);
      }),
    );
  }
  if (Array.isArray(fields["layers"])) return [await parseOne(fields, where, findWorkload)];
  if (!hasPoints) return [];
  // Of a sweep whose points carry their layers the one of least EDP is shown whole.
  const points = fields["points"] as readonly unknown[];
  const whole = points.filter((point): point is Fields => isRecord(point) && Array.isArray(point["layers"]));
  const edp = (point: Fields): number =>
    (isRecord(point["totals"]) && optionalNumber(point["totals"]["edpJCycles"])) || Number.POSITIVE_INFINITY;
  const [best] = [...whole].sort((a, b) => edp(a) - edp(b));
  return best
    ? [
        await parseOne(
          { workload: fields["workload"], fidelity: fields["fidelity"], ...best },
          `${where}: points`,
          findWorkload,
        ),
      ]
    : [];
}

async function parseOne(fields: Fields, where: string, findWorkload: FindWorkload): Promise<DesignRecord> {
  const design = await parseDesign(fields, where, findWorkload);
  const fidelity = fields["fidelity"] ?? "analytical";
  const rows = fields["layers"] as readonly Fields[];
  const given = isRecord(fields["totals"]) ? fields["totals"] : {};
  const latencyCycles = optionalNumber(given["latencyCycles"]);
  const energyUj = optionalNumber(given["energyUj"]);
  return {
    ...design,
    layers: design.layers.map((layer, i): LayerRecord => {
      const row = rows[i] ?? {};
      // A verified search keeps what was predicted of a layer apart from what was measured.
      const said = isRecord(row["predicted"]) ? row["predicted"] : row;
      const ran = isRecord(row["verified"]) ? row["verified"] : {};
      const latency = optionalNumber(said["latencyCycles"]);
      const energy = optionalNumber(said["energyUj"]);
      const verified = optionalNumber(ran["latencyCycles"] ?? row["verifiedCycles"]);
      const verifiedUj = optionalNumber(ran["energyUj"]);
      const interval = parseInterval(said["latencyInterval"]);
      return {
        ...layer,
        // What the analytical model says is computed anew, and so checked.
        ...(latency === undefined || fidelity === "analytical" ? {} : { latencyCycles: latency }),
        ...(energy === undefined || fidelity === "analytical" ? {} : { energyUj: energy }),
        ...(interval ? { latencyInterval: interval } : {}),
        ...(verified === undefined ? {} : { verifiedCycles: verified }),
        ...(verifiedUj === undefined ? {} : { verifiedEnergyUj: verifiedUj }),
      };
    }),
    ...(latencyCycles === undefined || energyUj === undefined ? {} : { totals: { latencyCycles, energyUj } }),
  };
}

function parsePoint(value: unknown, where: string): PointRecord {
  const fields = asRecord(value, where, "a point with hardware and totals");
  const hardware = parseHardware(fields["hardware"], `${where}: hardware`);
  const totals = asRecord(fields["totals"], `${where}: totals`, "totals");
  const { mm2, source } = area(createHardware(hardware));
  const of = (key: string): number => measure(totals[key], `${where}: totals.${key}`);
  return {
    peDim: hardware.peDim,
    scratchpadKib: hardware.scratchpadKib,
    accumulatorKib: hardware.accumulatorKib,
    latencyCycles: of("latencyCycles"),
    energyUj: of("energyUj"),
    edpJCycles: of("edpJCycles"),
    areaMm2: mm2,
    areaSource: source,
    pareto: fields["pareto"] !== false,
  };
}

function parseConvergence(value: unknown, where: string): Convergence | undefined {
  if (value === undefined) return undefined;
  const fields = asRecord(value, where, "unit, objective and steps");
  const { unit, objective, steps } = fields;
  if (typeof unit !== "string" || typeof objective !== "string" || !Array.isArray(steps)) {
    throw new InputError({ where, expected: "unit, objective and steps", found: quote(fields) });
  }
  const { title, scale } = objectiveUnit(objective);
  return {
    unit,
    objective: title,
    steps: steps.map((step, i): ConvergenceRecord => {
      const place = `${where}: steps[${i}]`;
      const row = asRecord(step, place, "work and best");
      const bound = optionalNumber(row["bound"]);
      const interval = parseInterval(row["interval"]);
      return {
        work: measure(row["work"], `${place}.work`),
        best: scale * measure(row["best"], `${place}.best`),
        ...(bound === undefined ? {} : { bound: scale * bound }),
        ...(interval ? { interval: { low: scale * interval.low, high: scale * interval.high } } : {}),
      };
    }),
  };
}
