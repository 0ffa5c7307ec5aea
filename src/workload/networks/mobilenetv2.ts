import type { Layer } from "../layer.ts";
import type { Workload } from "../workload.ts";
import { conv, linear } from "./table.ts";

/** MobileNetV2 at width 1.0. `stage3.first` is the first block of a stage, `stage3.rest` its equal others. */
export const MOBILENETV2: Workload = {
  name: "mobilenetv2",
  source:
    "Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR " +
    "2018 (table 2).",
  note:
    "The complete network at width 1.0 for a 224 x 224 image. Depthwise convolutions are layers of one " +
    "channel, run once per channel.",
  layers: [
    conv("conv1", { C: 3, K: 32, P: 112, R: 3, stride: 2 }),
    ...stage("stage1", { expand: 1, C: 32, K: 16, blocks: 1, stride: 1, P: 112 }),
    ...stage("stage2", { expand: 6, C: 16, K: 24, blocks: 2, stride: 2, P: 56 }),
    ...stage("stage3", { expand: 6, C: 24, K: 32, blocks: 3, stride: 2, P: 28 }),
    ...stage("stage4", { expand: 6, C: 32, K: 64, blocks: 4, stride: 2, P: 14 }),
    ...stage("stage5", { expand: 6, C: 64, K: 96, blocks: 3, stride: 1, P: 14 }),
    ...stage("stage6", { expand: 6, C: 96, K: 160, blocks: 3, stride: 2, P: 7 }),
    ...stage("stage7", { expand: 6, C: 160, K: 320, blocks: 1, stride: 1, P: 7 }),
    conv("conv2", { C: 320, K: 1280, P: 7 }),
    linear("classifier", { C: 1280, K: 1000 }),
  ],
};

/** A row of the paper's table 2: t, input and output channels, n, s, and the output width and height. */
interface Stage {
  readonly expand: number;
  readonly C: number;
  readonly K: number;
  readonly blocks: number;
  readonly stride: number;
  readonly P: number;
}

function stage(name: string, row: Stage): Layer[] {
  const first = block(`${name}.first`, row, 1);
  const rest = { ...row, C: row.K, stride: 1 };
  return row.blocks === 1 ? first : [...first, ...block(`${name}.rest`, rest, row.blocks - 1)];
}

/** An inverted residual: expand by 1 x 1 (unless t is 1), depthwise 3 x 3 with stride, project by 1 x 1. */
function block(name: string, { expand, C, K, stride, P }: Stage, count: number): Layer[] {
  const wide = expand * C;
  const layers = [
    conv(`${name}.depthwise`, { C: wide, K: wide, P, R: 3, stride, groups: wide, count }),
    conv(`${name}.project`, { C: wide, K, P, count }),
  ];
  return expand === 1 ? layers : [conv(`${name}.expand`, { C, K: wide, P: P * stride, count }), ...layers];
}
