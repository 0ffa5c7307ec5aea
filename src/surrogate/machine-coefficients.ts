import { InputError, quote } from "../errors.ts";
import type { Coefficients } from "../event/coefficients.ts";
import type { MachineTiming } from "../kernels/machine-physics.ts";
import { checkMachine, GEMMINI_LIKE, type MachineOptions } from "../rtl/machine.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";

/** The order of a record. */
const FIELDS = Object.keys(GEMMINI_LIKE) as readonly (keyof MachineOptions)[];

/** The machine around the array that the closed form of our own RTL knows, by name; Gemmini-like where nothing is said. */
export function machineCoefficients(machine: Partial<MachineOptions> = {}): Coefficients {
  return { ...GEMMINI_LIKE, ...machine };
}

/** @throws InputError naming the parameter that is missing, unknown or out of range */
export function parseMachineCoefficients(value: unknown, where: string): Coefficients {
  const fields = asRecord(value, where, "the machine around the array");
  rejectUnknownKeys(fields, FIELDS, where);
  for (const name of FIELDS) {
    if (typeof fields[name] === "number") continue;
    throw new InputError({
      where: `${where}.${name}`,
      expected: "a number",
      found: quote(fields[name]),
    });
  }
  const machine = fields as unknown as MachineOptions;
  try {
    checkMachine({ ...machine, dim: 16, scratchpadRows: 1, accumulatorRows: 1 });
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
  return { ...machine };
}

/** The same as numbers. */
export function packMachine(coefficients: Coefficients): Float64Array {
  return Float64Array.from(FIELDS, (name) => coefficients[name] as number);
}

export function unpackMachine(record: Float64Array): MachineTiming {
  return Object.fromEntries(FIELDS.map((name, i) => [name, record[i]])) as unknown as MachineOptions;
}
