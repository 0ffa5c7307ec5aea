import type { Engine } from "../fidelity/engine.ts";
import type { Interval } from "../fidelity/evaluator.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { type Area, area } from "../hardware/area.ts";
import { createHardware } from "../hardware/hardware.ts";
import { type CalibrationInfo, calibrationInfo } from "./info/calibration.ts";
import { type ConvergenceInfo, convergenceInfo } from "./info/convergence.ts";
import { type FrontInfo, frontInfo } from "./info/front.ts";
import { type LayerInfo, layersInfo } from "./info/layers.ts";
import { type NestInfo, nestInfo } from "./info/nest.ts";
import { type OccupancyInfo, occupancyInfo } from "./info/occupancy.ts";
import { type RooflineInfo, rooflineInfo } from "./info/roofline.ts";
import { type VerifiedInfo, verifiedInfo } from "./info/verified.ts";
import type {
  AccuracyRecord,
  Claim,
  DesignRecord,
  PointRecord,
  Provenance,
  ResultRecord,
  VerifiedRecord,
} from "./result.ts";

/** A design with everything that a report shows of it. */
export interface DesignInfo {
  readonly record: DesignRecord;
  readonly totals: Totals;
  /** Where the latency lies with 90 %: the ends of the layers' intervals added up, as if all of them erred alike. */
  readonly latencyInterval?: Interval;
  /** As the RTL ran the layers, if it ran all of them. */
  readonly verified?: Totals;
  readonly layers: readonly LayerInfo[];
  readonly roofline: RooflineInfo;
  readonly occupancy: readonly OccupancyInfo[];
  /** Of the layers with most EDP, at most NESTS. */
  readonly nests: readonly NestInfo[];
  /** Whether the file's own totals are those computed here; undefined if it has none. */
  readonly agrees?: boolean;
}

/** All that a report shows, as plain data. Text, JSON and HTML only draw it. */
export interface ReportInfo {
  readonly title: string;
  readonly provenance: Provenance;
  readonly claim?: Claim;
  /** The design of least EDP among the points. */
  readonly best?: PointRecord;
  readonly points: number;
  readonly paretoPoints: number;
  readonly designs: readonly DesignInfo[];
  readonly fronts: readonly FrontInfo[];
  readonly convergence?: ConvergenceInfo;
  readonly verified?: VerifiedInfo;
  /** Of a model, by class of layer. */
  readonly accuracy?: readonly AccuracyRecord[];
  /** Of those measurements, how many the model learnt from. */
  readonly learntFrom?: number;
  /** Of the same predictions, where they have intervals. */
  readonly calibration?: CalibrationInfo;
  /** Of designs as a whole, with the objective and its unit. */
  readonly verifiedDesigns?: VerifiedInfo & { readonly objective: string };
}

/** Loop nests that a report shows. */
export const NESTS = 12;

/** Computes once whatever a result has data for. */
export function summarise(record: ResultRecord, engine: Pick<Engine, "explain">): ReportInfo {
  const { points, designs, convergence, verified, verifiedDesigns, provenance } = record;
  const best = points.reduce<PointRecord | undefined>(
    (least, point) => (!least || point.edpJCycles < least.edpJCycles ? point : least),
    undefined,
  );
  const infos = designs.map((design) => designInfo(design, engine));
  const calibration = calibrationInfo(verified);
  const pairs = provenance.fidelity === "rtl" ? [...verified, ...infos.flatMap(againstAnalytical)] : verified;
  return {
    title: titleOf(record),
    provenance,
    ...(record.claim ? { claim: record.claim } : {}),
    ...(best ? { best } : {}),
    points: points.length,
    paretoPoints: points.filter(({ pareto }) => pareto).length,
    designs: infos,
    fronts:
      points.length > 1
        ? [
            frontInfo(points, "latencyCycles", "energyUj"),
            frontInfo(points, "areaMm2", "edpJCycles"),
            frontInfo(points, "areaMm2", "latencyCycles"),
            frontInfo(points, "areaMm2", "energyUj"),
          ]
        : [],
    ...(convergence && convergence.steps.length > 0 ? { convergence: convergenceInfo(convergence) } : {}),
    ...(pairs.length > 0 ? { verified: verifiedInfo(pairs) } : {}),
    ...(record.accuracy ? { accuracy: record.accuracy } : {}),
    ...(record.learntFrom === undefined ? {} : { learntFrom: record.learntFrom }),
    ...(calibration ? { calibration } : {}),
    ...(verifiedDesigns
      ? {
          verifiedDesigns: {
            ...verifiedInfo(verifiedDesigns.records),
            objective: verifiedDesigns.objective,
          },
        }
      : {}),
  };
}

/** Layers that the RTL ran, with what the analytical model predicts of them. */
function againstAnalytical({ layers }: DesignInfo): readonly VerifiedRecord[] {
  return layers.flatMap(({ name, record: { latencyCycles }, explanation }) =>
    latencyCycles === undefined
      ? []
      : [{ name, predicted: explanation.latencyCycles, measured: latencyCycles }],
  );
}

function titleOf({ kind, workload, points, verified, accuracy, provenance }: ResultRecord): string {
  const name = workload === "" ? "" : `${workload}: `;
  if (kind === "study") return `${name}study of ${points.length.toLocaleString("en-US")} trials`;
  if (kind === "points") return `${name}${points.length.toLocaleString("en-US")} designs`;
  if (kind === "table")
    return `${name}${verified.length.toLocaleString("en-US")} predictions and measurements`;
  if (kind === "accuracy")
    return `Accuracy of ${provenance.fidelity} over ${accuracy?.[0]?.count.toLocaleString("en-US")} measurements`;
  return `${name}one design`;
}

/** A design as the models see it. */
export function designInfo(record: DesignRecord, engine: Pick<Engine, "explain">): DesignInfo {
  const hardware = createHardware(record.hardware);
  const layers = layersInfo(engine, record.layers, hardware);
  const silicon = area(hardware);
  const sums = totals(
    layers.map(({ latencyCycles, energyUj }) => ({ count: 1, latencyCycles, energyUj })),
    silicon,
  );
  const verified = verifiedTotals(record, silicon);
  const latencyInterval = sumOfIntervals(layers);
  const costly = [...layers].sort((a, b) => b.latencyCycles * b.energyUj - a.latencyCycles * a.energyUj);
  return {
    record,
    totals: sums,
    ...(latencyInterval ? { latencyInterval } : {}),
    ...(verified ? { verified } : {}),
    layers,
    roofline: rooflineInfo(layers, hardware),
    occupancy: occupancyInfo(layers, hardware),
    nests: costly.slice(0, NESTS).map((layer) => nestInfo(layer.record, hardware)),
    ...(record.totals ? { agrees: near(record.totals, sums) } : {}),
  };
}

function verifiedTotals({ layers }: DesignRecord, silicon: Area): Totals | undefined {
  const ran = layers.flatMap(({ count, verifiedCycles, verifiedEnergyUj }) =>
    verifiedCycles === undefined || verifiedEnergyUj === undefined
      ? []
      : [{ count, latencyCycles: verifiedCycles, energyUj: verifiedEnergyUj }],
  );
  return ran.length === layers.length ? totals(ran, silicon) : undefined;
}

function sumOfIntervals(layers: readonly LayerInfo[]): Interval | undefined {
  const intervals = layers.flatMap(({ latencyInterval }) => (latencyInterval ? [latencyInterval] : []));
  if (intervals.length < layers.length) return undefined;
  return {
    low: intervals.reduce((sum, { low }) => sum + low, 0),
    high: intervals.reduce((sum, { high }) => sum + high, 0),
  };
}

/** Equal but for the order in which repeats were added up. */
function near(
  a: { readonly latencyCycles: number; readonly energyUj: number },
  b: { readonly latencyCycles: number; readonly energyUj: number },
): boolean {
  const equal = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-9 * Math.max(x, y);
  return equal(a.latencyCycles, b.latencyCycles) && equal(a.energyUj, b.energyUj);
}
