import { UsageError } from "../../errors.ts";
import type { CliContext } from "../context.ts";
import { type Effect, ofFidelity, refuseIdle } from "../idle-flags.ts";
import type { ModelName } from "../models.ts";
import type { SearchArgs } from "./search.ts";

/**
 * Refuses flags of `polaris search` that do not go together, or that would change nothing.
 *
 * @throws UsageError
 */
export function refuseIdleSearch(context: CliContext, args: SearchArgs, fidelity: ModelName): void {
  const { sampler, verify } = args;
  const verified = verify !== undefined;
  if (args.pareto && verified)
    throw new UsageError("--pareto: expected no --verify beside it: a front is not verified");
  if (args.pareto && fidelity !== "analytical")
    throw new UsageError(`--pareto: expected --fidelity analytical, found ${fidelity}`);
  if (sampler !== "polaris" && (verified || fidelity !== "analytical" || args.pareto))
    throw new UsageError(
      `--sampler: expected polaris with --verify, --pareto or another --fidelity, found ${sampler}`,
    );
  const sampled: Effect = [sampler !== "polaris", "a --sampler other than polaris beside it", "polaris"];
  const counted = verified || (fidelity === "analytical" && !args.pareto);
  refuseIdle(context, {
    ...ofFidelity(fidelity, { profile: ["starlight"], model: ["starlight"] }),
    "allow-padding": [
      fidelity === "analytical" && !verified && sampler === "polaris",
      "--fidelity analytical without --verify or another --sampler",
      verified ? "--verify" : sampler === "polaris" ? fidelity : sampler,
    ],
    seed: sampled,
    study: [verified || sampled[0], "--verify, or a --sampler other than polaris, which proves", "neither"],
    "rtl-budget": [verified, "--verify beside it"],
    "save-model": [
      verified && fidelity === "starlight",
      "--fidelity starlight and --verify beside it",
      "not both",
    ],
    objective: [!args.pareto, "no --pareto beside it, which serves every objective", "both"],
    evaluations: [
      counted,
      "--fidelity analytical without --pareto, or --verify",
      args.pareto ? "--pareto" : `${fidelity} without --verify`,
    ],
  });
}
