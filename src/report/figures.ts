import { accuracyFigure } from "./draw/accuracy.ts";
import { calibrationFigure } from "./draw/calibration.ts";
import { convergenceFigure } from "./draw/convergence.ts";
import { frontFigure } from "./draw/front.ts";
import { energyFigure, latencyFigure } from "./draw/layers.ts";
import { nestFigure } from "./draw/nest.ts";
import { occupancyFigure } from "./draw/occupancy.ts";
import { rooflineFigure } from "./draw/roofline.ts";
import { verifiedFigure } from "./draw/verified.ts";
import type { Figure } from "./figure.ts";
import type { DesignInfo, ReportInfo } from "./summary.ts";

/** Figures under one heading. */
export interface Section {
  readonly heading: string;
  /** What belongs to all of its figures. */
  readonly note: string;
  readonly figures: readonly Figure[];
}

const LAYERS = {
  id: "verified",
  title: "Predicted and measured latency",
  unit: "latency (cycles)",
  of: "layer or row",
};
const DESIGNS = { id: "verified-designs", title: "Designs that were run", of: "design" };

/** Every figure that a report has, in the order in which it is read. */
export function sections(info: ReportInfo): readonly Section[] {
  const several = info.designs.length > 1;
  return [
    { heading: "Pareto fronts", note: "", figures: info.fronts.map(frontFigure) },
    {
      heading: "Search and accuracy",
      note: "",
      figures: [
        ...(info.convergence ? [convergenceFigure(info.convergence)] : []),
        ...(info.verified ? [verifiedFigure(info.verified, LAYERS)] : []),
        ...(info.accuracy ? [accuracyFigure(info.accuracy)] : []),
        ...(info.calibration ? [calibrationFigure(info.calibration)] : []),
        ...(info.verifiedDesigns
          ? [verifiedFigure(info.verifiedDesigns, { ...DESIGNS, unit: info.verifiedDesigns.objective })]
          : []),
      ],
    },
    ...info.designs.flatMap((design, i) => designSections(design, several ? `${i + 1}-` : "")),
  ].filter(({ figures }) => figures.length > 0);
}

function designSections(design: DesignInfo, prefix: string): readonly Section[] {
  const { record, layers, roofline, occupancy, nests } = design;
  const { peDim, scratchpadKib, accumulatorKib } = record.hardware;
  const on = `${record.workload} on ${peDim}×${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator`;
  const shown =
    nests.length < layers.length
      ? ` The ${nests.length} of ${layers.length} layers with most latency × energy, the first first.`
      : "";
  return [
    {
      heading: `Layers: ${on}`,
      note: "Cycles, energies and accesses follow from the mappings of the file by the analytical model (docs/model.md); those of a slower model are the file's.",
      figures: [
        latencyFigure(layers, `${prefix}latency`),
        energyFigure(layers, `${prefix}energy`),
        rooflineFigure(roofline, `${prefix}roofline`),
        occupancyFigure(occupancy, `${prefix}occupancy`),
      ],
    },
    {
      heading: `Mappings: ${record.workload}`,
      note: `Loop nests as they run.${shown}`,
      figures: nests.map((nest, i) => nestFigure(nest, `${prefix}nest-${i + 1}`)),
    },
  ];
}
