import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { csvFormatRows } from "d3-dsv";
import { InputError } from "../errors.ts";
import { type Figure, standaloneSvg } from "./figure.ts";
import { LIGHT } from "./svg/theme.ts";

export const FIGURE_FORMATS = ["svg", "png", "csv"] as const;
export type FigureFormat = (typeof FIGURE_FORMATS)[number];

/** Pixels of a plot's width in a file; a PNG has twice as many. */
const WIDTH = 640;

/**
 * Writes each figure to a folder in each format.
 *
 * @returns the names of the files
 * @throws InputError for PNG on a machine without fonts
 */
export async function saveFigures(
  figures: readonly Figure[],
  folder: string,
  formats: readonly FigureFormat[],
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const writers: Readonly<Record<FigureFormat, (figure: Figure) => string | Uint8Array>> = {
    svg: (figure) => standaloneSvg(figure, WIDTH, LIGHT),
    csv: figureCsv,
    png: formats.includes("png") ? await createRasteriser() : () => "",
  };
  const names: string[] = [];
  for (const figure of figures) {
    for (const format of formats) {
      const name = fileName(figure, format);
      await writeFile(join(folder, name), writers[format](figure));
      names.push(name);
    }
  }
  return names;
}

/** Names of the files of figures: those of `saveFigures`. */
export function figureFiles(
  figures: readonly Pick<Figure, "id">[],
  formats: readonly FigureFormat[],
): readonly string[] {
  return figures.flatMap((figure) => formats.map((format) => fileName(figure, format)));
}

function fileName({ id }: Pick<Figure, "id">, format: FigureFormat): string {
  return `${id}.${format}`;
}

/** The numbers of a figure, all of them and whole. */
export function figureCsv({ table }: Figure): string {
  return `${csvFormatRows([table.columns.map(({ key }) => key), ...table.rows.map((row) => row.map(String))])}\n`;
}

/** Draws figures as PNG with the fonts of this machine. */
async function createRasteriser(): Promise<(figure: Figure) => Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const font = { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  const probe = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">M</text></svg>`;
  if (new Resvg(probe, { font }).getBBox() === undefined) {
    throw new InputError({
      where: "--figures",
      expected: "a font on this machine to draw the text of a PNG with",
      found: "none",
      hint: "install one such as fonts-dejavu-core, take --formats svg,csv, or save PNG from the report's page",
    });
  }
  return (figure) =>
    new Resvg(standaloneSvg(figure, WIDTH, LIGHT), {
      font,
      fitTo: { mode: "width", value: 2 * WIDTH },
    })
      .render()
      .asPng();
}
