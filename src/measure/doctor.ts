import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { createEngine } from "../fidelity/engine.ts";
import { createHardware } from "../hardware/hardware.ts";
import { createJobPool } from "../jobs/pool.ts";
import { loadPrebuilt, PREBUILT_DIMS } from "../rtl/prebuilt.node.ts";
import { parseMapping } from "../space/mapping.ts";
import { loadModule } from "../starlight.ts";
import { toLayerShape } from "../workload/layer.ts";
import { takesForm } from "./features.ts";

/** One thing that the program uses where it is there. */
export interface Finding {
  readonly name: string;
  /** Undefined if it is not there; else its version, number or place. */
  readonly found: string | undefined;
  /** What it is good for. */
  readonly gives: string;
  /** Without it nothing works. */
  readonly required: boolean;
  /** How to get it, if it is not there. */
  readonly remedy?: string;
}

/** How long a program may take to say its version. */
const TIMEOUT_MS = 10_000;

/** Looks at everything at once. */
export function diagnose(): Promise<readonly Finding[]> {
  return Promise.all([
    runtime(),
    form("simd", "WebAssembly SIMD", "the kernels", true),
    form("relaxedSimd", "relaxed SIMD", "a faster learned model", false),
    kernels(),
    threads(),
    embeddedRtl(),
    program("Verilator", "verilator", "the RTL built anew", "apt-get install verilator"),
    program("C++ compiler", "c++", "the RTL as a native program", "apt-get install g++"),
    program(
      "Chromium",
      process.env["CHROMIUM"] ?? "chromium",
      "tests of report and studio",
      "apt-get install chromium",
    ),
    fonts(),
    program("Deno", "deno", "the library there too", "https://deno.com"),
    program("Bun", "bun", "the library there too", "https://bun.sh"),
  ]);
}

async function runtime(): Promise<Finding> {
  const { node, v8 } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const supported = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  return {
    name: "Node",
    found: supported ? `${node} (V8 ${v8.replace(/-node.*/, "")})` : undefined,
    gives: "everything",
    required: true,
    remedy: `Node 20.19, 22.12 or newer; this is ${node}`,
  };
}

async function form(
  name: "simd" | "relaxedSimd",
  title: string,
  gives: string,
  required: boolean,
): Promise<Finding> {
  return {
    name: title,
    found: takesForm(name) ? "yes" : undefined,
    gives,
    required,
    remedy: "a newer Node; the plain form gives the same bytes",
  };
}

/** The kernels load, and price a layer that is worked out by hand: 4 x 4 x 8 x 8 MACs on 2 x 2 PEs. */
async function kernels(): Promise<Finding> {
  const attempt = async (): Promise<string> => {
    const engine = await createEngine(await loadModule(), 1);
    const shape = toLayerShape({ K: 4, C: 4, P: 8, Q: 8 });
    const hardware = createHardware({ peDim: 2, scratchpadKib: 4, accumulatorKib: 4 });
    const mapping = parseMapping("L3[WIO] N1 - L2[WI] N1 K2X - L1[O] K2 C2 C2X - L0[W] P8 Q8");
    const { rooflineCycles } = engine.explain(mapping, shape, hardware);
    if (rooflineCycles.compute !== 256)
      throw new Error(`256 cycles expected, found ${rooflineCycles.compute}`);
    return "loaded, checked";
  };
  return {
    name: "kernels",
    found: await attempt().catch(() => undefined),
    gives: "every model and mapper",
    required: true,
    remedy: "npm ci builds them",
  };
}

/** Worker threads start, and one of them enumerates a layer. */
async function threads(): Promise<Finding> {
  const attempt = async (): Promise<string> => {
    const pool = await createJobPool(1);
    try {
      const range = {
        leastScratchpadKib: 1,
        mostScratchpadKib: 1,
        leastAccumulatorKib: 1,
        mostAccumulatorKib: 1,
      };
      await pool.collectArchive({ shape: toLayerShape({ K: 2 }), array: { peDim: 2 }, range });
    } finally {
      await pool.close();
    }
    return `${availableParallelism()} at a time`;
  };
  return {
    name: "worker threads",
    found: await attempt().catch(() => undefined),
    gives: "all cores",
    required: true,
    remedy: "npm ci builds them",
  };
}

async function embeddedRtl(): Promise<Finding> {
  const sizes = await Promise.all(
    PREBUILT_DIMS.map((dim) =>
      loadPrebuilt(dim, "cycles")
        .then(() => dim)
        .catch(() => undefined),
    ),
  );
  const there = sizes.filter((dim) => dim !== undefined);
  return {
    name: "embedded RTL",
    found: there.length > 0 ? `arrays ${there.join(", ")}` : undefined,
    gives: "simulate, verified searches",
    required: false,
    remedy: "npm run build:rtl",
  };
}

/** A program that says its version. */
async function program(name: string, command: string, gives: string, remedy: string): Promise<Finding> {
  const found = await new Promise<string | undefined>((resolve) => {
    execFile(command, ["--version"], { timeout: TIMEOUT_MS }, (error, stdout) =>
      resolve(error ? undefined : (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "yes")),
    );
  });
  return { name, found, gives, required: false, remedy };
}

/** Folders where the systems that we know keep fonts. */
const FONT_FOLDERS = [
  "/usr/share/fonts",
  "/usr/local/share/fonts",
  "/System/Library/Fonts",
  "C:\\Windows\\Fonts",
];

async function fonts(): Promise<Finding> {
  const there = await Promise.all(
    FONT_FOLDERS.map((folder) =>
      access(folder, constants.R_OK)
        .then(() => folder)
        .catch(() => undefined),
    ),
  );
  return {
    name: "fonts",
    found: there.find((folder) => folder !== undefined),
    gives: "PNG files of report --figures",
    required: false,
    remedy: "apt-get install fonts-dejavu-core",
  };
}
