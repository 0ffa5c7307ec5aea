import { type Figure, figureIds, inlineSvg } from "../../report/figure.ts";
import { tableHtml } from "../../report/page/figure.ts";
import { create } from "./dom.ts";

/** A figure that is drawn again and again in the same place, at the width that is there. */
export interface FigureView {
  show(figure: Figure): void;
}

/** Narrowest and widest that a plot is drawn. */
const [LEAST, MOST] = [300, 760];
/** How long a plot stands still before its table is written. */
const SETTLED_MS = 150;

/** A place for the figures of one id at the end of an element. */
export function createFigureView(host: HTMLElement, id: string): FigureView {
  const ids = figureIds(id);
  const title = create("h3", { id: ids.title });
  const caption = create("p", { id: ids.caption });
  const data = create("summary", {}, "Data");
  const plot = create("div");
  const table = create("div", { class: "scroll", tabindex: "0", role: "region" });
  const tools = create("div", { class: "tools" });
  host.append(
    create(
      "figure",
      { id, "aria-labelledby": ids.title },
      create("figcaption", {}, title, caption),
      plot,
      create("details", { id: ids.data }, data, table),
      tools,
    ),
  );
  let shown: Figure | undefined;
  let width = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    if (!shown) return;
    width = Math.min(MOST, Math.max(LEAST, plot.clientWidth));
    // The markup is our own; texts of the reader's files are escaped where it is made.
    plot.innerHTML = inlineSvg(shown, width);
  };
  new ResizeObserver(() => {
    if (Math.abs(Math.min(MOST, Math.max(LEAST, plot.clientWidth)) - width) > 1) draw();
  }).observe(plot);

  return {
    show(figure) {
      if (figure.title !== shown?.title) {
        title.textContent = figure.title;
        data.replaceChildren(create("span", { class: "hidden" }, `${figure.title}. `), "Data");
        table.setAttribute("aria-label", `Data of ${figure.title}`);
        tools.replaceChildren(
          ...["svg", "png", "csv"].map((kind) =>
            create(
              "button",
              {
                type: "button",
                "data-save": kind,
                "aria-label": `Save ${figure.title} as ${kind.toUpperCase()}`,
              },
              kind.toUpperCase(),
            ),
          ),
        );
      }
      caption.textContent = figure.caption;
      shown = figure;
      draw();
      clearTimeout(timer);
      timer = setTimeout(() => {
        table.innerHTML = tableHtml(figure.table);
      }, SETTLED_MS);
    },
  };
}
