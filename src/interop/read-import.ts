import { InputError, quote } from "../errors.ts";
import { unreadable } from "../workload/load.ts";
import type { Workload } from "../workload/workload.ts";
import type { OperatorShare } from "./onnx/ledger.ts";
import { loadOnnx } from "./onnx/load.ts";

/** What another tool's file holds. */
export interface Imported {
  readonly workload: Workload;
  /** Of an ONNX model: what became of its operators. */
  readonly operators: readonly OperatorShare[];
}

/**
 * A workload from another tool's file, by its ending.
 *
 * @param dims sizes of the open dims of an ONNX model
 * @throws InputError
 */
export async function readImport(file: string, dims: Readonly<Record<string, number>>): Promise<Imported> {
  try {
    if (/\.onnx$/i.test(file)) return loadOnnx(file, { dims });
  } catch (error) {
    throw unreadable(file, error);
  }
  throw new InputError({ where: "file", expected: "an .onnx model", found: quote(file) });
}
