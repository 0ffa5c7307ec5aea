import { InputError, nearest, quote } from "../errors.ts";
import { ALEXNET } from "./networks/alexnet.ts";
import { BERT } from "./networks/bert.ts";
import { DEEPBENCH } from "./networks/deepbench.ts";
import { DENSENET161 } from "./networks/densenet161.ts";
import { DLRM } from "./networks/dlrm.ts";
import { GPT2 } from "./networks/gpt2.ts";
import { LLAMA3_8B_DECODE } from "./networks/llama3-8b-decode.ts";
import { LLAMA3_8B_PREFILL } from "./networks/llama3-8b-prefill.ts";
import { MOBILENETV2 } from "./networks/mobilenetv2.ts";
import { RESNET50 } from "./networks/resnet50.ts";
import { RESNEXT50 } from "./networks/resnext50.ts";
import { RETINANET } from "./networks/retinanet.ts";
import { UNET } from "./networks/unet.ts";
import { VGG16 } from "./networks/vgg16.ts";
import { VIT_B16 } from "./networks/vit-b16.ts";
import type { Workload } from "./workload.ts";

/** The networks that come with the package, by name. */
export const BUILTIN_WORKLOADS: ReadonlyMap<string, Workload> = new Map(
  [
    RESNET50,
    BERT,
    RETINANET,
    UNET,
    ALEXNET,
    VGG16,
    DENSENET161,
    RESNEXT50,
    DLRM,
    DEEPBENCH,
    GPT2,
    LLAMA3_8B_PREFILL,
    LLAMA3_8B_DECODE,
    MOBILENETV2,
    VIT_B16,
  ].map((workload) => [workload.name, workload]),
);

/** What names a workload, for messages. */
export const WORKLOAD_EXPECTED = "a built-in name, an .onnx model or a .json, .yaml layer table";

/**
 * The built-in network of that name.
 *
 * @throws InputError whose hint is the nearest name, or all of them if none is near.
 */
export function builtinWorkload(name: string): Workload {
  const workload = BUILTIN_WORKLOADS.get(name);
  if (workload !== undefined) return workload;
  throw noSuchWorkload(name);
}

/** What is said of a name that no workload has. */
export function noSuchWorkload(name: string): InputError {
  const names = [...BUILTIN_WORKLOADS.keys()];
  const meant = nearest(name, names);
  return new InputError({
    where: "workload",
    expected: WORKLOAD_EXPECTED,
    found: quote(name),
    hint: meant === undefined ? `built in: ${names.join(" ")}` : `did you mean ${meant}?`,
  });
}
