import { MAX_MEMORY_KIB } from "../../hardware/hardware.ts";
import type { DosaProblem } from "./pricing.ts";
import {
  type Dataflow,
  FACTORS,
  minimalHardware,
  type RelaxedHardware,
  relaxedLayer,
  type Tiling,
} from "./relaxed-model.ts";
import type { Node, Tape } from "./tape.ts";

/** Weights of the penalties against ln(objective). */
const INVALID = 1;
const TOO_LARGE = 100;

/**
 * What the descent minimises: ln(objective) on the least hardware that holds all tilings, plus penalties for factors below 1, for
 * arrays and memories that the space does not have, and for area above the cap. DOSA adds its penalties in proportion to the
 * objective, which has the same direction.
 *
 * @param logs natural logarithms of the factors, FACTORS.length for each layer
 * @returns the loss and the nodes of `logs`
 */
export function buildLoss(
  tape: Tape,
  problem: DosaProblem,
  logs: Float64Array,
  dataflows: readonly Dataflow[],
): { readonly loss: Node; readonly inputs: readonly Node[] } {
  const { layers, networks, space, objective } = problem;
  tape.reset();
  const inputs = Array.from(logs, (log) => tape.input(log));
  const tilings = layers.map((_, layer) => {
    const own = FACTORS.map(
      (name, i) => [name, tape.exp(inputs[layer * FACTORS.length + i] as Node)] as const,
    );
    return Object.fromEntries(own) as Tiling;
  });
  const hardware = minimalHardware(
    tape,
    layers.map(({ shape }) => shape),
    tilings,
  );
  const latencies = Array.from({ length: networks }, () => [] as Node[]);
  const energies = Array.from({ length: networks }, () => [] as Node[]);
  for (const [i, { shape, count, network }] of layers.entries()) {
    const { latency, energy } = relaxedLayer(
      tape,
      shape,
      tilings[i] as Tiling,
      dataflows[i] as Dataflow,
      hardware,
    );
    latencies[network]?.push(tape.scale(latency, count));
    energies[network]?.push(tape.scale(energy, count));
  }
  const terms: Node[] = [];
  for (let network = 0; network < networks; network++) {
    const log = (nodes: readonly Node[] = []): Node => tape.log(tape.sum(...nodes));
    terms.push(tape.scale(log(latencies[network]), objective.latencyPower / networks));
    terms.push(tape.scale(log(energies[network]), objective.energyPower / networks));
  }

  const above = (excess: Node, weight: number): void => {
    if (tape.value(excess) > 0) terms.push(tape.scale(tape.square(excess), weight));
  };
  for (const [layer, { shape }] of layers.entries()) {
    const log = (factor: (typeof FACTORS)[number]): Node =>
      inputs[layer * FACTORS.length + FACTORS.indexOf(factor)] as Node;
    for (const factor of FACTORS) above(tape.scale(log(factor), -1), INVALID);
    for (const dim of ["C", "K", "P", "Q", "R", "S", "N"] as const) {
      const inside = dim === "C" || dim === "K" ? tape.add(log(dim), log(`spatial${dim}`)) : log(dim);
      above(tape.scale(inside, 1, -Math.log(shape[dim])), INVALID);
    }
  }
  const exceeds = (node: Node, most: number): void => {
    if (tape.value(node) > most) above(tape.scale(tape.log(node), 1, -Math.log(most)), TOO_LARGE);
  };
  exceeds(hardware.peDim, Math.max(...space.arrays.map(({ peDim }) => peDim)));
  exceeds(hardware.scratchpadKib, space.scratchpadKib.at(-1) ?? MAX_MEMORY_KIB);
  exceeds(hardware.accumulatorKib, space.accumulatorKib.at(-1) ?? MAX_MEMORY_KIB);
  exceeds(smoothArea(tape, hardware), space.maxAreaMm2 ?? Number.POSITIVE_INFINITY);
  return { loss: tape.sum(...terms), inputs };
}

/**
 * Area in mm2 as a smooth function of hardware. The tables of src/hardware/area.ts have steps that a descent cannot see over; this
 * is a straight line through them (mean error 6 % of the scratchpad, 11 % of an accumulator bank).
 */
function smoothArea(tape: Tape, { peDim, scratchpadKib, accumulatorKib }: RelaxedHardware): Node {
  const pes = tape.square(peDim);
  const rows = tape.divide(tape.scale(accumulatorKib, 1024 / 4), peDim);
  const bank = tape.scale(tape.max(rows, tape.input(64)), 2.557e-5, 1.71e-3);
  return tape.sum(
    tape.scale(scratchpadKib, 0.0026972),
    tape.scale(pes, 4.33e-6 + 380.09e-6),
    tape.multiply(peDim, bank),
  );
}
