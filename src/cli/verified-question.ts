import { readFile } from "node:fs/promises";
import { commandIdentity, parseCommandConfig } from "../evaluators/command-config.ts";
import { embeddedIdentity } from "../evaluators/open.ts";
import { contentHash } from "../fidelity/candidate-key.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { ProposalRequest } from "../promotion/propose.ts";
import type { StudyQuestion } from "../search/journal.ts";
import { toDocument } from "../surrogate/model.ts";
import { loadDocument, unreadable } from "../workload/load.ts";
import type { CliContext } from "./context.ts";
import type { ModelName, VerifierSource } from "./models.ts";
import { writtenBy } from "./provenance.ts";
import { loadStarlightModel } from "./starlight-model.ts";

/** What designs are searched with. */
export interface SearchedModel {
  readonly fidelity: ModelName;
  readonly profile: Profile;
  readonly model: string | undefined;
}

/** What a verified search is of: its journal is not taken up for another network, space, objective, model or machine. */
export async function verifiedQuestion(
  context: CliContext,
  problem: Pick<ProposalRequest, "workloads" | "space" | "objective">,
  searched: SearchedModel,
  verify: VerifierSource,
): Promise<StudyQuestion> {
  const { fidelity, model, profile } = searched;
  // Other models are versions of the package, which the first trial that differs tells.
  const weights = fidelity === "starlight" ? await loadStarlightModel(model, profile) : undefined;
  return {
    sampler: "verified",
    // Nothing in it is random.
    seed: 0,
    problem: {
      ...problem,
      fidelity,
      ...(weights ? { weights: toDocument(weights, "") } : {}),
      verifier: await verifierIdentity(verify),
    },
    package: context.version,
    engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
    about: {
      workloads: problem.workloads.map(({ name }) => name),
      objective: problem.objective.name,
      fidelity,
      verify: verify.kind,
      command: writtenBy(context.version, context.args).command,
    },
  };
}

/** A text that changes with whatever changes a verifier's answers. */
async function verifierIdentity(verify: VerifierSource): Promise<string> {
  switch (verify.kind) {
    case "event":
      return "event";
    case "rtl":
      return embeddedIdentity({});
    case "command":
      return commandIdentity(parseCommandConfig(await loadDocument(verify.file), verify.file));
    case "dataset": {
      const text = await readFile(verify.file, "utf8").catch((error: unknown) => {
        throw unreadable(verify.file, error);
      });
      return `dataset ${await contentHash(text)}`;
    }
  }
}
