// npm run study:plots [-- png,csv]: the plots of docs/accuracy.md and docs/rtl.md, into docs/figures. They are drawn from what studies left
// in bench/results: held-out.csv, which `polaris train --fidelity starlight --held-out` writes, and transfer.csv of npm run study:transfer;
// ranks of the RTL (npm run rank:firesim) are computed here. Measurements are not in the repository: they are read from POLARIS_DATA,
// ../shared/data by default.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Figure } from "../src/report/figure.ts";
import { FIGURE_FORMATS, type FigureFormat, saveFigures } from "../src/report/save-figures.ts";
import { loadEngine, loadModule } from "../src/starlight.ts";
import { cleanRows, parseDataset } from "../src/tune/dataset.ts";
import { calibrationFigure } from "./figures/calibration.ts";
import { classesFigure } from "./figures/classes.ts";
import { readHeldOut } from "./figures/held-out.ts";
import { learningFigure } from "./figures/learning.ts";
import { predictedFigure } from "./figures/predicted.ts";
import { rankFigure } from "./figures/rank.ts";
import { gemminiLike, squareConvolutions } from "./gemmini-like.ts";
import { learningCurves, readTransfer } from "./transfer-curves.ts";

const DATA = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const TRAINING = "firesim-gemmini-train.csv";
const TABLES = [TRAINING, "firesim-gemmini-optimised.csv"];
const result = (name: string): string => fileURLToPath(new URL(`results/${name}`, import.meta.url));
const more = (process.argv[2] ?? "").split(",");
const formats: readonly FigureFormat[] = [
  "svg",
  ...FIGURE_FORMATS.filter((one) => one !== "svg" && more.includes(one)),
];
const figures: Figure[] = [];
const engine = await loadEngine(64);
const rows = (name: string) => cleanRows(parseDataset(readFileSync(join(DATA, name), "utf8"), name, engine));
if (existsSync(join(DATA, TRAINING))) {
  figures.push(rankFigure(squareConvolutions(rows(TRAINING)), gemminiLike(await loadModule())));
}
if (existsSync(result("held-out.csv"))) {
  const points = readHeldOut(
    readFileSync(result("held-out.csv"), "utf8"),
    new Map(TABLES.map((name) => [name, rows(name)])),
  );
  figures.push(predictedFigure(points), classesFigure(points), calibrationFigure(points));
}
if (existsSync(result("transfer.csv"))) {
  figures.push(learningFigure(learningCurves(readTransfer(readFileSync(result("transfer.csv"), "utf8")))));
}
const folder = fileURLToPath(new URL("../docs/figures", import.meta.url));
for (const name of await saveFigures(figures, folder, formats)) console.log(`docs/figures/${name}`);
