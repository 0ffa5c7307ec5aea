import { type ContractionRule, type LayerDraft, notRead } from "../contraction.ts";
import { elements, listOf, type NodeView, numberOf, ofRank, shapeOf } from "../known.ts";
import { outputExtent, windowOf } from "../window.ts";

/**
 * Conv and its quantised forms. The last spatial axis is the width (P, R), the one before the height (Q, S). Axes before these, the
 * depth of a 3-D convolution, are folded: its output positions into N, its taps into C, which keeps every MAC.
 *
 * @param weights the input that holds the filters
 */
export function convolution(weights: number): ContractionRule {
  return (node) => {
    const [input, filters] = [shapeOf(node, 0), shapeOf(node, weights)];
    const rank = (input ?? filters)?.length;
    const open = rank === undefined ? [] : [{ shape: ofRank(rank) }];
    if (!input || !filters) return notRead("shapes not known", open);
    const [n = Number.NaN, channels = Number.NaN, ...sizes] = input;
    const [k = Number.NaN, perGroup = Number.NaN, ...stored] = filters;
    const kernel = stored.some(Number.isNaN) ? (listOf(node, "kernel_shape") ?? stored) : stored;
    const window = windowOf(node, sizes, kernel);
    const groups = numberOf(node, "group", 1);
    if (!window || window.length === 0) return notRead("window and input of different rank", open);
    if (channels !== perGroup * groups && !Number.isNaN(channels + perGroup))
      return notRead(`${channels} channels under filters of ${groups} x ${perGroup}`, open);
    if (k % groups > 0) return notRead(`${k} filters in ${groups} groups`, open);
    const places = window.map((axis) => outputExtent(axis));
    const deep = window.length - 2;
    const [p, q] = [places.at(-1), places.at(-2)];
    const [width, height] = [window.at(-1), window.at(-2)];
    const layer: LayerDraft = {
      count: groups,
      groups,
      shape: {
        N: n * elements(places.slice(0, Math.max(0, deep))),
        K: k / groups,
        C: perGroup * elements(kernel.slice(0, Math.max(0, deep))),
        ...{ P: p ?? 1, R: width?.taps ?? 1, Wstride: width?.stride ?? 1, Wdilation: width?.dilation ?? 1 },
        ...{
          Q: q ?? 1,
          S: height?.taps ?? 1,
          Hstride: height?.stride ?? 1,
          Hdilation: height?.dilation ?? 1,
        },
      },
    };
    return { outputs: [{ shape: [n, k, ...places] }], layers: [layer] };
  };
}

/** Outputs of a transposed convolution along one axis that share their taps. */
interface Phase {
  readonly outputs: number;
  readonly taps: number;
  readonly dilation: number;
}

/** Most sub-convolutions of one transposed convolution, and longest stride or kernel. */
const MAX_PHASES = 4096;

/**
 * ConvTranspose, as the stride-1 convolutions that it is made of: one for each output position modulo the stride, with the taps
 * that meet an input there. No zero is multiplied between inputs. Source: Shi et al., "Is the deconvolution layer the same as a
 * convolutional layer?", 2016 (arXiv:1609.07009).
 */
export const transposedConvolution: ContractionRule = (node) => {
  const [input, filters] = [shapeOf(node, 0), shapeOf(node, 1)];
  const rank = (input ?? filters)?.length;
  const open = rank === undefined ? [] : [{ shape: ofRank(rank) }];
  if (!input || !filters) return notRead("shapes not known", open);
  const [n = Number.NaN, channels = Number.NaN, ...sizes] = input;
  const [stored = Number.NaN, perGroup = Number.NaN, ...kernel] = filters;
  const groups = numberOf(node, "group", 1);
  if (channels !== stored && !Number.isNaN(channels + stored))
    return notRead(`${channels} channels under filters for ${stored}`, open);
  const axes = sizes.map((size, axis) =>
    transposedAxis(node, size, kernel[axis] ?? Number.NaN, axis, sizes.length),
  );
  const outputs = [{ shape: [n, perGroup * groups, ...axes.map(({ output }) => output)] }];
  if (axes.length === 0) return notRead("no spatial axis", outputs);
  if (axes.some(({ stride, taps }) => Number.isNaN(taps) || stride > MAX_PHASES || taps > MAX_PHASES))
    return notRead("sizes not known or beyond any network's", outputs);
  let combined: readonly (readonly Phase[])[] = [[]];
  for (const axis of axes) {
    const phases = phasesOf(axis);
    if (combined.length * phases.length > MAX_PHASES) return notRead("too large a stride", outputs);
    combined = combined.flatMap((outer) => phases.map((phase) => [...outer, phase]));
  }
  const layers = combined.map((phases): LayerDraft => {
    const deep = phases.slice(0, -2);
    const [width, height] = [phases.at(-1), phases.at(-2)];
    return {
      count: groups,
      groups,
      shape: {
        N: n * product(deep, "outputs"),
        K: perGroup,
        C: (channels / groups) * product(deep, "taps"),
        ...{ P: width?.outputs ?? 1, R: width?.taps ?? 1, Wdilation: width?.dilation ?? 1 },
        ...{ Q: height?.outputs ?? 1, S: height?.taps ?? 1, Hdilation: height?.dilation ?? 1 },
      },
    };
  });
  return { outputs, layers };
};

function product(phases: readonly Phase[], key: "outputs" | "taps"): number {
  return phases.reduce((whole, phase) => whole * phase[key], 1);
}

interface TransposedAxis {
  readonly output: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
}

function transposedAxis(
  node: NodeView,
  size: number,
  taps: number,
  axis: number,
  rank: number,
): TransposedAxis {
  const pick = (name: string, fallback: number, at = axis): number => listOf(node, name)?.[at] ?? fallback;
  const [stride, dilation] = [pick("strides", 1), pick("dilations", 1)];
  const full = stride * (size - 1) + pick("output_padding", 0) + (taps - 1) * dilation + 1;
  const auto = node.attribute("auto_pad")?.text ?? "NOTSET";
  const same = auto.startsWith("SAME");
  const given = listOf(node, "output_shape");
  const asked = given?.at(axis - rank) ?? (same ? size * stride : undefined);
  if (asked !== undefined) {
    const cut = Math.max(0, full - asked);
    const padBegin = auto === "SAME_UPPER" ? Math.floor(cut / 2) : cut - Math.floor(cut / 2);
    return { output: asked, taps, stride, dilation, padBegin };
  }
  const padBegin = auto === "VALID" ? 0 : pick("pads", 0);
  const padEnd = auto === "VALID" ? 0 : pick("pads", 0, axis + rank);
  return { output: full - padBegin - padEnd, taps, stride, dilation, padBegin };
}

/** Output `o` meets tap `k` where o + padBegin - k * dilation is a multiple of the stride. */
function phasesOf({ output, taps, stride, dilation, padBegin }: TransposedAxis): readonly Phase[] {
  const common = gcd(stride, dilation);
  return Array.from({ length: Math.min(stride, output) }, (_, first) => {
    let met = 0;
    for (let k = 0; k < taps; k++) if ((first + padBegin - k * dilation) % stride === 0) met++;
    return { outputs: Math.ceil((output - first) / stride), taps: met, dilation: dilation / common };
  }).filter((phase) => phase.taps > 0);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
