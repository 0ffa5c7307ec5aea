/**
 * What a report does in the browser: saves plots as SVG or PNG in the colours on screen and tables as CSV, and switches
 * between light and dark. Everything is readable without it. Plain text, for a page must hold it and name it by its hash.
 */
export const PAGE_SCRIPT = `"use strict";
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("polaris-theme"); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem("polaris-theme", theme); } catch { /* pages opened from a file may have none */ } };
  if (stored()) root.dataset.theme = stored();
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;

  const save = (name, blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const literal = (css) => css.replace(/var\\(--([a-z]+)\\)/g, (_, role) => getComputedStyle(root).getPropertyValue("--" + role).trim());
  const svgOf = (figure) => {
    const shown = [...figure.querySelectorAll("svg")].find((svg) => svg.getClientRects().length > 0);
    const copy = shown.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const paper = getComputedStyle(root).getPropertyValue("--paper").trim();
    const inside = new XMLSerializer().serializeToString(copy);
    const [, width, height] = copy.getAttribute("viewBox").match(/^0 0 (\\S+) (\\S+)$/);
    const head = "<style>" + literal(document.getElementById("plot-style").textContent) + "</style><rect width='" + width + "' height='" + height + "' fill='" + paper + "'/>";
    return { width: +width, height: +height, text: inside.replace(/^(<svg[^>]*>)/, "$1" + head) };
  };
  const pngOf = async (figure) => {
    const { width, height, text } = svgOf(figure);
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * width, 2 * height];
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  };
  const csvOf = (figure) => {
    const cell = (text) => /[",\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
    const table = figure.querySelector("table");
    const lines = [[...table.tHead.rows[0].cells].map((th) => th.dataset.key)];
    for (const row of table.tBodies[0].rows) lines.push([...row.cells].map((td) => td.dataset.v ?? td.textContent));
    return lines.map((line) => line.map(cell).join(",")).join("\\n") + "\\n";
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "theme") {
      root.dataset.theme = isDark() ? "light" : "dark";
      store(root.dataset.theme);
      return;
    }
    const figure = button.closest("figure");
    const kind = button.dataset.save;
    if (!figure || !kind) return;
    if (kind === "svg") save(figure.id + ".svg", new Blob([svgOf(figure).text], { type: "image/svg+xml" }));
    if (kind === "png") save(figure.id + ".png", await pngOf(figure));
    if (kind === "csv") save(figure.id + ".csv", new Blob([csvOf(figure)], { type: "text/csv" }));
  });
})();
`;
