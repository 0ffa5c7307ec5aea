import { DRAM_BURST_WORDS, sramAccessPj } from "../../hardware/energy.ts";
import { DRAM_BANDWIDTH_WORDS } from "../../hardware/hardware.ts";
import { type LayerShape, macs, outputWords, weightWords } from "../../workload/layer.ts";
import type { Node, Tape } from "./tape.ts";

/**
 * Tiling factors that the descent moves, as real numbers: the array's share of C and K, and below DRAM in time C, K (beside the
 * array), P, Q, R, S, N. DRAM has the rest. DOSA also moves the split of P and Q between registers and accumulator, on which
 * nothing depends (docs/mapper.md).
 */
export const FACTORS = ["spatialC", "spatialK", "C", "K", "P", "Q", "R", "S", "N"] as const;
export type Factor = (typeof FACTORS)[number];

/** Which operand stays while the innermost DRAM loops run: DOSA's three loop orders (weights, inputs, outputs). */
export const DATAFLOWS = ["WS", "IS", "OS"] as const;
export type Dataflow = (typeof DATAFLOWS)[number];

/** One layer's tiling on the tape. */
export type Tiling = Readonly<Record<Factor, Node>>;

/** Hardware on the tape: PEs along a side, scratchpad and accumulator in KiB. */
export interface RelaxedHardware {
  readonly peDim: Node;
  readonly scratchpadKib: Node;
  readonly accumulatorKib: Node;
}

/** Access energies that do not depend on hardware, pJ (src/hardware/energy.ts). */
const MAC_PJ = 8.63 / 16 + 0.0857 / 4;
const REGISTER_PJ = sramAccessPj(8, 1);
const DRAM_PJ_PER_WORD = (12.5 * 8 * DRAM_BURST_WORDS) / DRAM_BURST_WORDS;
/** pJ of an access to an SRAM of 16 bits a row: a straight line in its KiB. */
const SRAM_SLOPE = 5 / 99.5;
const SRAM_OFFSET = 1 - 0.5 * SRAM_SLOPE;

/** Words that a layer needs of the scratchpad, and of one accumulator bank. */
export function capacities(
  tape: Tape,
  shape: LayerShape,
  tiling: Tiling,
): { readonly scratchpad: Node; readonly bank: Node } {
  const { channels, kernels } = tiles(tape, tiling);
  const weights = tape.product(tiling.R, tiling.S, channels, kernels);
  const inputs = tape.product(plane(tape, shape, tiling), channels);
  return {
    scratchpad: tape.add(weights, inputs),
    bank: tape.product(tiling.P, tiling.Q, tiling.N, tiling.K),
  };
}

/**
 * The least square array and memories that hold every layer (DOSA, section 4.5): the largest need of any layer, which alone has a
 * slope.
 */
export function minimalHardware(
  tape: Tape,
  shapes: readonly LayerShape[],
  tilings: readonly Tiling[],
): RelaxedHardware {
  let peDim = tape.input(2);
  let scratchpad = tape.input(1);
  let bank = tape.input(1);
  for (const [i, tiling] of tilings.entries()) {
    const need = capacities(tape, shapes[i] as LayerShape, tiling);
    peDim = tape.max(tape.max(peDim, tiling.spatialC), tiling.spatialK);
    scratchpad = tape.max(scratchpad, need.scratchpad);
    bank = tape.max(bank, need.bank);
  }
  return {
    peDim,
    scratchpadKib: tape.scale(scratchpad, 1 / 1024),
    accumulatorKib: tape.scale(tape.multiply(bank, peDim), 4 / 1024),
  };
}

/**
 * The analytical model (docs/model.md) with real factors and nothing rounded: cycles and pJ of one run of a layer.
 */
export function relaxedLayer(
  tape: Tape,
  shape: LayerShape,
  tiling: Tiling,
  dataflow: Dataflow,
  hardware: RelaxedHardware,
): { readonly latency: Node; readonly energy: Node } {
  const { channels, kernels } = tiles(tape, tiling);
  const outside = (bound: number, inside: Node): Node => tape.divide(tape.input(bound), inside);
  const boundC = outside(shape.C, channels);
  const boundK = outside(shape.K, kernels);
  const outputSteps = tape.product(
    outside(shape.P, tiling.P),
    outside(shape.Q, tiling.Q),
    outside(shape.N, tiling.N),
  );
  const filterSteps = tape.multiply(outside(shape.R, tiling.R), outside(shape.S, tiling.S));
  const pes = tape.multiply(tiling.spatialC, tiling.spatialK);
  const work = macs(shape);
  const output = outputWords(shape);

  const weights = tape.scale(dataflow === "WS" ? tape.input(1) : outputSteps, weightWords(shape));
  const writebacks = tape.scale(
    dataflow === "OS" ? tape.input(1) : tape.multiply(filterSteps, boundC),
    output,
  );
  const inputs = tape.scale(inputFills(tape, shape, tiling, dataflow, boundK), shape.C);
  const registers = tape.scale(outputSteps, weightWords(shape));
  const compute = tape.divide(tape.input(work), pes);
  const inputReads = tape.divide(tape.input(work), tiling.spatialK);
  const updates = tape.divide(tape.input(work), tiling.spatialC);

  const fills = tape.add(weights, inputs);
  const scratchpadWords = tape.sum(fills, registers, inputReads);
  const accumulatorWords = tape.add(tape.scale(updates, 2, -output), writebacks);
  const dramWords = tape.add(fills, tape.scale(writebacks, 2, -output));
  const latency = [
    compute,
    tape.scale(dramWords, 1 / DRAM_BANDWIDTH_WORDS),
    tape.divide(scratchpadWords, tape.scale(hardware.peDim, 2)),
    tape.divide(accumulatorWords, tape.scale(tiling.spatialK, 2)),
  ].reduce((slowest, cycles) => tape.max(slowest, cycles));

  // A row of the scratchpad is peDim words of 8 bits, one of the accumulator a word of 32 in a bank of its own.
  const scratchpadPj = tape.scale(hardware.scratchpadKib, 0.5 * SRAM_SLOPE, 0.5 * SRAM_OFFSET);
  const bankKib = tape.divide(hardware.accumulatorKib, hardware.peDim);
  const accumulatorPj = tape.scale(bankKib, 2 * SRAM_SLOPE, 2 * SRAM_OFFSET);
  const energy = tape.sum(
    tape.scale(registers, REGISTER_PJ, work * (MAC_PJ + REGISTER_PJ)),
    tape.multiply(accumulatorWords, accumulatorPj),
    tape.multiply(scratchpadWords, scratchpadPj),
    tape.scale(dramWords, DRAM_PJ_PER_WORD),
  );
  return { latency, energy };
}

function tiles(tape: Tape, tiling: Tiling): { readonly channels: Node; readonly kernels: Node } {
  return {
    channels: tape.multiply(tiling.C, tiling.spatialC),
    kernels: tape.multiply(tiling.K, tiling.spatialK),
  };
}

/** Words of one channel of the input tile. */
function plane(tape: Tape, shape: LayerShape, tiling: Tiling): Node {
  return tape.product(width(tape, shape, tiling), height(tape, shape, tiling), tiling.N);
}

function width(tape: Tape, shape: LayerShape, { P, R }: Tiling): Node {
  return tape.add(
    tape.scale(P, shape.Wstride, 1 - shape.Wstride - shape.Wdilation),
    tape.scale(R, shape.Wdilation),
  );
}

function height(tape: Tape, shape: LayerShape, { Q, S }: Tiling): Node {
  return tape.add(
    tape.scale(Q, shape.Hstride, 1 - shape.Hstride - shape.Hdilation),
    tape.scale(S, shape.Hdilation),
  );
}

/** Input words of one channel that DRAM gives: neighbouring tiles share what lies along the innermost loop. */
function inputFills(tape: Tape, shape: LayerShape, tiling: Tiling, dataflow: Dataflow, boundK: Node): Node {
  const across = width(tape, shape, tiling);
  const down = height(tape, shape, tiling);
  const bound = (dim: "P" | "Q" | "R" | "S" | "N"): Node => tape.divide(tape.input(shape[dim]), tiling[dim]);
  const steps = tape.product(bound("P"), bound("Q"), bound("R"), bound("S"), bound("N"));
  const whole = tape.product(across, down, tiling.N, steps);
  if (dataflow === "IS") return whole;
  const [inner, stride] =
    dataflow === "WS" ? (["P", shape.Wstride] as const) : (["R", shape.Wdilation] as const);
  const overlap = tape.max(tape.subtract(across, tape.scale(tiling[inner], stride)), tape.input(0));
  const shared = tape.product(overlap, down, tiling.N, tape.divide(steps, bound(inner)));
  const saved = tape.multiply(shared, tape.scale(bound(inner), 1, -1));
  return tape.multiply(tape.subtract(whole, saved), boundK);
}
