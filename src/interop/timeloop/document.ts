import { Document, type Node } from "yaml";
import { createHardware, type HardwareParameters } from "../../hardware/hardware.ts";
import type { Mapping } from "../../space/mapping.ts";
import type { LayerShape } from "../../workload/layer.ts";
import { toArchitecture03, toArchitecture04 } from "./architecture.ts";
import { toTimeloopMapping } from "./mapping.ts";
import type { TimeloopVersion } from "./names.ts";
import { toTimeloopProblem } from "./problem.ts";

/** Hardware as a YAML file of Timeloop. */
export function formatArchitecture(parameters: HardwareParameters, version: TimeloopVersion): string {
  const hardware = createHardware(parameters);
  if (version === "0.3") return text({ architecture: toArchitecture03(hardware) });
  const document = new Document({ architecture: { version: 0.4, nodes: [] } });
  for (const { tag, value } of toArchitecture04(hardware)) {
    const node = document.createNode(value) as Node & { tag?: string };
    node.tag = tag;
    document.addIn(["architecture", "nodes"], node);
  }
  return document.toString(LAYOUT);
}

/** A layer and its mapping as a YAML file of Timeloop with the sections `problem` and `mapping`. */
export function formatLayer(
  layer: { readonly name: string; readonly shape: LayerShape; readonly mapping: Mapping },
  version: TimeloopVersion,
): string {
  return text({
    problem: toTimeloopProblem(layer.name, layer.shape, version),
    mapping: toTimeloopMapping(layer.mapping, version),
  });
}

const LAYOUT = { lineWidth: 0, flowCollectionPadding: false } as const;

function text(value: object): string {
  const document = new Document(value);
  return document.toString(LAYOUT);
}
