import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, parseDocument } from "yaml";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { parseDosaDesign } from "../../src/interop/dosa-design.ts";
import { formatArchitecture, formatLayer } from "../../src/interop/timeloop/document.ts";
import { fromTimeloopMapping, toTimeloopMapping } from "../../src/interop/timeloop/mapping.ts";
import { TIMELOOP_VERSIONS } from "../../src/interop/timeloop/names.ts";
import { fromTimeloopProblem } from "../../src/interop/timeloop/problem.ts";
import { readTimeloop } from "../../src/interop/timeloop/read.ts";
import { formatMapping, parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { randomDesign } from "./random-design.ts";
import { checkSections } from "./round-trip.ts";

const load = (text: string): unknown => parseDocument(text).toJS();

test("1,000 random mappings come back from Timeloop's sections, both versions, and from DOSA strings as they were", () => {
  checkSections(1000);
});

test("designs come back whole from the text of Timeloop's files and of DOSA's tables", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { hardware, shape, mapping } = randomDesign(seed);
    const layer = { name: `layer ${seed}: "a"`, shape, mapping };
    for (const version of TIMELOOP_VERSIONS) {
      const input = readTimeloop([
        { where: "architecture.yaml", document: load(formatArchitecture(hardware, version)) },
        { where: "layer.yaml", document: load(formatLayer(layer, version)) },
      ]);
      assert.deepEqual(
        input,
        { hardware, layers: [{ name: layer.name, count: 1, shape, mapping: formatMapping(mapping) }] },
        `seed ${seed}, version ${version}`,
      );
    }
    const machine = createHardware(hardware);
    const rows = [dosaHeader(machine.scratchpadBandwidth.kind), dosaCells(mapping, shape, machine)];
    const design = parseDosaDesign(rows.map((row) => row.join(",")).join("\n"), "rows.csv");
    assert.deepEqual(design.hardware, hardware, `seed ${seed}`);
    assert.equal(design.layers[0]?.mapping, formatMapping(mapping), `seed ${seed}`);
  }
});

// Row 0 of DOSA's data, worked by hand. Written outermost first; Timeloop's permutations run the other way, innermost first.
const WORKED = parseMapping("L3[WIO] P28 R7 Q56 K8 - L2[WI] N1 K4X - L1[O] K2 S7 Q2 P2 C3X - L0[W] P2");

test("Timeloop 0.3: permutations innermost first, M for K, spatial loops at the memory above the fan-out", () => {
  const directives = toTimeloopMapping(WORKED, "0.3");

  assert.deepEqual(
    directives.filter(({ type }) => type !== "datatype"),
    [
      { target: "DRAM", type: "temporal", factors: "N=1 M=8 C=1 P=28 Q=56 R=7 S=1", permutation: "MQRPNCS" },
      {
        target: "Scratchpad",
        type: "temporal",
        factors: "N=1 M=1 C=1 P=1 Q=1 R=1 S=1",
        permutation: "NMCPQRS",
      },
      {
        target: "Scratchpad",
        type: "spatial",
        factors: "N=1 M=4 C=1 P=1 Q=1 R=1 S=1",
        permutation: "MNCPQRS",
        split: 1,
      },
      {
        target: "Accumulator",
        type: "temporal",
        factors: "N=1 M=2 C=1 P=2 Q=2 R=1 S=7",
        permutation: "PQSMNCR",
      },
      {
        target: "Accumulator",
        type: "spatial",
        factors: "N=1 M=1 C=3 P=1 Q=1 R=1 S=1",
        permutation: "CNMPQRS",
        split: 1,
      },
      {
        target: "Registers",
        type: "temporal",
        factors: "N=1 M=1 C=1 P=2 Q=1 R=1 S=1",
        permutation: "PNMCQRS",
      },
    ],
  );
  assert.deepEqual(directives[1], {
    target: "Scratchpad",
    type: "datatype",
    keep: ["Weights", "Inputs"],
    bypass: ["Outputs"],
  });
});

test("Timeloop 0.4: lists, dataspace, spatial loops at the container that is repeated", () => {
  const text = formatLayer({ name: "conv1", shape: toLayerShape({ K: 64 }), mapping: WORKED }, "0.4");
  const { mapping } = parse(text) as { mapping: Record<string, unknown>[] };

  assert.deepEqual(mapping[0], {
    target: "DRAM",
    type: "dataspace",
    keep: ["Weights", "Inputs", "Outputs"],
    bypass: [],
  });
  const [columns, rows] = mapping.filter(({ type }) => type === "spatial");
  assert.equal(columns?.["target"], "PECols");
  assert.deepEqual(columns?.["factors"], ["N=1", "M=4", "C=1", "P=1", "Q=1", "R=1", "S=1"]);
  assert.equal(rows?.["target"], "PERows");
  assert.deepEqual(rows?.["permutation"], ["C", "N", "M", "P", "Q", "R", "S"]);
});

test("the architecture of 0.4 is tagged nodes, outermost first; that of 0.3 nested subtrees with [0..15]", () => {
  const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };

  const [old, recent] = [formatArchitecture(hardware, "0.3"), formatArchitecture(hardware, "0.4")];

  assert.match(old, /^architecture:\n {2}version: 0\.3\n/);
  assert.match(old, /name: PECols\[0\.\.15\]/);
  assert.match(old, /entries: 131072\n\s+depth: 8192\n\s+width: 128\n/);
  const tags = [...recent.matchAll(/- (!\w+)\n\s+name: (\w+)/g)].map(([, tag, name]) => `${tag} ${name}`);
  assert.deepEqual(tags, [
    "!Container System",
    "!Component DRAM",
    "!Container Chip",
    "!Component Scratchpad",
    "!Container PECols",
    "!Component Accumulator",
    "!Container PERows",
    "!Component Registers",
    "!Component MACC",
  ]);
});

test("a mapping in Timeloop's own spelling is read: factors without =, K or M, levels left out", () => {
  const section = load(`
- target: DRAM
  type: temporal
  factors: C4 K16 R3 S1 N1 P1 Q2
  permutation: RCKQSNP
- target: Scratchpad[0..0]
  type: spatial
  factors: C1 M8
  permutation: MC
  split: 1
- target: accumulator
  type: spatial
  factors: [C=4]
- target: Accumulator
  type: bypass
  keep: [Outputs]
  bypass: [Inputs, Weights]
`);

  assert.equal(
    formatMapping(fromTimeloopMapping(section, "mapping")),
    "L3[WIO] Q2 K16 C4 R3 - L2[WI] N1 K8X - L1[O] N1 C4X - L0[W] N1",
  );
});

test("a problem's projection says which stride goes with which dim, whatever its name", () => {
  const problem = (wide: string): unknown => ({
    shape: {
      dimensions: ["C", "M", "R", "S", "N", "P", "Q"],
      data_spaces: [
        {
          name: "Inputs",
          projection: [
            [["C"]],
            [["R"], ["P", wide]],
            [
              ["S", "Hdilation"],
              ["Q", "Hstride"],
            ],
          ],
        },
      ],
    },
    instance: { C: 3, M: 8, R: 3, S: 5, P: 10, Q: 20, Wstride: 2, Hstride: 4, Hdilation: 3, Wdilation: 9 },
  });

  assert.deepEqual(
    fromTimeloopProblem(problem("Wstride"), "p").shape,
    toLayerShape({ C: 3, K: 8, R: 3, S: 5, P: 10, Q: 20, Wstride: 2, Hstride: 4, Hdilation: 3 }),
  );
  assert.equal(fromTimeloopProblem(problem("Hstride"), "p").shape.Wstride, 4);
  const named = fromTimeloopProblem({ shape: "cnn-layer", C: 3, K: 64, P: 7, Wstride: 2 }, "p").shape;
  assert.deepEqual(named, toLayerShape({ C: 3, K: 64, P: 7, Wstride: 2 }));
});

test("what Gemmini cannot run, and what is no mapping, is refused with its place", () => {
  const refuse = (entry: Record<string, unknown>, expected: RegExp): void => {
    assert.throws(() => fromTimeloopMapping([entry], "mapping"), expected);
  };
  refuse({ target: "L2", type: "temporal" }, /mapping\[0\]\.target: expected a level of Gemmini.*found "L2"/);
  refuse(
    { target: "Scratchpad", type: "spatial", factors: "P=2" },
    /expected M alone over the PE columns, found P=2/,
  );
  refuse({ target: "DRAM", type: "spatial", factors: "C=2" }, /expected no spatial loop at DRAM, found C=2/);
  refuse(
    { target: "Registers", type: "datatype", keep: ["Inputs"] },
    /keep: expected Weights \(Gemmini's Registers\), found "Inputs"/,
  );
  refuse(
    { target: "DRAM", type: "temporal", factors: "C=0" },
    /factors: expected factors such as P=28, found "C=0"/,
  );
  refuse(
    { target: "DRAM", type: "temporal", factors: "C=2 P=2", permutation: "C" },
    /permutation: expected a place for P/,
  );
  refuse({ target: "DRAM", type: "temporal", factors: "C=2 C=3" }, /expected one factor of C, found two/);
  refuse({ target: "DRAM", type: "temporal", permutation: "CC" }, /expected each dim once/);
  refuse({ target: "DRAM", type: "sideways" }, /type: expected temporal, spatial/);
  const alone = { where: "x.yaml", document: { mapping: [] } };
  assert.throws(() => readTimeloop([alone]), /x\.yaml: expected a problem in the file of its mapping/);
  assert.throws(() => readTimeloop([{ where: "x.yaml", document: {} }]), /expected a section architecture/);
  const other = { architecture: { version: 0.4, nodes: [{ name: "PE", spatial: { meshX: 4 } }] } };
  assert.throws(
    () => readTimeloop([{ where: "a.yaml", document: other }]),
    /expected a square array: PECols and PERows/,
  );
  const text = formatArchitecture({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 }, "0.4");
  const slow = load(text.replace("shared_bandwidth: 32", "shared_bandwidth: 31"));
  assert.throws(
    () => readTimeloop([{ where: "a.yaml", document: slow }]),
    /Scratchpad\.shared_bandwidth: expected 32 for 16 x 16 PEs, found 31/,
  );
});
