import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// The studio as a static site in dist/site: serve the folder from anywhere, under any path.

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
const OPTIONS = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2023",
  minify: true,
  define: { VERSION: JSON.stringify(version) },
  logLevel: "warning",
};

mkdirSync(at("dist/site"), { recursive: true });
await build({ ...OPTIONS, entryPoints: [at("src/studio/page/main.ts")], outfile: at("dist/site/studio.js") });
await build({
  ...OPTIONS,
  entryPoints: [at("src/studio/worker/main.ts")],
  outfile: at("dist/site/worker.js"),
});

const contents = `export { STYLE_SHEETS } from "./src/studio/style.ts"; export { PAGE_SCRIPT } from "./src/report/page/script.ts";`;
const { outputFiles } = await build({ ...OPTIONS, stdin: { contents, resolveDir: at("") }, write: false });
const bundled = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`;
const { PAGE_SCRIPT, STYLE_SHEETS } = await import(bundled);
for (const [name, text] of Object.entries({ ...STYLE_SHEETS, "page.js": PAGE_SCRIPT })) {
  writeFileSync(at(`dist/site/${name}`), text);
}
copyFileSync(at("src/studio/index.html"), at("dist/site/index.html"));
for (const name of ["starlight.wasm", "starlight.relaxed.wasm"]) {
  copyFileSync(at(`build/${name}`), at(`dist/site/${name}`));
}
