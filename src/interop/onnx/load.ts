import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InputError } from "../../errors.ts";
import type { ByteSource } from "./bytes.ts";
import { readModel } from "./decode.ts";
import { importOnnx, type OnnxImport, type OnnxOptions, openDims } from "./import.ts";

/**
 * `importOnnx` of a file, of which only the structure is read; files of external weights are not opened.
 *
 * @throws InputError
 */
export function loadOnnx(file: string, options: OnnxOptions = {}): OnnxImport {
  const name = file.replace(/^.*[/\\]/, "").replace(/\.onnx$/i, "");
  return withFile(file, (source) => importOnnx(source, { name, ...options }));
}

/**
 * Names of a model's dims that may be given a size.
 *
 * @throws InputError
 */
export function loadOpenDims(file: string): ReadonlySet<string> {
  return withFile(file, (source) => openDims(readModel(source).graph));
}

function withFile<T>(file: string, read: (source: ByteSource) => T): T {
  const descriptor = openSync(file, "r");
  try {
    return read(fileSource(descriptor));
  } catch (error) {
    throw error instanceof InputError ? error.within(file) : error;
  } finally {
    closeSync(descriptor);
  }
}

function fileSource(descriptor: number): ByteSource {
  return {
    size: fstatSync(descriptor).size,
    read(at, into) {
      let got = 0;
      while (got < into.length) {
        const more = readSync(descriptor, into, got, into.length - got, at + got);
        if (more === 0) break;
        got += more;
      }
      return got;
    },
  };
}
