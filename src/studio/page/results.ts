import { createHardware } from "../../hardware/hardware.ts";
import type { Objective } from "../../mapper/objective.ts";
import { energyFigure, latencyFigure } from "../../report/draw/layers.ts";
import { nestFigure } from "../../report/draw/nest.ts";
import { occupancyFigure } from "../../report/draw/occupancy.ts";
import { rooflineFigure } from "../../report/draw/roofline.ts";
import type { Figure } from "../../report/figure.ts";
import { nestInfo } from "../../report/info/nest.ts";
import { tableHtml } from "../../report/page/figure.ts";
import { formatPercent, formatValue } from "../../report/svg/format.ts";
import type { MappedDesign, PredictedDesign } from "../protocol.ts";
import { byId, create } from "./dom.ts";
import { createFigureView } from "./figure-view.ts";
import { layerTable } from "./layer-table.ts";
import { type PredictedPair, predictedBrief, showPredicted } from "./predicted-totals.ts";
import { briefText, showTotals, sizesText } from "./totals.ts";

/** What is on screen: one design or two, and which of them the plots are of. */
export interface Shown {
  readonly a: MappedDesign;
  readonly b: MappedDesign | undefined;
  readonly plotted: "a" | "b";
  readonly objective: Objective;
}

export interface Results {
  /** @param asked when the reader asked for it, by `performance.now()` */
  show(shown: Shown, asked: number): void;
  /** What Starlight says of the designs on screen, when it does. */
  showPredicted(pair: PredictedPair): void;
}

/** How long an answer stands before its layers are listed; a slider that is moved on lists none. */
const LISTED_MS = 100;
/** How long an answer stands before it is read out. */
const SETTLED_MS = 600;

/** The part of the page that answers. */
export function createResults(): Results {
  const totals = byId("totals", HTMLElement);
  const predictedTotals = byId("predicted", HTMLElement);
  const brief = byId("brief", HTMLParagraphElement);
  const rtlBrief = byId("brief-rtl", HTMLParagraphElement);
  const status = byId("answer", HTMLParagraphElement);
  const live = byId("live", HTMLParagraphElement);
  const layerChoice = byId("layer", HTMLSelectElement);
  const figures = byId("figures", HTMLDivElement);
  const views = {
    latency: createFigureView(figures, "latency"),
    rtl: createFigureView(figures, "latency-rtl"),
    energy: createFigureView(figures, "energy"),
    roofline: createFigureView(figures, "roofline"),
    occupancy: createFigureView(figures, "occupancy"),
    nest: createFigureView(byId("nest", HTMLDivElement), "loop-nest"),
  };
  const layers = create("div", {
    class: "scroll tall",
    tabindex: "0",
    role: "region",
    "aria-label": "Layers",
  });
  byId("layers", HTMLDivElement).replaceWith(layers);
  let shown: Shown | undefined;
  let predicted: PredictedPair = { a: undefined, b: undefined };
  let answers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listing: ReturnType<typeof setTimeout> | undefined;

  const plottedDesign = (): MappedDesign | undefined =>
    (shown?.plotted === "b" ? shown.b : undefined) ?? shown?.a;
  const listLayers = (): void => {
    clearTimeout(listing);
    listing = setTimeout(() => {
      if (shown) layers.innerHTML = tableHtml(layerTable(shown.a, shown.b, predicted));
    }, LISTED_MS);
  };

  const showNest = (): void => {
    const plotted = plottedDesign();
    if (!plotted) return;
    const { record } = plotted.design;
    const layer = record.layers.find(({ name }) => name === layerChoice.value);
    if (layer) views.nest.show(nestFigure(nestInfo(layer, createHardware(record.hardware)), "loop-nest"));
  };
  layerChoice.addEventListener("change", showNest);

  return {
    show(next, asked) {
      shown = next;
      const { a, b, plotted: slot, objective } = next;
      const mapped = plottedDesign() ?? a;
      const { design } = mapped;
      showTotals(totals, a, b);
      brief.textContent = briefText(mapped);
      views.latency.show(latencyFigure(design.layers));
      views.energy.show(energyFigure(design.layers));
      views.roofline.show(rooflineFigure(design.roofline));
      views.occupancy.show(occupancyFigure(design.occupancy));
      offerLayers(layerChoice, mapped);
      showNest();
      predictedTotals.setAttribute("aria-busy", "true");
      listLayers();
      const which = b ? `Plots: design ${slot.toUpperCase()}. ` : "";
      status.textContent = `${which}${claimText(mapped, objective)}. Mapped in ${formatValue(Math.round(mapped.milliseconds))} ms, on screen after ${formatValue(Math.round(performance.now() - asked))} ms.`;
      clearTimeout(timer);
      timer = setTimeout(() => {
        live.textContent = `${briefText(mapped)}. ${rtlBrief.textContent}`;
      }, SETTLED_MS);
      // When the frame with the answer is drawn, for whoever measures.
      requestAnimationFrame(() => {
        status.dataset["milliseconds"] = String(performance.now() - asked);
        status.dataset["answers"] = String(++answers);
      });
    },

    showPredicted(pair) {
      predicted = pair;
      predictedTotals.removeAttribute("aria-busy");
      showPredicted(predictedTotals, pair);
      const said = (shown?.plotted === "b" ? pair.b : undefined) ?? pair.a;
      rtlBrief.textContent = said ? predictedBrief(said) : "";
      if (said) views.rtl.show(rtlFigure(said));
      listLayers();
    },
  };
}

function rtlFigure({ profile, layers, refused }: PredictedDesign): Figure {
  const without =
    refused.length === 0
      ? ""
      : ` Without those that its RTL refuses: ${refused.map(({ name }) => name).join(", ")}.`;
  return {
    ...latencyFigure(layers, "latency-rtl"),
    title: `Latency by layer on ${profile}, predicted`,
    caption: `Cycles of all runs that Starlight takes the RTL to need; brackets: where they lie with 90 %.${without}`,
  };
}

function claimText({ design, optimal, gap, candidates }: MappedDesign, objective: Objective): string {
  const { record } = design;
  const proof = optimal ? "proven optimal" : `within ${formatPercent(gap)} of the optimum`;
  return `${record.workload} on ${sizesText(record.hardware)}: mappings ${proof} (${objective.name}) among ${formatValue(candidates.covered)} candidates`;
}

/** The layers to choose from; a new network begins with its costliest. */
function offerLayers(choice: HTMLSelectElement, { design }: MappedDesign): void {
  const names = design.layers.map(({ name }) => name);
  if (names.join("\n") === Array.from(choice.options, ({ value }) => value).join("\n")) return;
  choice.replaceChildren(...names.map((name) => create("option", { value: name }, name)));
  choice.value = design.nests[0]?.name ?? "";
}
