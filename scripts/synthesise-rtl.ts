// Synthesises the accelerator to gates with yosys: SystemVerilog -> netlist of AND, OR, XOR, NOT, MUX and flip-flops. Memories stay
// macros (`sram`), as in silicon. Prints how many cells of each kind there are.
//
//   npm run synthesise:rtl -- [--dim 4] [--out netlist.v]
//
// Needs yosys (Debian package; YOSYS names another binary). The netlist can stand in for the sources in a simulation:
// `npm run build:rtl -- --dim 4 --mode full --netlist netlist.v`, which test/rtl/gates.long.ts does.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RTL } from "./rtl-sources.ts";

const { values } = parseArgs({
  options: {
    dim: { type: "string", default: "4" },
    out: { type: "string", default: "build/netlist.v" },
  },
});
const dim = Number(values.dim);
const out = resolve(values.out);
/** Depths as in polaris_sim.sv: macros are only named, so their size costs nothing. */
const parameters = { DIM: dim, ARRAY: 2, SCRATCHPAD_ROWS: 8388608 / dim, ACCUMULATOR_ROWS: 2097152 / dim };
const simulated = ["sram.sv", "array_loop.sv", "dram_model.sv", "polaris_sim.sv"];
const sources = readFileSync(join(RTL, "files.f"), "utf8")
  .trim()
  .split("\n")
  .filter((name) => !simulated.includes(name));

const log = execFileSync(
  process.env["YOSYS"] ?? "yosys",
  [
    "-p",
    [
      "read_verilog -sv -lib sram.sv",
      `read_verilog -sv ${sources.join(" ")}`,
      `hierarchy -check -top accelerator ${Object.entries(parameters)
        .map(([name, value]) => `-chparam ${name} ${value}`)
        .join(" ")}`,
      ...[
        "proc",
        "flatten",
        "opt",
        "memory",
        "opt -full",
        "techmap",
        "opt",
        "abc -g simple",
        "opt_clean",
        "splitnets",
      ],
      ...["check -assert", "stat", "rename -top accelerator", `write_verilog -noattr "${out}"`],
    ].join("; "),
  ],
  { cwd: RTL, encoding: "utf8", maxBuffer: 2 ** 28 },
);
// The netlist is of one size; whoever instantiates it still names the parameters.
const declared = Object.entries({ ...parameters, LINE: Math.max(32 * dim, 512) })
  .map(([name, value]) => `parameter ${name} = ${value}`)
  .join(", ");
writeFileSync(
  out,
  readFileSync(out, "utf8").replace("module accelerator(", `module accelerator #(${declared}) (`),
);

const cells = log.slice(log.lastIndexOf("Number of cells:"));
console.log(cells.slice(0, cells.indexOf("\n\n")));
