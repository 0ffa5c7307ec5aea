import { createHardware } from "../../hardware/hardware.ts";
import type { Objective } from "../../mapper/objective.ts";
import { energyFigure, latencyFigure } from "../../report/draw/layers.ts";
import { nestFigure } from "../../report/draw/nest.ts";
import { occupancyFigure } from "../../report/draw/occupancy.ts";
import { rooflineFigure } from "../../report/draw/roofline.ts";
import { nestInfo } from "../../report/info/nest.ts";
import { tableHtml } from "../../report/page/figure.ts";
import { formatPercent, formatValue } from "../../report/svg/format.ts";
import type { MappedDesign } from "../protocol.ts";
import { byId, create } from "./dom.ts";
import { createFigureView } from "./figure-view.ts";
import { briefText, layerTable, showTotals, sizesText } from "./totals.ts";

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
}

/** How long an answer stands before it is read out. */
const SETTLED_MS = 600;

/** The part of the page that answers. */
export function createResults(): Results {
  const totals = byId("totals", HTMLElement);
  const brief = byId("brief", HTMLParagraphElement);
  const status = byId("answer", HTMLParagraphElement);
  const live = byId("live", HTMLParagraphElement);
  const layerChoice = byId("layer", HTMLSelectElement);
  const figures = byId("figures", HTMLDivElement);
  const views = {
    latency: createFigureView(figures, "latency"),
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
  let plotted: MappedDesign | undefined;
  let answers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const showNest = (): void => {
    if (!plotted) return;
    const { record } = plotted.design;
    const layer = record.layers.find(({ name }) => name === layerChoice.value);
    if (layer) views.nest.show(nestFigure(nestInfo(layer, createHardware(record.hardware)), "loop-nest"));
  };
  layerChoice.addEventListener("change", showNest);

  return {
    show({ a, b, plotted: slot, objective }, asked) {
      const mapped = (slot === "b" ? b : undefined) ?? a;
      plotted = mapped;
      const { design } = mapped;
      showTotals(totals, a, b);
      brief.textContent = briefText(mapped);
      views.latency.show(latencyFigure(design.layers));
      views.energy.show(energyFigure(design.layers));
      views.roofline.show(rooflineFigure(design.roofline));
      views.occupancy.show(occupancyFigure(design.occupancy));
      offerLayers(layerChoice, mapped);
      showNest();
      layers.innerHTML = tableHtml(layerTable(a, b));
      const which = b ? `Plots: design ${slot.toUpperCase()}. ` : "";
      status.textContent = `${which}${claimText(mapped, objective)}. Mapped in ${formatValue(Math.round(mapped.milliseconds))} ms, on screen after ${formatValue(Math.round(performance.now() - asked))} ms.`;
      clearTimeout(timer);
      timer = setTimeout(() => {
        live.textContent = briefText(mapped);
      }, SETTLED_MS);
      // When the frame with the answer is drawn, for whoever measures.
      requestAnimationFrame(() => {
        status.dataset["milliseconds"] = String(performance.now() - asked);
        status.dataset["answers"] = String(++answers);
      });
    },
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
