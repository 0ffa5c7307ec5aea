import type { Profile } from "../../fidelity/evaluator.ts";
import { createHardware } from "../../hardware/hardware.ts";
import type { LayerRecord } from "../../report/result.ts";
import { designInfo } from "../../report/summary.ts";
import { createStarlightEvaluator, loadStarlight, type StarlightEngine } from "../../starlight.ts";
import type { PredictedDesign, Questions } from "../protocol.ts";

const engines = new Map<Profile, Promise<StarlightEngine>>();

/** What Starlight takes the RTL of a profile to make of a design, layer by layer; layers that it refuses are listed with the reason. */
export async function predictDesign({
  record,
  profile,
}: Questions["predict"]["request"]): Promise<PredictedDesign> {
  const opened = engines.get(profile) ?? loadStarlight({ profile, capacity: 64 });
  engines.set(profile, opened);
  const engine = await opened;
  const hardware = createHardware(record.hardware);
  const outcomes = await createStarlightEvaluator(engine).evaluate(
    record.layers.map(({ mapping, shape }) => ({ mapping, shape, hardware })),
  );
  const layers: LayerRecord[] = [];
  const refused: { name: string; reason: string }[] = [];
  for (const [i, layer] of record.layers.entries()) {
    const outcome = outcomes[i];
    if (outcome?.status !== "priced") {
      refused.push({ name: layer.name, reason: outcome?.reason ?? "not priced" });
      continue;
    }
    const { latencyCycles, energyPj, latencyInterval } = outcome;
    layers.push({
      ...layer,
      latencyCycles,
      energyUj: energyPj * 1e-6,
      ...(latencyInterval ? { latencyInterval } : {}),
    });
  }
  const { totals, latencyInterval, layers: infos } = designInfo({ ...record, layers }, engine);
  return {
    profile,
    layers: infos,
    refused,
    ...(refused.length === 0 && latencyInterval ? { totals, latencyInterval } : {}),
  };
}
