import { chmodSync, copyFileSync } from "node:fs";

const at = (path) => new URL(`../${path}`, import.meta.url);

for (const name of ["starlight.wasm", "starlight.relaxed.wasm", "starlight.shared.wasm", "training.wasm"]) {
  copyFileSync(at(`build/${name}`), at(`dist/kernels/${name}`));
}
chmodSync(at("dist/cli/main.js"), 0o755);
