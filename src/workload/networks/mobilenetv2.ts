import type { Layer } from "../layer.ts";
import { conv, matmul, network } from "./table.ts";

/** Table 2 of the paper: expansion t, output channels c, repeats n, stride s of the first. */
const STAGES = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
] as const;

export const mobilenetv2 = network({
  name: "mobilenetv2",
  source: "Sandler et al., MobileNetV2, CVPR 2018 (width 1.0, 224 x 224)",
  note: "a depthwise convolution is one layer of one channel, run once for each channel",
  layers: [
    conv("stem", 3, 32, 112, 3, { stride: 2 }),
    ...bottlenecks(),
    conv("last", 320, 1280, 7, 1),
    matmul("classifier", 1, 1280, 1000),
  ],
});

/** Inverted residuals: expand, depthwise, project; repeats of equal shape are one layer with a count. */
function bottlenecks(): readonly Layer[] {
  const layers: Layer[] = [];
  let channels = 32;
  let size = 112;
  for (const [index, { t, c, n, s }] of STAGES.entries()) {
    const block = (name: string, input: number, stride: number, count: number): void => {
      const wide = t * input;
      const out = size / stride;
      if (t > 1) layers.push(conv(`${name}_expand`, input, wide, size, 1, { count }));
      layers.push(conv(`${name}_depthwise`, wide, wide, out, 3, { stride, groups: wide, count }));
      layers.push(conv(`${name}_project`, wide, c, out, 1, { count }));
      size = out;
    };
    block(`stage${index + 1}_first`, channels, s, 1);
    if (n > 1) block(`stage${index + 1}_rest`, c, 1, n - 1);
    channels = c;
  }
  return layers;
}
