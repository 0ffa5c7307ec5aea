import { type DataTable, type Figure, figureIds, inlineSvg } from "../figure.ts";
import { element, escapeText } from "../svg/element.ts";
import { formatValue } from "../svg/format.ts";

/** Widths that a figure is drawn for: a column of a desktop page, and a phone. */
export const WIDE = 560;
export const NARROW = 350;
/** Rows of a table that a page holds. */
const MOST_ROWS = 400;

/** A figure of a page: drawn for both widths, with its table and buttons that save it. */
export function figureHtml(figure: Figure): string {
  const { title, caption } = figureIds(figure.id);
  return element(
    "figure",
    { id: figure.id, "aria-labelledby": title },
    element(
      "figcaption",
      {},
      element("h3", { id: title }, escapeText(figure.title)),
      element("p", { id: caption }, escapeText(figure.caption)),
    ),
    element("div", { class: "wide" }, inlineSvg(figure, WIDE)),
    element("div", { class: "narrow" }, inlineSvg(figure, NARROW)),
    dataHtml(figure),
    element(
      "div",
      { class: "tools" },
      ...["svg", "png", "csv"].map((kind) =>
        element(
          "button",
          {
            type: "button",
            "data-save": kind,
            "aria-label": `Save ${figure.title} as ${kind.toUpperCase()}`,
          },
          kind.toUpperCase(),
        ),
      ),
    ),
  );
}

function dataHtml({ id, title, table }: Figure): string {
  const { rows } = table;
  const shown =
    rows.length > MOST_ROWS
      ? `first ${MOST_ROWS} of ${formatValue(rows.length)} rows`
      : `${rows.length} rows`;
  const region = { class: "scroll", tabindex: 0, role: "region", "aria-label": `Data of ${title}` };
  return element(
    "details",
    { id: figureIds(id).data },
    element("summary", {}, element("span", { class: "hidden" }, escapeText(`${title}. `)), `Data: ${shown}`),
    element("div", region, tableHtml({ ...table, rows: rows.slice(0, MOST_ROWS) })),
  );
}

/** A table; numbers are rounded for the eye and kept whole for CSV. */
export function tableHtml({ columns, rows }: DataTable): string {
  const isText = columns.map(
    (_, i) => typeof rows[0]?.[i] === "string" && rows.some((row) => Number.isNaN(Number(row[i]))),
  );
  const head = columns.map(({ key, title }, i) =>
    element(
      "th",
      { scope: "col", "data-key": key, ...(isText[i] ? { class: "text" } : {}) },
      escapeText(title),
    ),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((value, i) => {
        const shown = typeof value === "number" ? formatValue(value) : value;
        const whole = String(value);
        const attributes = {
          ...(isText[i] ? { class: "text" } : {}),
          ...(shown === whole ? {} : { "data-v": whole }),
        };
        return `<td${Object.entries(attributes)
          .map(([key, text]) => ` ${key}="${escapeText(text)}"`)
          .join("")}>${escapeText(shown)}</td>`;
      }),
    ),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    `<tbody>${body.join("")}</tbody>`,
  );
}
