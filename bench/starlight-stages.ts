// Where the time of Starlight goes: nanoseconds a mapping of the stages that the kernel can run alone, for `starlight.ts`.

import type { Hardware } from "../src/hardware/hardware.ts";
import { batchBytes, CandidateBatch } from "../src/kernels/batch.ts";
import { writeContext } from "../src/kernels/context.ts";
import { instantiateNow } from "../src/kernels/kernels.ts";
import { BLOCK_BYTES, CONTEXT_BYTES, LANES } from "../src/kernels/layout.ts";
import { networkBytes, networkForm, writeNetwork } from "../src/kernels/network.ts";
import { firesimLayer, writePhysics } from "../src/kernels/physics.ts";
import { PHYSICS_BYTES, STARLIGHT_SCRATCH_BYTES } from "../src/kernels/starlight-layout.ts";
import type { RawMapping } from "../src/space/raw-mapping.ts";
import type { StarlightModel } from "../src/surrogate/model.ts";
import type { LayerShape } from "../src/workload/layer.ts";

/** Runs of one batch, each with more of Starlight in it. */
export interface Stages {
  /** The analytical model: energy and feasibility. */
  readonly analytical: () => void;
  /** Tiles, cache distances and engines. */
  readonly closedForm: () => void;
  /** All but the network and its inputs. */
  readonly withoutNetwork: () => void;
  readonly whole: () => void;
}

export function stages(
  module: WebAssembly.Module,
  model: StarlightModel,
  shape: LayerShape,
  hardware: Hardware,
  mappings: readonly RawMapping[],
): Stages {
  const { exports, memory } = instantiateNow(module);
  const form = networkForm(exports);
  const layer = firesimLayer(shape);
  const kind = layer.matmul ? model.matmul : model.convolution;
  const count = mappings.length;
  let end = 0;
  const place = (bytes: number): number => {
    const address = end;
    end = Math.ceil((end + bytes) / 64) * 64;
    return address;
  };
  const context = place(CONTEXT_BYTES);
  const scratch = place(STARLIGHT_SCRATCH_BYTES);
  const [alone, corrected] = [place(PHYSICS_BYTES), place(PHYSICS_BYTES)];
  const network = place(networkBytes(kind.network, form));
  const batchAt = place(batchBytes(count));
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / 65536)));
  const run = { layer, array: hardware.peDim, spread: kind.spread, cold: false };
  writeContext(memory, context, shape, hardware);
  writePhysics(memory, alone, { ...run, network: 0 }, kind.coefficients);
  writePhysics(memory, corrected, { ...run, network }, kind.coefficients);
  writeNetwork(memory, network, kind.network, kind.grid, form);
  const batch = new CandidateBatch(memory, batchAt, count);
  mappings.forEach((mapping, i) => {
    batch.writeRaw(i, mapping);
  });
  return {
    analytical: () => exports.evaluate(context, batchAt, count, scratch),
    closedForm: () => {
      for (let i = 0; i < count; i += LANES) {
        exports.closedForm(alone, batchAt + (i / LANES) * BLOCK_BYTES, Math.min(LANES, count - i), scratch);
      }
    },
    withoutNetwork: () => exports.starlight(context, alone, batchAt, count, scratch),
    whole: () => exports.starlight(context, corrected, batchAt, count, scratch),
  };
}
