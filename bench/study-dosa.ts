import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JobPool } from "../src/jobs/pool.ts";
import type { Design, TrialOutcome } from "../src/search/trial.ts";
import { runNamedStudy } from "../src/studies/named.ts";
import { partName, problemOf, RESULTS, SEEDS } from "./study-parts.ts";

/** The designs of all start points of `npm run study`'s DOSA, under the cap; from its journals, which are made where they are missing. */
export async function dosaDesigns(
  pool: JobPool,
  network: string,
): Promise<{ readonly designs: readonly Design[]; readonly evaluated: number }> {
  mkdirSync(RESULTS, { recursive: true });
  const designs: Design[] = [];
  let evaluated = 0;
  for (const seed of SEEDS) {
    const journal = join(RESULTS, `${partName("free", network, "dosa", seed).replaceAll("/", "-")}.jsonl`);
    if (!existsSync(journal)) {
      await runNamedStudy(pool, {
        sampler: "dosa",
        problem: problemOf("free", network),
        seed,
        budget: {},
        journal,
        version: (
          JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
        ).version,
        engine: `node ${process.versions.node}, v8 ${process.versions.v8}`,
      });
    }
    for (const line of readFileSync(journal, "utf8").trim().split("\n").slice(1)) {
      const { outcome } = JSON.parse(line) as { readonly outcome: TrialOutcome<null> };
      evaluated += outcome.evaluated;
      if (outcome.status === "found") designs.push(outcome.design);
    }
  }
  return { designs, evaluated };
}
