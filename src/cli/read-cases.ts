import type { Readable } from "node:stream";
import { parseCandidates } from "../designs/candidates.ts";
import { type NetworkDesign, parseDesign } from "../designs/design.ts";
import { InputError } from "../errors.ts";
import type { Case } from "../evaluators/simulate.ts";
import { createHardware } from "../hardware/hardware.ts";
import { loadDocument, loadWorkload } from "../workload/load.ts";
import { readTable } from "./read-table.ts";
import { refuseWorkload } from "./refuse-workload.ts";

export interface ReadCases {
  readonly cases: readonly Case[];
  /** Of which they are the layers; rows of a table are designs of their own. */
  readonly design?: NetworkDesign;
}

/**
 * The layers of a design file, or the rows of a design table.
 *
 * @throws InputError, for the first row that is no design too
 */
export async function readCases(designs: string, stdin: Readable): Promise<ReadCases> {
  refuseWorkload(designs);
  if (/\.(json|ya?ml)$/i.test(designs)) {
    const design = await parseDesign(await loadDocument(designs), designs, loadWorkload);
    const hardware = createHardware(design.hardware);
    const cases = design.layers.map(({ name, count, shape, mapping }) => ({
      name,
      count,
      candidate: { shape, mapping, hardware },
    }));
    return { cases, design };
  }
  const { rows } = parseCandidates(await readTable(designs, stdin), designs);
  const cases = rows.map(({ row, read }) => {
    if (read instanceof InputError) throw read;
    return { name: `row ${row}`, count: 1, candidate: read };
  });
  return { cases };
}
