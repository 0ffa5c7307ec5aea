import { InputError } from "../../errors.ts";
import type { HardwareParameters } from "../../hardware/hardware.ts";
import { formatMapping } from "../../space/mapping.ts";
import type { LayerShape } from "../../workload/layer.ts";
import { asRecord } from "../../workload/workload.ts";
import { fromArchitecture } from "./architecture.ts";
import { fromTimeloopMapping } from "./mapping.ts";
import { fromTimeloopProblem } from "./problem.ts";

/** A parsed file and what it is called in messages. */
export interface TimeloopFile {
  readonly where: string;
  readonly document: unknown;
}

/** A layer of a design document. */
export interface TimeloopLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string | undefined;
}

/** What a set of Timeloop files describes. */
export interface TimeloopInput {
  readonly hardware: HardwareParameters | undefined;
  readonly layers: readonly TimeloopLayer[];
}

/** Layers by file, as `polaris export` writes them down beside the files, which have no place for a count. */
export interface TimeloopIndex {
  readonly workload: string;
  readonly layers: readonly { readonly file: string; readonly name: string; readonly count: number }[];
}

/**
 * What Timeloop files, each with some of the sections `architecture`, `problem` and `mapping`, say together: one architecture, and a
 * layer for each problem. A mapping belongs to the problem in its own file or, if there is one problem in all, to that.
 *
 * @throws InputError
 */
export function readTimeloop(files: readonly TimeloopFile[]): TimeloopInput {
  let hardware: HardwareParameters | undefined;
  const layers: { where: string; name: string; shape: LayerShape; mapping: string | undefined }[] = [];
  const loose: { where: string; mapping: string }[] = [];
  for (const { where, document } of files) {
    const sections = asRecord(document, where, "architecture, problem or mapping");
    const { architecture, problem, mapping } = sections as Readonly<Record<string, unknown>>;
    if (architecture !== undefined) {
      if (hardware) throw new InputError({ where, expected: "one architecture", found: "a second" });
      hardware = fromArchitecture(architecture, `${where}: architecture`);
    }
    const text =
      mapping === undefined ? undefined : formatMapping(fromTimeloopMapping(mapping, `${where}: mapping`));
    if (problem !== undefined) {
      const { name, shape } = fromTimeloopProblem(problem, `${where}: problem`);
      const stem = where.replace(/^.*[/\\]/, "").replace(/(\.(problem|prob))?\.ya?ml$/i, "");
      layers.push({ where, name: name ?? stem, shape, mapping: text });
    } else if (text !== undefined) loose.push({ where, mapping: text });
    else if (architecture === undefined) {
      throw new InputError({
        where,
        expected: "a section architecture, problem or mapping",
        found: Object.keys(sections).slice(0, 8).join(", ") || "none",
      });
    }
  }
  const [stray, ...others] = loose;
  const [single, ...more] = layers;
  if (stray && (others.length > 0 || !single || more.length > 0 || single.mapping !== undefined)) {
    throw new InputError({
      where: stray.where,
      expected: "a problem in the file of its mapping, or one of each in all",
      found: `${layers.length} problems, ${loose.length} mappings without one`,
    });
  }
  return {
    hardware,
    layers: distinct(layers.map((layer) => ({ ...layer, mapping: layer.mapping ?? stray?.mapping }))),
  };
}

/** Layers under names of their own; two that share one get the names of their files. */
function distinct(
  layers: readonly { where: string; name: string; shape: LayerShape; mapping: string | undefined }[],
): readonly TimeloopLayer[] {
  const seen = new Set<string>();
  return layers.map(({ name, shape, mapping }) => {
    let own = name;
    for (let more = 2; seen.has(own); more++) own = `${name}.${more}`;
    seen.add(own);
    return { name: own, count: 1, shape, mapping };
  });
}
