import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** What the files of each folder may import from other folders; every file may import `errors.ts` and `rng.ts`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // A workload may be a file of another tool.
  workload: ["interop"],
  interop: ["workload", "hardware", "space", "designs"],
  mcp: [
    "workload",
    "hardware",
    "fidelity",
    "mapper",
    "codesign",
    "designs",
    "evaluators",
    "jobs",
    "starlight.ts",
  ],
  hardware: ["workload"],
  space: ["workload", "hardware"],
  kernels: ["workload", "hardware", "space"],
  fidelity: ["workload", "hardware", "space", "kernels", "rtl"],
  mapper: ["workload", "hardware", "space", "kernels", "fidelity"],
  learned: ["workload", "hardware", "space", "kernels", "fidelity", "mapper", "codesign", "surrogate"],
  evaluators: ["workload", "hardware", "space", "fidelity", "tune", "event", "rtl"],
  codesign: ["workload", "hardware", "fidelity", "mapper"],
  designs: ["workload", "hardware", "space", "kernels", "fidelity"],
  journal: [],
  sweep: ["workload", "hardware", "mapper", "journal"],
  event: ["workload", "hardware", "space", "kernels", "fidelity"],
  surrogate: ["workload", "hardware", "space", "kernels", "fidelity", "event", "rtl"],
  tune: [
    "workload",
    "hardware",
    "space",
    "kernels",
    "fidelity",
    "designs",
    "mapper",
    "interop",
    "event",
    "surrogate",
    "rtl",
  ],
  rtl: ["workload", "hardware", "space"],
  walk: ["workload", "hardware", "space", "kernels", "mapper", "codesign"],
  search: ["hardware", "mapper", "walk", "journal"],
  baselines: ["workload", "hardware", "space", "fidelity", "mapper", "codesign", "walk", "search"],
  jobs: ["designs", "mapper", "fidelity", "walk", "search", "baselines", "tune", "surrogate"],
  promotion: [
    "workload",
    "hardware",
    "space",
    "fidelity",
    "mapper",
    "codesign",
    "search",
    "surrogate",
    "learned",
  ],
  studies: ["workload", "hardware", "space", "fidelity", "jobs", "walk", "search", "baselines"],
  measure: ["workload", "hardware", "space", "kernels", "fidelity", "designs", "jobs", "rtl", "starlight.ts"],
  report: ["workload", "hardware", "space", "kernels", "fidelity", "designs"],
  studio: [
    "workload",
    "hardware",
    "space",
    "fidelity",
    "mapper",
    "codesign",
    "designs",
    "interop",
    "report",
    "starlight.ts",
  ],
  cli: [
    "workload",
    "learned",
    "hardware",
    "space",
    "mapper",
    "codesign",
    "designs",
    "evaluators",
    "rtl",
    "fidelity",
    "event",
    "tune",
    "sweep",
    "jobs",
    "search",
    "promotion",
    "studies",
    "measure",
    "interop",
    "report",
    "starlight.ts",
    "mcp",
    "surrogate",
  ],
  "rtl.ts": ["rtl"],
  "starlight.ts": [
    "workload",
    "hardware",
    "space",
    "kernels",
    "event",
    "fidelity",
    "mapper",
    "codesign",
    "interop",
    "walk",
    "learned",
    "search",
    "surrogate",
  ],
  "index.ts": [
    "search",
    "promotion",
    "studies",
    "workload",
    "interop",
    "designs",
    "evaluators",
    "fidelity",
    "sweep",
    "jobs",
    "tune",
    "rtl",
    "starlight.ts",
  ],
};
const EVERYWHERE = ["errors.ts", "rng.ts"];

interface Import {
  readonly from: string;
  /** As written. */
  readonly what: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));
const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(SRC, from), "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, "");
  const found = text.matchAll(
    /^(?:import|export)(\s+type)?\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport(?:\(|\s+)"([^"]+)"|import\.meta\.resolve\("([^"]+)"/gm,
  );
  return [...found].map(([, type, a, b, c]) => ({
    from,
    what: a ?? b ?? c ?? "",
    typeOnly: type !== undefined,
  }));
});

/** The folder of a file, or the file itself at the top. */
function home(file: string): string {
  return file.includes("/") ? (file.split("/")[0] as string) : file;
}

function target({ from, what }: Import): string {
  return posix.join(dirname(from), what);
}

test("every relative import is one that its folder may make", () => {
  const broken = imports
    .filter(({ what }) => what.startsWith("."))
    .filter((one) => {
      const [own, other] = [home(one.from), home(target(one))];
      return own !== other && !EVERYWHERE.includes(other) && !MAY_IMPORT[own]?.includes(other);
    })
    .map((one) => `${one.from} imports ${one.what}`);

  assert.deepEqual(broken, []);
});

test("every folder of the sources has a rule, and the files for everyone import nothing", () => {
  const homes = new Set(files.map(home));

  assert.deepEqual(
    [...homes].filter((name) => !MAY_IMPORT[name] && !EVERYWHERE.includes(name)),
    [],
  );
  assert.deepEqual(
    Object.keys(MAY_IMPORT).filter((name) => !homes.has(name)),
    [],
  );
  assert.deepEqual(
    imports.filter(({ from }) => EVERYWHERE.includes(from)),
    [],
  );
});

test("no two files import each other at run time, over any number of steps", () => {
  const next = new Map<string, string[]>();
  for (const one of imports) {
    if (one.typeOnly || !one.what.startsWith(".")) continue;
    next.set(one.from, [...(next.get(one.from) ?? []), target(one)]);
  }
  const state = new Map<string, "open" | "done">();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    assert.notEqual(state.get(file), "open", [...path, file].join(" -> "));
    state.set(file, "open");
    for (const other of next.get(file) ?? []) visit(other, [...path, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
});

test("the portable parts import no Node module and no package but its kernels", () => {
  const reached = new Set<string>(["starlight.ts", "rtl.ts"]);
  const outside: string[] = [];
  for (const file of reached) {
    for (const one of imports.filter(({ from }) => from === file)) {
      if (one.what.startsWith(".")) reached.add(target(one));
      else if (one.what !== "#kernels" && one.what !== "#relaxed-kernels")
        outside.push(`${file} imports ${one.what}`);
    }
  }

  assert.deepEqual(outside, []);
  assert.ok(reached.size > 15, [...reached].join(" "));
});
