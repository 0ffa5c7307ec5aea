import { InputError } from "../errors.ts";
import { checkMachine, GEMMINI_LIKE, type MachineOptions } from "../rtl/machine.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";

/** The machine around array and memories, and how its host uses it, as a file describes them. */
export interface MachineFile {
  readonly machine: Partial<MachineOptions>;
  readonly reuse?: boolean;
}

/**
 * Machine options from a parsed JSON or YAML document: any of the keys of `MachineOptions`, and `reuse`.
 *
 * @throws InputError
 */
export function parseMachine(document: unknown, file: string): MachineFile {
  const fields = asRecord(document, file, "a mapping of machine options");
  rejectUnknownKeys(fields, [...Object.keys(GEMMINI_LIKE), "reuse"], file);
  const { reuse, ...machine } = fields;
  if (reuse !== undefined && typeof reuse !== "boolean")
    throw new InputError({ where: `${file}: reuse`, expected: "true or false", found: String(reuse) });
  try {
    // What depends on the accelerator is checked with it; any will do here.
    checkMachine({ dim: 16, scratchpadRows: 1, accumulatorRows: 1, ...GEMMINI_LIKE, ...machine });
  } catch (error) {
    throw error instanceof InputError ? error.within(file) : error;
  }
  return { machine, ...(reuse === undefined ? {} : { reuse }) };
}
