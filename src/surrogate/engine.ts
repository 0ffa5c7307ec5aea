import { CONTEXT, createExplainer, type LocalEngine, SCRATCH } from "../fidelity/engine.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { batchBytes, CandidateBatch, type PredictedLatency } from "../kernels/batch.ts";
import { writeContext } from "../kernels/context.ts";
import { instantiate } from "../kernels/kernels.ts";
import { LANES } from "../kernels/layout.ts";
import { networkBytes, networkForm, writeNetwork } from "../kernels/network.ts";
import { PHYSICS_BYTES, STARLIGHT_SCRATCH_BYTES } from "../kernels/starlight-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { KindModel, StarlightModel } from "./model.ts";
import { rulesOf } from "./profiles.ts";

const PAGE = 65536;

/** An engine whose latencies are Starlight's: as fast, and with an interval (`latencyLow`, `latencyHigh` of its batch). */
export interface StarlightEngine extends LocalEngine {
  readonly profile: Profile;
  /** @param cold the caches hold nothing of the layer when it starts */
  evaluateNow(shape: LayerShape, hardware: Hardware, count: number, cold?: boolean): void;
}

/**
 * Starlight over a batch of candidates, in the calling thread, on any runtime. Latency is the closed form of the model's profile times
 * what the ensemble predicts, at least the rows that the array has to stream. Feasibility is the analytical model's, energy too for
 * Gemmini; for our own RTL it is that of what its counters would have counted. The same bytes in either binary and on every runtime.
 *
 * @param module the compiled kernels, baseline or relaxed
 * @param capacity candidates that the batch holds
 */
export async function createStarlightEngine(
  module: WebAssembly.Module,
  model: StarlightModel,
  capacity: number = 64 * LANES,
): Promise<StarlightEngine> {
  const kernels = await instantiate(module);
  const { exports, memory } = kernels;
  const form = networkForm(exports);
  let end = SCRATCH;
  const place = (bytes: number): number => {
    const address = end;
    end = Math.ceil((end + bytes) / 64) * 64;
    return address;
  };
  const scratch = place(STARLIGHT_SCRATCH_BYTES);
  const physics = place(PHYSICS_BYTES);
  const kinds = [model.convolution, model.matmul].map((kind) => ({
    kind,
    network: place(networkBytes(kind.network, form)),
  }));
  const address = place(batchBytes(capacity));
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)));
  // Views end when the memory grows.
  const explain = createExplainer(kernels);
  for (const { kind, network } of kinds) writeNetwork(memory, network, kind.network, kind.grid, form);
  const batch = new CandidateBatch(memory, address, capacity);
  const rules = rulesOf(model.profile);

  const evaluateNow = (shape: LayerShape, hardware: Hardware, count: number, cold = false): void => {
    if (count > capacity) throw new RangeError(`the batch holds ${capacity} candidates, not ${count}`);
    const unfit = rules.unfit(shape);
    if (unfit !== undefined) throw new RangeError(unfit);
    const layer = rules.runLayer(shape);
    const { kind, network } = kinds[layer.matmul ? 1 : 0] as { kind: KindModel; network: number };
    writeContext(memory, CONTEXT, shape, hardware);
    const run = (array: number): void => {
      const one = { layer, array, network, spread: kind.spread, cold };
      rules.writePhysics(memory, physics, one, kind.coefficients, hardware);
      exports.starlight(CONTEXT, physics, address, count, scratch);
    };
    const ownArray = rules.ownArray(hardware);
    if (ownArray) onOwnArrays(batch, ownArray, count, run);
    else run(hardware.peDim);
  };

  return {
    profile: model.profile,
    hasIntervals: true,
    unfit: rules.unfit,
    batch,
    evaluateNow,
    evaluate: async (shape, hardware, count) => evaluateNow(shape, hardware, count),
    explain,
    close: () => Promise.resolve(),
  };
}

/**
 * Rows of DOSA's training data declare one accelerator for all and ran on others: every array has a run of its own,
 * and each candidate the answer of its array.
 */
function onOwnArrays(
  batch: CandidateBatch,
  ownArray: (mapping: Mapping) => number,
  count: number,
  run: (array: number) => void,
): void {
  const arrays = Array.from({ length: count }, (_, i) => ownArray(batch.read(i)));
  const kept: PredictedLatency[] = new Array(count);
  for (const array of new Set(arrays)) {
    run(array);
    for (let i = 0; i < count; i++) if (arrays[i] === array) kept[i] = batch.latency(i);
  }
  for (let i = 0; i < count; i++) batch.setLatency(i, kept[i] as PredictedLatency);
}
