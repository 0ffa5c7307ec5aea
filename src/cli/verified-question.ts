import { readFile } from "node:fs/promises";
import { commandIdentity, parseCommandConfig } from "../evaluators/command-config.ts";
import { embeddedIdentity } from "../evaluators/open.ts";
import { contentHash } from "../fidelity/candidate-key.ts";
import type { ProposalRequest } from "../promotion/propose.ts";
import type { StudyQuestion } from "../search/journal.ts";
import { loadDocument, unreadable } from "../workload/load.ts";
import type { CliContext } from "./context.ts";
import type { ModelName, VerifierSource } from "./models.ts";

/** What a verified search is of: its journal is not taken up for another network, space, objective, model or machine. */
export async function verifiedQuestion(
  context: CliContext,
  problem: Pick<ProposalRequest, "workloads" | "space" | "objective">,
  fidelity: ModelName,
  verify: VerifierSource,
): Promise<StudyQuestion> {
  return {
    sampler: "verified",
    // Nothing in it is random.
    seed: 0,
    problem: { ...problem, fidelity, verifier: await verifierIdentity(verify) },
    package: context.version,
    engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
    about: {
      workloads: problem.workloads.map(({ name }) => name),
      objective: problem.objective.name,
      fidelity,
      verify: verify.kind,
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
