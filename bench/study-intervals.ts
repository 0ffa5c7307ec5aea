// npm run study:intervals: whether the RTL ends where a verified search said it would. Searches as the command line runs them, networks
// times area caps, every design that was run on the embedded RTL: its cost as predicted before, the 90 % interval, and its cost as
// verified. POLARIS_STUDY_NETWORKS and POLARIS_STUDY_AREAS choose others. Some seconds to a minute a search.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { runCli } from "../src/cli/run.ts";

interface Judged {
  readonly hardware: {
    readonly peDim: number;
    readonly scratchpadKib: number;
    readonly accumulatorKib: number;
  };
  readonly predicted: {
    readonly cost: number;
    readonly interval: { readonly low: number; readonly high: number };
  };
  readonly verified: { readonly cost: number };
}

const names =
  process.env["POLARIS_STUDY_NETWORKS"] ?? "resnet50,bert,retinanet,alexnet,mobilenetv2,gpt2,dlrm";
const areas = (process.env["POLARIS_STUDY_AREAS"] ?? "0.5,0.75,1.25").split(",");
const folder = mkdtempSync(join(tmpdir(), "polaris-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Runs a verified search; the designs that it ran, the final one first. */
async function search(network: string, area: string): Promise<readonly Judged[]> {
  const out = join(folder, `${network}-${area}.json`);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const args = ["search", network, "--max-area-mm2", area, "--verify", "rtl", "--out", out, "--quiet"];
  const signal = new AbortController().signal;
  const code = await runCli({
    stdin: Readable.from([]),
    stdout: nowhere,
    stderr: process.stderr,
    signal,
    version: "",
    args,
  });
  if (code !== 0) return [];
  const document = JSON.parse(readFileSync(out, "utf8")) as { readonly others: readonly Judged[] };
  return [...document.others].sort((a, b) => a.verified.cost - b.verified.cost);
}

const inside = ({ predicted: { interval }, verified: { cost } }: Judged): boolean =>
  cost >= interval.low && cost <= interval.high;
const counts = { finals: 0, finalsInside: 0, designs: 0, designsInside: 0 };
console.log(
  "network       mm2   final design         predicted (90 %)                      verified  verified / predicted",
);
for (const network of names.split(",")) {
  for (const area of areas) {
    const designs = await search(network, area);
    const [final] = designs;
    if (!final) {
      console.log(`${network.padEnd(12)} ${area.padStart(5)}   nothing verified`);
      continue;
    }
    counts.finals++;
    counts.finalsInside += Number(inside(final));
    counts.designs += designs.length;
    counts.designsInside += designs.filter(inside).length;
    const edp = (cost: number): string => (cost * 1e-12).toPrecision(6);
    const { hardware, predicted, verified } = final;
    console.log(
      [
        network.padEnd(12),
        area.padStart(5),
        `  ${hardware.peDim}x${hardware.peDim}, ${hardware.scratchpadKib} + ${hardware.accumulatorKib} KiB`.padEnd(
          22,
        ),
        `${edp(predicted.cost)} (${edp(predicted.interval.low)} to ${edp(predicted.interval.high)})`.padEnd(
          36,
        ),
        edp(verified.cost).padStart(9),
        (verified.cost / predicted.cost).toFixed(4),
        inside(final) ? "inside" : "outside",
      ].join(" "),
    );
  }
}
console.log(
  `final designs inside their interval: ${counts.finalsInside} of ${counts.finals}; all designs run: ${counts.designsInside} of ${counts.designs}`,
);
