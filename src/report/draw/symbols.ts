import { element } from "../svg/element.ts";

/** Symbols of about equal weight around their place, relative so that one path holds many: what tells groups apart without colour. */
const PATHS = [
  "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
  "m-2.7-2.7h5.4v5.4h-5.4z",
  "m0-3.6l3.5 6h-7z",
  "m0-3.9l3.2 3.9l-3.2 3.9l-3.2-3.9z",
  "m-1.2-3.6h2.4v2.4h2.4v2.4h-2.4v2.4h-2.4v-2.4h-2.4v-2.4h2.4z",
  "m0 3.6l3.5-6h-7z",
  "m-3.4-1.4h6.8v2.8h-6.8z",
  "m-1.4-3.4h2.8v6.8h-2.8z",
] as const;

/** The path of the symbol of a group at a place; groups beyond the eighth share symbols. */
export function symbolPath(group: number, x: number, y: number): string {
  return `M${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}${PATHS[group % PATHS.length]}`;
}

/** One symbol. */
export function symbolMark(group: number, x: number, y: number, className: string, title = ""): string {
  return element("path", { class: className, d: symbolPath(group, x, y) }, title);
}
