import { accessEnergies, DRAM_BURST_WORDS } from "../hardware/energy.ts";
import type { Bandwidth, Hardware } from "../hardware/hardware.ts";
import { type LayerShape, macs, outputWords, weightWords } from "../workload/layer.ts";
import * as at from "./layout.ts";

/**
 * Writes the record that `evaluate` reads: all that a layer and an accelerator contribute to every candidate.
 *
 * @throws RangeError if one memory has shared and the other split bandwidth, which the kernel does not mix
 */
export function writeContext(
  memory: WebAssembly.Memory,
  address: number,
  shape: LayerShape,
  hardware: Hardware,
): void {
  const record = new DataView(memory.buffer, address, at.CONTEXT_BYTES);
  const f64 = (offset: number, value: number): void => record.setFloat64(offset, value, true);
  const f32 = (offset: number, value: number): void => record.setFloat32(offset, value, true);
  const energies = accessEnergies(hardware);
  if (hardware.scratchpadBandwidth.kind !== hardware.accumulatorBandwidth.kind) {
    throw new RangeError("scratchpad and accumulator bandwidth must both be shared or both be split");
  }

  f64(at.MACS, macs(shape));
  f64(at.WEIGHT_WORDS, weightWords(shape));
  f64(at.OUTPUT_WORDS, outputWords(shape));
  const bandwidth = (
    { shared, read, write }: Record<"shared" | "read" | "write", number>,
    value: Bandwidth,
  ): void => {
    f64(shared, value.kind === "shared" ? value.words : 0);
    f64(read, value.kind === "split" ? value.readWords : 0);
    f64(write, value.kind === "split" ? value.writeWords : 0);
  };
  bandwidth(
    {
      shared: at.SCRATCHPAD_SHARED_BANDWIDTH,
      read: at.SCRATCHPAD_READ_BANDWIDTH,
      write: at.SCRATCHPAD_WRITE_BANDWIDTH,
    },
    hardware.scratchpadBandwidth,
  );
  bandwidth(
    {
      shared: at.ACCUMULATOR_SHARED_BANDWIDTH,
      read: at.ACCUMULATOR_READ_BANDWIDTH,
      write: at.ACCUMULATOR_WRITE_BANDWIDTH,
    },
    hardware.accumulatorBandwidth,
  );
  f64(at.DRAM_BANDWIDTH, hardware.dramBandwidthWords);
  f64(at.MAC_ENERGY, energies.macPj);
  f64(at.REGISTER_ENERGY, energies.registerPj);
  f64(at.ACCUMULATOR_ENERGY, energies.accumulatorPj);
  f64(at.SCRATCHPAD_ENERGY, energies.scratchpadPj);
  f64(at.DRAM_ENERGY, energies.dramPj);
  f64(at.SCRATCHPAD_ROW_INVERSE, 1 / hardware.peDim);
  f64(at.SCRATCHPAD_ROW_GUARD, 0.5 / hardware.peDim);
  f64(at.DRAM_BURST_INVERSE, 1 / DRAM_BURST_WORDS);
  f64(at.DRAM_BURST_GUARD, 0.5 / DRAM_BURST_WORDS);
  f32(at.W_STRIDE, shape.Wstride);
  f32(at.H_STRIDE, shape.Hstride);
  f32(at.W_DILATION, shape.Wdilation);
  f32(at.H_DILATION, shape.Hdilation);
  f32(at.SCRATCHPAD_WORDS, hardware.scratchpadWords);
  f32(at.ACCUMULATOR_WORDS, hardware.accumulatorWords);
  f32(at.REGISTER_WORDS, hardware.registerWords);
  f32(at.PE_DIM, hardware.peDim);
}
