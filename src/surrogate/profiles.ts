import { arrayDim, isTrainingDummy } from "../event/array.ts";
import { type Coefficients, packCoefficients, parseCoefficients } from "../event/coefficients.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import { accessEnergies, DRAM_BURST_WORDS } from "../hardware/energy.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { COLUMN } from "../kernels/layout.ts";
import { type MachinePrices, machineLayer, writeMachinePhysics } from "../kernels/machine-physics.ts";
import { firesimLayer, type PhysicsRun, type RunLayer, writePhysics } from "../kernels/physics.ts";
import { COMPONENTS, LOAD, STORE } from "../kernels/starlight-layout.ts";
import { LOADS, STORES } from "../kernels/starlight-machine-layout.ts";
import { factor, type Mapping } from "../space/mapping.ts";
import { DIMS, type LayerShape } from "../workload/layer.ts";
import { packMachine, parseMachineCoefficients, unpackMachine } from "./machine-coefficients.ts";

/** What sets the RTL of one profile apart from others, for everything that Starlight does. */
export interface ProfileRules {
  /** Why the RTL cannot run a layer, if it cannot. */
  readonly unfit: (shape: LayerShape) => string | undefined;
  /** Why it cannot run a mapping that is valid by the analytical rules, if it cannot. */
  readonly unfitMapping: (mapping: Mapping) => string | undefined;
  /** What the RTL makes of a layer. */
  readonly runLayer: (shape: LayerShape) => RunLayer;
  /** The array that each mapping ran on where the accelerator declares another one; nothing where it is as declared. */
  readonly ownArray: (hardware: Hardware) => ((mapping: Mapping) => number) | undefined;
  /** @throws InputError naming what a model file should have said */
  readonly parseCoefficients: (value: unknown, where: string) => Coefficients;
  /** Records for `writePhysics`: that of convolutions, that of matrix products. */
  readonly kindCoefficients: (coefficients: Coefficients) => readonly [Float64Array, Float64Array];
  /** Inputs of the network that are the loads, and the stores, of the closed form. */
  readonly inputs: { readonly load: number; readonly store: number };
  /**
   * Writes the record that the kernel reads.
   *
   * @param hardware whose counters are priced, where energies are not the analytical model's; without it they are. Latency does not
   * depend on it
   */
  readonly writePhysics: (
    memory: WebAssembly.Memory,
    address: number,
    run: PhysicsRun,
    coefficients: Float64Array,
    hardware?: Hardware,
  ) => void;
}

const RULES: Readonly<Record<Profile, ProfileRules>> = {
  // Gemmini as DOSA's harness runs it.
  "gemmini-firesim": {
    unfit: ({ Wstride, Hstride, Wdilation, Hdilation }) =>
      Wdilation === 1 && Hdilation === 1 && Wstride === Hstride
        ? undefined
        : "profile gemmini-firesim runs no dilated layers, and one stride for both axes",
    unfitMapping: () => undefined,
    runLayer: firesimLayer,
    ownArray: (hardware) =>
      isTrainingDummy(hardware) ? (mapping) => arrayDim(hardware, mapping) : undefined,
    parseCoefficients,
    kindCoefficients: (coefficients) => {
      const packed = packCoefficients(coefficients);
      return [packed.subarray(0, packed.length / 2), packed.subarray(packed.length / 2)];
    },
    inputs: { load: inputAt(LOAD), store: inputAt(STORE) },
    writePhysics,
  },
  "polaris-rtl": {
    unfit: () => undefined,
    unfitMapping: (mapping) => {
      const dim = DIMS.find((one) => factor(mapping, "scratchpad", one) > 1);
      return dim && `temporal ${dim} loop at the scratchpad: the RTL has none there`;
    },
    runLayer: machineLayer,
    ownArray: () => undefined,
    parseCoefficients: parseMachineCoefficients,
    kindCoefficients: (coefficients) => [packMachine(coefficients), packMachine(coefficients)],
    inputs: { load: inputAt(LOADS), store: inputAt(STORES) },
    writePhysics: (memory, address, run, coefficients, hardware) =>
      writeMachinePhysics(
        memory,
        address,
        run,
        unpackMachine(coefficients),
        hardware && machinePrices(hardware),
      ),
  },
};

/** Which input of the network a column of the closed form is. */
function inputAt(column: number): number {
  return (column - COMPONENTS) / COLUMN;
}

/** The rules of a profile. */
export function rulesOf(profile: Profile): ProfileRules {
  return RULES[profile];
}

/** What the machine's counters cost, as `machineEnergy` has it. */
function machinePrices(hardware: Hardware): MachinePrices {
  const { macPj, registerPj, accumulatorPj, scratchpadPj, dramPj } = accessEnergies(hardware);
  return {
    macPj,
    registerPj,
    accumulatorRowPj: hardware.peDim * accumulatorPj,
    scratchpadRowPj: scratchpadPj,
    dramBytePj: dramPj / DRAM_BURST_WORDS,
  };
}
