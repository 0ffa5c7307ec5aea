import type { Readable } from "node:stream";
import { parseCandidates } from "../designs/candidates.ts";
import { parseDesign } from "../designs/design.ts";
import { InputError } from "../errors.ts";
import type { Case } from "../evaluators/simulate.ts";
import { createHardware } from "../hardware/hardware.ts";
import { loadDocument, loadWorkload } from "../workload/load.ts";
import { readTable } from "./read-table.ts";
import { refuseWorkload } from "./refuse-workload.ts";

/**
 * The layers of a design file, or the rows of a design table.
 *
 * @throws InputError, for the first row that is no design too
 */
export async function readCases(designs: string, stdin: Readable): Promise<readonly Case[]> {
  refuseWorkload(designs);
  if (/\.(json|ya?ml)$/i.test(designs)) {
    const { hardware, layers } = await parseDesign(await loadDocument(designs), designs, loadWorkload);
    const machine = createHardware(hardware);
    return layers.map(({ name, count, shape, mapping }) => ({
      name,
      count,
      candidate: { shape, mapping, hardware: machine },
    }));
  }
  const { rows } = parseCandidates(await readTable(designs, stdin), designs);
  return rows.map(({ row, read }) => {
    if (read instanceof InputError) throw read;
    return { name: `row ${row}`, count: 1, candidate: read };
  });
}
