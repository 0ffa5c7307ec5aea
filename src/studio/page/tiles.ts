import { create } from "./dom.ts";

/** A total: what it is, how much, and in a line of its own what else is known of it. */
export function entry(text: string, value: string, unit: string, beside = ""): HTMLElement {
  const made = create(
    "div",
    {},
    create("dt", {}, text),
    create("dd", {}, `${value} `, create("small", {}, unit)),
  );
  if (beside !== "") made.append(create("dd", { class: "beside" }, beside));
  return made;
}

/** The line of titles of a table. */
export function tableHead(titles: readonly string[]): HTMLElement {
  return create("thead", {}, create("tr", {}, ...titles.map((text) => create("th", { scope: "col" }, text))));
}

/** A line of a table; the first cell names it. */
export function tableRow(head: string, ...cells: readonly string[]): HTMLElement {
  return create(
    "tr",
    {},
    create("th", { scope: "row" }, head),
    ...cells.map((cell) => create("td", {}, cell)),
  );
}

export const ratio = (value: number): string => `${value.toFixed(3)}\u00a0×`;
