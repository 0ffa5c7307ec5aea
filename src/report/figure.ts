import { type Attributes, element, escapeText } from "./svg/element.ts";
import { plotStyle, type Theme } from "./svg/theme.ts";

/** A column of the table beside a plot. */
export interface DataColumn {
  /** Machine-readable, with the unit: `latency_cycles`. The same in CSV. */
  readonly key: string;
  /** For people, with the unit: `latency (cycles)`. */
  readonly title: string;
}

/** The numbers of a plot. */
export interface DataTable {
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a drawing function gives: the inside of an SVG and its size in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

/** A plot with all that belongs to it: what it shows in words and in numbers, and how it is drawn at a width. */
export interface Figure {
  /** Of its files and anchors. */
  readonly id: string;
  readonly title: string;
  /** What to see, how points were thinned, where the numbers come from. */
  readonly caption: string;
  readonly table: DataTable;
  draw(width: number): Drawing;
}

/** Ids of what a page says of a figure in words and in numbers. */
export function figureIds(id: string): {
  readonly title: string;
  readonly caption: string;
  readonly data: string;
} {
  return { title: `${id}-title`, caption: `${id}-caption`, data: `${id}-data` };
}

/** A drawing as an element of a page that has the elements of `figureIds`: for those who do not see it they are its name, its description and its details. */
export function inlineSvg(figure: Figure, width: number): string {
  const { title, caption, data } = figureIds(figure.id);
  const attributes = {
    role: "img",
    "aria-labelledby": title,
    "aria-describedby": caption,
    "aria-details": data,
  };
  return svg(figure.draw(width), attributes, "");
}

/** A drawing as a file of its own, in the colours of a theme. */
export function standaloneSvg(figure: Figure, width: number, theme: Theme): string {
  const drawing = figure.draw(width);
  const style = element(
    "style",
    {},
    plotStyle((role) => theme[role] ?? "#000"),
  );
  const paper = element("rect", { width: drawing.width, height: drawing.height, fill: theme["paper"] });
  const title =
    element("title", {}, escapeText(figure.title)) + element("desc", {}, escapeText(figure.caption));
  return `${svg(drawing, { xmlns: "http://www.w3.org/2000/svg" }, title + style + paper)}\n`;
}

function svg({ width, height, content }: Drawing, more: Attributes, head: string): string {
  return element(
    "svg",
    { ...more, viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`, width, height },
    head,
    content,
  );
}
