// node scripts/embed-model.js model.json src/fidelity/default-starlight.ts: a trained model as the one that comes with the package.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const text = JSON.stringify(JSON.parse(readFileSync(from, "utf8")));
writeFileSync(
  to,
  `// Made by scripts/embed-model.js from the file that polaris train wrote; docs/starlight.md has the command.

/** The model file that comes with the package: what it was made from and how stands in it. */
export const DEFAULT_STARLIGHT: unknown = JSON.parse(
  '${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}',
);
`,
);
