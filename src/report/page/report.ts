import { describe } from "../draw/front.ts";
import { sections } from "../figures.ts";
import type { AccuracyRecord } from "../result.ts";
import type { ReportInfo } from "../summary.ts";
import { element, escapeText } from "../svg/element.ts";
import { formatPercent, formatValue } from "../svg/format.ts";
import { figureHtml } from "./figure.ts";
import { PAGE_SCRIPT } from "./script.ts";
import { BASE_STYLE, PLOT_STYLE, REPORT_STYLE, THEME_STYLE } from "./style.ts";
import { totalsHtml } from "./totals.ts";

/**
 * A report as one HTML file that loads nothing and runs under a policy that names its own style and script by their hashes.
 *
 * @param version of polaris that makes the report
 */
export async function renderReport(info: ReportInfo, version: string): Promise<string> {
  const pageStyle = THEME_STYLE + BASE_STYLE + REPORT_STYLE;
  const policy = [
    "default-src 'none'",
    `style-src ${await hashOf(pageStyle)} ${await hashOf(PLOT_STYLE)}`,
    `script-src ${await hashOf(PAGE_SCRIPT)}`,
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts = sections(info).map(({ heading, note, figures }) =>
    element(
      "section",
      {},
      element("h2", {}, escapeText(heading)),
      note === "" ? "" : element("p", { class: "note" }, escapeText(note)),
      element("div", { class: "figures" }, ...figures.map(figureHtml)),
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="polaris ${escapeText(version)}">
<title>${escapeText(info.title)} - Polaris</title>
<style>${pageStyle}</style>
<style id="plot-style">${PLOT_STYLE}</style>
</head>
<body>
<main>
<header><h1>${escapeText(info.title)}</h1><button type="button" id="theme" class="no-print">Light / dark</button></header>
<p class="claim">${escapeText(claimText(info))}</p>
${info.designs.map((design) => totalsHtml(design, info.provenance.fidelity)).join("\n")}
${leastHtml(info)}
${parts.join("\n")}
${provenanceHtml(info, version)}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** What is claimed of the answer, in a line. */
export function claimText(info: ReportInfo): string {
  const { claim, provenance, points, paretoPoints } = info;
  const { objective } = provenance;
  const of = objective === undefined ? "" : ` (${objective})`;
  const profile = provenance.profile === undefined ? "" : ` (profile ${provenance.profile})`;
  const model = `${provenance.fidelity ?? "unnamed"} model${profile}`;
  if (info.verifiedDesigns) {
    const rest = claim?.settled
      ? "no other that was considered can be better within the model's intervals"
      : "no proof";
    const { count } = info.verifiedDesigns;
    const run = `${objective === undefined ? "" : `${objective}, `}${formatValue(count)}`;
    return `the best of the designs that were run (${run}): ${bestText(info.verifiedDesigns)}; ranked by the ${model}, ${rest}`;
  }
  if (points > 0) {
    const front = `${formatValue(paretoPoints)} of them on the latency-energy-area Pareto front`;
    return provenance.sampler === undefined ? front : `${front}; searched by ${provenance.sampler}, no proof`;
  }
  if (claim?.optimal === false && claim.gap === undefined) return `found by search${of}, no proof; ${model}`;
  if (info.accuracy) return accuracyText(info.accuracy, model, info.learntFrom ?? 0);
  if (info.designs.length === 0) return "row by row; a table does not name its model";
  if (!claim) return `priced by the ${model}; the file makes no claim of optimality`;
  return claim.optimal
    ? `proven optimal${of} over the map space of docs/mapper.md, ${model}`
    : `within ${formatPercent(claim.gap ?? Number.NaN)} of the optimum${of}, ${model}`;
}

function accuracyText([all]: readonly AccuracyRecord[], model: string, learntFrom: number): string {
  if (!all) return model;
  return `${model}: mean error of latency ${formatPercent(all.meanPercent / 100)}, median ${formatPercent(all.medianPercent / 100)}, ${formatPercent(all.within10Percent / 100)} of the measurements at most 10 % off${learntFrom > 0 ? `; it learnt from ${formatValue(learntFrom)} of them, which flatters it` : ""}`;
}

/** The best of the designs that were run; points are in the order of their measurements. */
function bestText({ points: [best], objective }: NonNullable<ReportInfo["verifiedDesigns"]>): string {
  if (!best) return objective;
  const { predicted, interval, measured } = best;
  const ends = interval ? ` (90 %: ${formatValue(interval.low)} to ${formatValue(interval.high)})` : "";
  return `${objective} ${formatValue(measured)} verified, ${formatValue(predicted)} predicted${ends}`;
}

function leastHtml({ best, designs }: ReportInfo): string {
  return best && designs.length === 0
    ? element("p", { class: "note" }, escapeText(`Least EDP: ${describe(best)}.`))
    : "";
}

function provenanceHtml(info: ReportInfo, version: string): string {
  const { file, bytes, sha256, fidelity, profile, polaris, command, seed, sampler, objective, weights } =
    info.provenance;
  const byMapping = fidelity === undefined || fidelity === "analytical";
  const rows: (readonly [string, string | undefined])[] = [
    ["result", `${file}, ${formatValue(bytes)} bytes, SHA-256 ${sha256}`],
    [
      "model",
      fidelity === undefined
        ? "not named in the file"
        : `${fidelity}${profile === undefined ? "" : `, profile ${profile}`}`,
    ],
    ["verified by", info.provenance.verifiedBy],
    ["weights", weights],
    ["searched by", sampler === undefined ? undefined : `${sampler}, without a proof`],
    ["objective", objective],
    ["written by", polaris === undefined ? "not named in the file" : `polaris ${polaris}`],
    ["command", command ?? "not named in the file"],
    ["seed", seed === undefined ? undefined : String(seed)],
    ["report by", `polaris ${version}`],
    [
      "check",
      info.designs.some(({ agrees }) => agrees === false)
        ? `the totals in the file are not those of its ${byMapping ? "mappings under the analytical model" : "layers"}`
        : info.designs.some(({ agrees }) => agrees === true)
          ? `totals ${byMapping ? "computed again from the mappings" : "added up again from the layers"}: equal to those in the file`
          : undefined,
    ],
  ];
  const body = rows.flatMap(([key, value]) =>
    value === undefined
      ? []
      : [
          element(
            "tr",
            {},
            element("th", { scope: "row" }, key),
            element("td", { class: "text" }, escapeText(value)),
          ),
        ],
  );
  return element(
    "section",
    {},
    element("h2", {}, "Provenance"),
    element("table", { class: "provenance", "aria-label": "Provenance" }, element("tbody", {}, ...body)),
  );
}

/** A source of a content security policy. */
async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}
