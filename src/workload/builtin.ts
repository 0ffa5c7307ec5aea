import { InputError, nearest, quote } from "../errors.ts";
import { alexnet } from "./networks/alexnet.ts";
import { bert } from "./networks/bert.ts";
import { deepbench } from "./networks/deepbench.ts";
import { densenet161 } from "./networks/densenet161.ts";
import { dlrm } from "./networks/dlrm.ts";
import { mobilenetv2 } from "./networks/mobilenetv2.ts";
import { resnet50 } from "./networks/resnet50.ts";
import { resnext50 } from "./networks/resnext50.ts";
import { retinanet } from "./networks/retinanet.ts";
import { gpt2, llama3Decode, llama3Prefill, vitB16 } from "./networks/transformers.ts";
import { unet } from "./networks/unet.ts";
import { vgg16 } from "./networks/vgg16.ts";
import type { Workload } from "./workload.ts";

/** Networks that come with the package, by name. */
export const BUILTIN_WORKLOADS: ReadonlyMap<string, Workload> = new Map(
  [
    resnet50,
    bert,
    retinanet,
    unet,
    alexnet,
    vgg16,
    densenet161,
    resnext50,
    dlrm,
    deepbench,
    gpt2,
    llama3Prefill,
    llama3Decode,
    mobilenetv2,
    vitB16,
  ].map((workload) => [workload.name, workload]),
);

/**
 * A network that comes with the package.
 *
 * @throws InputError with the nearest name
 */
export function builtinWorkload(name: string): Workload {
  const found = BUILTIN_WORKLOADS.get(name);
  if (found) return found;
  const names = [...BUILTIN_WORKLOADS.keys()];
  const meant = nearest(name, names);
  throw new InputError({
    where: "workload",
    expected: "a built-in name or a .json, .yaml layer table",
    found: quote(name),
    hint: meant === undefined ? `built in: ${names.join(" ")}` : `did you mean ${meant}?`,
  });
}
