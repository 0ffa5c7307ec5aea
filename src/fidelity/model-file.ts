import { InputError, quote } from "../errors.ts";
import { asRecord } from "../workload/workload.ts";
import { PROFILES, type Profile } from "./evaluator.ts";
import type { ModelSource } from "./model-source.ts";

/** What a file holds the numbers of. */
export const MODEL_KINDS = ["event", "starlight"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/**
 * A trained or calibrated model as a JSON document: which RTL it speaks of, what it was made from and how, and a checksum that
 * tells a damaged file from a whole one.
 */
export interface ModelFile<T> {
  readonly format: "polaris-model";
  readonly version: 1;
  readonly kind: ModelKind;
  readonly profile: Profile;
  readonly data: readonly ModelSource[];
  /** The command that makes the file again. */
  readonly madeBy: string;
  readonly model: T;
  /** CRC-32 of `model` as JSON, hexadecimal. */
  readonly checksum: string;
}

/** What `seal` puts into an envelope. */
export type Unsealed<T> = Pick<ModelFile<T>, "kind" | "profile" | "data" | "madeBy" | "model">;

/** The document for a model. */
export function seal<T>({ kind, profile, data, madeBy, model }: Unsealed<T>): ModelFile<T> {
  const checksum = crc32(JSON.stringify(model));
  return { format: "polaris-model", version: 1, kind, profile, data, madeBy, model, checksum };
}

/**
 * Reads the envelope of a model file; `model` is as it stood, and whoever asked for that kind knows how to read it.
 *
 * @param document parsed JSON
 * @throws InputError for a file that is none, is damaged, of another version or of another kind
 */
export function unseal(document: unknown, where: string, kind: ModelKind): ModelFile<unknown> {
  const fields = asRecord(document, where, 'a model file: { "format": "polaris-model", ... }');
  const expect = (key: string, expected: string, holds: (value: unknown) => boolean): void => {
    if (holds(fields[key])) return;
    throw new InputError({ where: `${where}: ${key}`, expected, found: quote(fields[key]) });
  };
  expect("format", '"polaris-model"', (value) => value === "polaris-model");
  expect("version", "1", (value) => value === 1);
  expect("kind", `"${kind}"`, (value) => value === kind);
  expect("profile", `one of ${PROFILES.join(", ")}`, (value) =>
    PROFILES.some((profile) => profile === value),
  );
  expect("madeBy", "text", (value) => typeof value === "string");
  expect("data", "a list of tables", (value) => Array.isArray(value) && value.every(isSource));
  const found = crc32(JSON.stringify(fields["model"] ?? null));
  if (fields["checksum"] !== found) {
    throw new InputError({
      where: `${where}: checksum`,
      expected: `${quote(found)}, that of the numbers in the file`,
      found: quote(fields["checksum"]),
      hint: "the file is damaged or was edited; make it again with polaris train",
    });
  }
  return fields as unknown as ModelFile<unknown>;
}

/**
 * Refuses a model of other RTL than the one that is asked about: it says nothing of it.
 *
 * @throws InputError
 */
export function requireProfile(file: ModelFile<unknown>, profile: Profile, where: string): void {
  if (file.profile === profile) return;
  throw new InputError({
    where: `${where}: profile`,
    expected: `a model of ${profile}`,
    found: file.profile,
    hint: "a model of one RTL says nothing of another",
  });
}

function isSource(value: unknown): value is ModelSource {
  if (typeof value !== "object" || value === null) return false;
  const { name, rows, crc32: sum } = value as Partial<ModelSource>;
  return typeof name === "string" && typeof rows === "number" && typeof sum === "string";
}

/** CRC-32 (IEEE 802.3) of a text in UTF-8, eight hexadecimal digits. */
export function crc32(text: string): string {
  let register = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  }
  return (~register >>> 0).toString(16).padStart(8, "0");
}
