import type { HardwareParameters } from "../hardware/hardware.ts";
import type { SampledMapping } from "../mapper/random.ts";
import type { TrialOutcome } from "../search/trial.ts";
import { distinctLayers, spreadMappings, type WalkProblem } from "../walk/request.ts";

/** The outcome of hardware with a mapping for each distinct layer. */
export function designOf(
  { workloads }: WalkProblem,
  hardware: HardwareParameters,
  chosen: readonly SampledMapping[],
  evaluated: number,
): TrialOutcome<null> {
  const sums = workloads.map(() => ({ latencyCycles: 0, energyPj: 0 }));
  for (const [i, { network, count }] of distinctLayers(workloads).entries()) {
    const sum = sums[network] as (typeof sums)[number];
    const { latencyCycles, energyPj } = chosen[i] as SampledMapping;
    sum.latencyCycles += count * latencyCycles;
    sum.energyPj += count * energyPj;
  }
  const mappings = spreadMappings(
    workloads,
    chosen.map(({ mapping }) => mapping),
  );
  return { status: "found", design: { hardware, mappings }, sums, evaluated, carry: null };
}
