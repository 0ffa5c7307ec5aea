import { arrayDim, isTrainingDummy } from "../event/array.ts";
import { CONTEXT, createExplainer, type LocalEngine, SCRATCH } from "../fidelity/engine.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { batchBytes, CandidateBatch, type PredictedLatency } from "../kernels/batch.ts";
import { writeContext } from "../kernels/context.ts";
import { instantiate } from "../kernels/kernels.ts";
import { LANES } from "../kernels/layout.ts";
import { networkBytes, networkForm, writeNetwork } from "../kernels/network.ts";
import { firesimLayer, type RunLayer, writePhysics } from "../kernels/physics.ts";
import { PHYSICS_BYTES, STARLIGHT_SCRATCH_BYTES } from "../kernels/starlight-layout.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { KindModel, StarlightModel } from "./model.ts";

const PAGE = 65536;

/** An engine whose latencies are Starlight's: as fast, and with an interval (`latencyLow`, `latencyHigh` of its batch). */
export interface StarlightEngine extends LocalEngine {
  readonly profile: Profile;
  /** @param cold the caches hold nothing of the layer when it starts */
  evaluateNow(shape: LayerShape, hardware: Hardware, count: number, cold?: boolean): void;
}

/**
 * Starlight over a batch of candidates, in the calling thread, on any runtime. Energy and feasibility are those of the analytical
 * model; latency is the profile's closed form times what the ensemble predicts, at least the rows that the array has to stream.
 * The same bytes in either binary and on every runtime.
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
  const explain = createExplainer(kernels);
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
  for (const { kind, network } of kinds) writeNetwork(memory, network, kind.network, kind.grid, form);
  const batch = new CandidateBatch(memory, address, capacity);

  const evaluateNow = (shape: LayerShape, hardware: Hardware, count: number, cold = false): void => {
    if (count > capacity) throw new RangeError(`the batch holds ${capacity} candidates, not ${count}`);
    const unfit = unfitFor(model.profile, shape);
    if (unfit !== undefined) throw new RangeError(unfit);
    const layer = runLayer(model.profile, shape);
    const { kind, network } = kinds[layer.matmul ? 1 : 0] as { kind: KindModel; network: number };
    writeContext(memory, CONTEXT, shape, hardware);
    const run = (array: number): void => {
      writePhysics(memory, physics, layer, array, kind.coefficients, network, kind.spread, cold);
      exports.starlight(CONTEXT, physics, address, count, scratch);
    };
    if (model.profile === "gemmini-firesim" && isTrainingDummy(hardware))
      onOwnArrays(batch, hardware, count, run);
    else run(hardware.peDim);
  };

  return {
    profile: model.profile,
    hasIntervals: true,
    unfit: (shape) => unfitFor(model.profile, shape),
    batch,
    evaluateNow,
    evaluate: async (shape, hardware, count) => evaluateNow(shape, hardware, count),
    explain,
    close: () => Promise.resolve(),
  };
}

/** Why the RTL of a profile cannot run a layer, if it cannot. */
export function unfitFor(profile: Profile, shape: LayerShape): string | undefined {
  const { Wstride, Hstride, Wdilation, Hdilation } = shape;
  if (Wdilation === 1 && Hdilation === 1 && Wstride === Hstride) return undefined;
  return `profile ${profile} runs no dilated layers, and one stride for both axes`;
}

/**
 * Rows of DOSA's training data declare one accelerator for all and ran on others (`arrayDim`): every array has a run of its own,
 * and each candidate the answer of its array.
 */
function onOwnArrays(
  batch: CandidateBatch,
  hardware: Hardware,
  count: number,
  run: (array: number) => void,
): void {
  const arrays = Array.from({ length: count }, (_, i) => arrayDim(hardware, batch.read(i)));
  const kept: PredictedLatency[] = new Array(count);
  for (const array of new Set(arrays)) {
    run(array);
    for (let i = 0; i < count; i++) if (arrays[i] === array) kept[i] = batch.latency(i);
  }
  for (let i = 0; i < count; i++) batch.setLatency(i, kept[i] as PredictedLatency);
}

/** What the RTL of a profile makes of a layer. */
export function runLayer(profile: Profile, shape: LayerShape): RunLayer {
  if (profile === "gemmini-firesim") return firesimLayer(shape);
  throw new RangeError(`Starlight has no rules for the profile ${profile} yet`);
}
