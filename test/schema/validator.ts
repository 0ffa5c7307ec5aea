import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

export const SCHEMAS = fileURLToPath(new URL("../../schema", import.meta.url));

/** Names of the schemas that are shipped. */
export const SCHEMA_NAMES = readdirSync(SCHEMAS).map((file) => file.replace(/\.schema\.json$/, ""));

let validators: Ajv2020 | undefined;

/** Whether there is a schema of that name. */
export function hasSchema(name: string): boolean {
  return existsSync(`${SCHEMAS}/${name}.schema.json`);
}

/** The schema of that name, compiled with all that it refers to. */
export function validatorOf(name: string): ValidateFunction {
  if (!validators) {
    // A `title` beside a `$ref` and alternatives that share keys are meant.
    validators = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
    for (const one of SCHEMA_NAMES)
      validators.addSchema(JSON.parse(readFileSync(`${SCHEMAS}/${one}.schema.json`, "utf8")));
  }
  const validate = validators.getSchema(`${name}.schema.json`);
  assert.ok(validate, `no schema ${name}`);
  return validate;
}

/** Fails unless a document has the shape that its schema says. */
export function assertValid(name: string, document: unknown): void {
  const validate = validatorOf(name);
  if (validate(document)) return;
  const faults = (validate.errors ?? [])
    .slice(0, 5)
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
  assert.fail(`no ${name} document: ${faults.join("; ")}`);
}
