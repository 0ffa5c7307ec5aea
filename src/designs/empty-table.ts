import { InputError } from "../errors.ts";

/**
 * Refuses a table without even a header.
 *
 * @throws InputError
 */
export function refuseEmptyTable(text: string, where: string): void {
  if (text.trim() !== "") return;
  throw new InputError({ where, expected: "a table with a header row", found: "an empty file" });
}
