import { InputError, quote } from "../../errors.ts";
import { importOnnx } from "../../interop/onnx/import.ts";
import { readDocument } from "../../workload/document.ts";
import { parseWorkload, type Workload } from "../../workload/workload.ts";
import type { Questions } from "../protocol.ts";

/**
 * A workload from the bytes of a layer table or an ONNX model.
 *
 * @throws InputError
 */
export function readWorkload({ name, bytes, dims }: Questions["read"]["request"]): Workload {
  try {
    if (/\.onnx$/i.test(name))
      return importOnnx(bytes, { name: name.replace(/\.onnx$/i, ""), dims }).workload;
    if (/\.(json|ya?ml)$/i.test(name)) {
      const document = readDocument(new TextDecoder().decode(bytes), name);
      return parseWorkload(document, name);
    }
  } catch (error) {
    throw error instanceof InputError && !error.problem.where.startsWith(name) ? error.within(name) : error;
  }
  throw new InputError({
    where: name,
    expected: "a layer table (.json, .yaml) or an ONNX model",
    found: quote(name),
  });
}
