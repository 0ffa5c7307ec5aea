/** Attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG or HTML element as text. Children are markup already; texts go through `escapeText`. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  let head = name;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    head += ` ${key}="${typeof value === "number" ? round(value) : escapeText(value)}"`;
  }
  const inner = children.join("");
  return inner === "" ? `<${head}/>` : `<${head}>${inner}</${name}>`;
}

/** A text, safe between tags and in attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** A coordinate to a hundredth of a pixel: finer than a screen shows, and shorter. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A line of text; `x` and `y` are those of its anchor on the base line. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeText(text));
}

/** Width of a text at a font size, in pixels: what a plot reserves for it. An estimate on the safe side. */
export function textWidth(text: string, size = 11): number {
  return text.length * size * 0.56;
}

/** A text cut to a width, the cut marked. */
export function fitText(text: string, width: number, size = 11): string {
  const most = Math.floor(width / (size * 0.56));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
