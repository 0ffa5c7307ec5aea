import { InputError } from "../errors.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";

/**
 * Refuses a workload where designs are asked for: it has layers, but no mappings yet.
 *
 * @throws InputError
 */
export function refuseWorkload(designs: string): void {
  const isModel = /\.onnx$/i.test(designs);
  if (!isModel && !BUILTIN_WORKLOADS.has(designs)) return;
  throw new InputError({
    where: designs,
    expected: "a design (.json, .yaml) or a table of designs (.csv)",
    found: isModel ? "an ONNX model" : "a built-in workload",
    hint: `polaris map ${designs} --out design.json makes one`,
  });
}
