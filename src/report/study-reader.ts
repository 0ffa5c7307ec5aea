import { InputError, quote } from "../errors.ts";
import { FIDELITIES } from "../fidelity/evaluator.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters, parseHardware } from "../hardware/hardware.ts";
import { parseMapping } from "../space/mapping.ts";
import { asRecord, type Workload } from "../workload/workload.ts";
import { measure, objectiveUnit } from "./fields.ts";
import type { FileFacts } from "./parse-document.ts";
import { verifiedTrial } from "./parse-verified.ts";
import type {
  ConvergenceRecord,
  DesignRecord,
  LayerRecord,
  PointRecord,
  ResultRecord,
  VerifiedRecord,
} from "./result.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Takes the lines of a study's journal one by one. */
export interface StudyReader {
  /** @throws InputError for a line that is no line of a study */
  read(line: Fields, where: string): void;
  finish(
    file: string,
    facts: FileFacts,
    findWorkload: (name: string) => Promise<Workload | undefined>,
  ): Promise<ResultRecord>;
}

/** The design of the trial of least EDP so far. */
interface Best {
  readonly hardware: HardwareParameters;
  /** For each workload, in the order of its layers. */
  readonly mappings: readonly (readonly string[])[];
  readonly sums: readonly Sums[];
}

interface Sums {
  readonly latencyCycles: number;
  readonly energyUj: number;
}

export function createStudyReader(): StudyReader {
  let header: Fields | undefined;
  const points: PointRecord[] = [];
  const steps: ConvergenceRecord[] = [];
  let work = 0;
  let least = Number.POSITIVE_INFINITY;
  let best: Best | undefined;
  /** Of a verified search: what was predicted of each design and what was measured, J x cycles. */
  const runs: VerifiedRecord[] = [];

  const readTrial = (line: Fields, where: string): void => {
    const outcome = asRecord(line["outcome"], `${where}: outcome`, "an outcome");
    work += typeof outcome["evaluated"] === "number" ? outcome["evaluated"] : 0;
    if (outcome["status"] !== "found") return;
    const design = asRecord(outcome["design"], `${where}: design`, "a design");
    const hardware = parseHardware(design["hardware"], `${where}: hardware`);
    const sums = parseSums(outcome["sums"], `${where}: sums`);
    const edp = geometricMean(sums.map(({ latencyCycles, energyUj }) => latencyCycles * energyUj * 1e-6));
    const run = verifiedTrial(outcome["carry"], hardware, edp, where);
    if (run) runs.push(run);
    const [only, ...others] = sums;
    if (only && others.length === 0) points.push(toPoint(hardware, only));
    if (edp < least) {
      least = edp;
      best = { hardware, mappings: design["mappings"] as Best["mappings"], sums };
    }
    if (work > 0) steps.push({ work, best: least });
  };

  return {
    read(line, where) {
      if (header) {
        if (line["op"] !== "trial")
          throw new InputError({ where, expected: "a trial", found: quote(line["op"]) });
        readTrial(line, where);
        return;
      }
      if (line["op"] !== "study" || line["version"] !== 1) {
        throw new InputError({
          where,
          expected: "the head of a study's journal, version 1",
          found: quote(line),
        });
      }
      header = line;
    },

    async finish(file, facts, findWorkload) {
      if (!header)
        throw new InputError({ where: file, expected: "the journal of a study", found: "an empty file" });
      if (!best)
        throw new InputError({ where: file, expected: "a trial that found a design", found: "none" });
      const names = Array.isArray(header["workloads"]) ? header["workloads"].map(String) : [""];
      const text = (key: string): string | undefined =>
        typeof header?.[key] === "string" ? (header[key] as string) : undefined;
      const [polaris, objective, sampler] = [text("package"), text("objective"), text("sampler")];
      const [command, verifiedBy] = [text("command"), text("verify")];
      const seed = header["seed"];
      const verifies = sampler === "verified";
      return {
        kind: "study",
        provenance: {
          ...facts,
          fidelity: FIDELITIES.find((one) => one === header?.["fidelity"]) ?? "analytical",
          ...(polaris === undefined ? {} : { polaris }),
          ...(command === undefined ? {} : { command }),
          ...(verifiedBy === undefined ? {} : { verifiedBy }),
          ...(objective === undefined ? {} : { objective }),
          ...(typeof seed === "number" ? { seed } : {}),
          ...(sampler === undefined ? {} : { sampler }),
        },
        workload: names.join(", "),
        designs: (await designsOf(best, names, findWorkload)).map((design) =>
          verifies ? asModelled(design) : design,
        ),
        points: markFront(points),
        convergence: {
          unit: verifies ? "layers run" : "mappings priced",
          objective: names.length > 1 ? "EDP, geometric mean (J × cycles)" : "EDP (J × cycles)",
          steps,
        },
        verified: [],
        ...(verifies && runs.length > 0 && objective === "edp"
          ? { verifiedDesigns: { objective: objectiveUnit(objective).title, records: runs } }
          : {}),
      };
    },
  };
}

function parseSums(value: unknown, where: string): readonly Sums[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new InputError({ where, expected: "sums of each network", found: quote(value) });
  return value.map((one) => {
    const fields = asRecord(one, where, "sums of a network");
    return {
      latencyCycles: measure(fields["latencyCycles"], `${where}: latencyCycles`),
      energyUj: 1e-6 * measure(fields["energyPj"], `${where}: energyPj`),
    };
  });
}

function toPoint(hardware: HardwareParameters, { latencyCycles, energyUj }: Sums): PointRecord {
  const { mm2, source } = area(createHardware(hardware));
  const { peDim, scratchpadKib, accumulatorKib } = hardware;
  return {
    peDim,
    scratchpadKib,
    accumulatorKib,
    latencyCycles,
    energyUj,
    edpJCycles: energyUj * 1e-6 * latencyCycles,
    areaMm2: mm2,
    areaSource: source,
    pareto: false,
  };
}

/**
 * Marks the trials that no other beats in latency, energy and area together: by rising latency, each is held against the
 * staircase of (energy, area) of those before it.
 */
function markFront(points: readonly PointRecord[]): readonly PointRecord[] {
  const order = [...points].sort(
    (a, b) => a.latencyCycles - b.latencyCycles || a.energyUj - b.energyUj || a.areaMm2 - b.areaMm2,
  );
  const stairs: PointRecord[] = [];
  const front = new Set<PointRecord>();
  for (const point of order) {
    const beaten = stairs.some(
      (other) =>
        other.energyUj <= point.energyUj &&
        other.areaMm2 <= point.areaMm2 &&
        (other.energyUj < point.energyUj ||
          other.areaMm2 < point.areaMm2 ||
          other.latencyCycles < point.latencyCycles),
    );
    if (beaten) continue;
    front.add(point);
    for (let i = stairs.length - 1; i >= 0; i--) {
      const other = stairs[i] as PointRecord;
      if (point.energyUj <= other.energyUj && point.areaMm2 <= other.areaMm2) stairs.splice(i, 1);
    }
    stairs.push(point);
  }
  return points.map((point) => (front.has(point) ? { ...point, pareto: true } : point));
}

/** Without the totals of the trial: of a verified search they were measured, and are no check of what a model says. */
function asModelled({ totals: _, ...design }: DesignRecord): DesignRecord {
  return design;
}

/** The best trial with the layers that its mappings are of, for the networks that are to be had and have as many. */
async function designsOf(
  { hardware, mappings, sums }: Best,
  names: readonly string[],
  findWorkload: (name: string) => Promise<Workload | undefined>,
): Promise<readonly DesignRecord[]> {
  const designs: DesignRecord[] = [];
  for (const [i, name] of names.entries()) {
    const workload = await findWorkload(name);
    const texts = mappings[i];
    const totals = sums[i];
    if (!workload || !texts || !totals || workload.layers.length !== texts.length) continue;
    designs.push({
      workload: workload.name,
      hardware,
      layers: workload.layers.map(({ name: layer, count, shape }, l): LayerRecord => {
        const mappingText = texts[l] as string;
        return { name: layer, count, shape, mapping: parseMapping(mappingText), mappingText };
      }),
      totals,
    });
  }
  return designs;
}

function geometricMean(values: readonly number[]): number {
  return values.length === 1
    ? (values[0] as number)
    : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
