import { arrayDim } from "../event/array.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import type { Candidate, Evaluator, Outcome, Profile } from "../fidelity/evaluator.ts";
import { violations } from "../space/validity.ts";
import type { MeasuredRow } from "../tune/dataset.ts";
import { median } from "../tune/ranks.ts";
import { type MeasuredProgram, measuredProgram } from "./measured-program.ts";

export interface MeasuredOptions {
  /** Name of the table, for reasons. */
  readonly name: string;
  /** The RTL that was measured. */
  readonly profile: Profile;
  /** Energy: measurements are of cycles, and energy is that of the analytical counts. */
  readonly engine: LocalEngine;
  /** Largest ratio between measurements of one program whose median is given; above, the answer is no answer. Default 1.25. */
  readonly agreement?: number;
}

/**
 * Measurements as an evaluator: it knows the designs whose program was measured (`measuredProgram`), and says of any other
 * what of it was measured. Repeated measurements that agree give their median, and counters `measurements`, `leastCycles`,
 * `mostCycles`.
 */
export function createMeasuredEvaluator(rows: readonly MeasuredRow[], options: MeasuredOptions): Evaluator {
  const { name, profile, engine, agreement = 1.25 } = options;
  const known = rows.map((row) => ({
    row,
    program: measuredProgram(row.shape, row.mapping, row.peDim, profile),
  }));
  const byProgram = grouped(known, ({ program }) => programText(program));
  const byLayer = grouped(known, ({ program }) => program.layer);

  const answer = ({ shape, hardware, mapping }: Candidate): Outcome => {
    const [broken] = violations(mapping, shape, hardware);
    if (broken) return { status: "infeasible", reason: broken.message };
    const program = measuredProgram(shape, mapping, arrayDim(hardware, mapping), profile);
    const found = (byProgram.get(programText(program)) ?? []).map(({ row }) => row);
    if (found.length === 0) {
      const kin = (byLayer.get(program.layer) ?? []).map((one) => one.program);
      return { status: "failed", reason: `${name}: not measured: ${whatIsKnown(program, kin)}` };
    }
    const usable = found.filter(({ excluded }) => excluded === undefined);
    if (usable.length === 0) {
      const [{ line, excluded } = { line: 0, excluded: "" }] = found;
      return { status: "failed", reason: `${name}: line ${line} measured it but is not used: ${excluded}` };
    }
    const cycles = usable.map(({ measuredCycles }) => measuredCycles);
    const [least, most] = [Math.min(...cycles), Math.max(...cycles)];
    if (most > agreement * least) {
      const lines = usable.map((row) => `${row.line} (${row.measuredCycles})`).join(", ");
      return {
        status: "failed",
        reason: `${name}: measurements of this program differ by ${(100 * (most / least - 1)).toFixed(0)} %: lines ${lines}`,
      };
    }
    return {
      status: "priced",
      latencyCycles: median(cycles),
      energyPj: engine.explain(mapping, shape, hardware).energyPj,
      counters: { measurements: cycles.length, leastCycles: least, mostCycles: most },
    };
  };

  return {
    fidelity: "rtl",
    profile,
    evaluate: async (candidates, signal) => {
      signal?.throwIfAborted();
      return candidates.map(answer);
    },
    close: () => engine.close(),
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function programText({ layer, array, tiles, order }: MeasuredProgram): string {
  return [layer, array, tiles, order].join("; ");
}

/** How near the measurements of a layer come to a program that is not among them. */
function whatIsKnown(program: MeasuredProgram, kin: readonly MeasuredProgram[]): string {
  if (kin.length === 0) return "no row has this layer";
  const all = `${kin.length} row${kin.length === 1 ? " has" : "s have"} this layer`;
  const sameArray = kin.filter(({ array }) => array === program.array);
  if (sameArray.length === 0) return `${all}, none on a ${program.array}x${program.array} array`;
  const sameTiles = sameArray.filter(({ tiles }) => tiles === program.tiles);
  if (sameTiles.length === 0)
    return `${all}, ${sameArray.length} on this array, none with tiles ${program.tiles}`;
  const orders = [...new Set(sameTiles.map(({ order }) => order || "none"))];
  return `${all}, ${sameTiles.length} with this array and tiles, loops in order ${orders.join(" or ")}, not ${program.order || "none"}`;
}
