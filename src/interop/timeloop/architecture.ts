import { InputError, quote } from "../../errors.ts";
import {
  type Bandwidth,
  createHardware,
  type Hardware,
  type HardwareParameters,
} from "../../hardware/hardware.ts";
import { asRecord } from "../../workload/workload.ts";
import { parametersOf } from "../parameters-of.ts";
import { COLUMNS, ROWS, TARGETS, type TimeloopVersion } from "./names.ts";

/** A node of a version 0.4 architecture with its YAML tag. */
export interface TaggedNode {
  readonly tag: "!Container" | "!Component";
  readonly value: object;
}

/** Attributes of each memory. Widths in bits; bandwidths in words per cycle; DRAM in bursts of 64 bytes. */
function attributes(hardware: Hardware, version: TimeloopVersion) {
  const { peDim } = hardware;
  // Version 0.3 counts instances in all; in 0.4 they follow from the containers.
  const word = (bits: number): object => (version === "0.3" ? { "word-bits": bits } : { datawidth: bits });
  const instances = (count: number): object => (version === "0.3" ? { instances: count } : {});
  const bandwidth = (given: Bandwidth): object =>
    given.kind === "shared"
      ? { shared_bandwidth: given.words }
      : { read_bandwidth: given.readWords, write_bandwidth: given.writeWords };
  return {
    dram: {
      ...instances(1),
      ...word(8),
      width: 512,
      block_size: 64,
      shared_bandwidth: hardware.dramBandwidthWords,
    },
    scratchpad: {
      ...(version === "0.3" ? { entries: hardware.scratchpadWords } : {}),
      depth: hardware.scratchpadRows,
      width: 8 * peDim,
      ...instances(1),
      ...word(8),
      n_rdwr_ports: 1,
      n_banks: 1,
      ...bandwidth(hardware.scratchpadBandwidth),
    },
    accumulator: {
      ...(version === "0.3" ? { entries: hardware.accumulatorWords } : {}),
      depth: hardware.accumulatorRows,
      width: 32,
      ...instances(peDim),
      ...word(32),
      n_rdwr_ports: 2,
      n_banks: 2,
      ...bandwidth(hardware.accumulatorBandwidth),
    },
    register: {
      ...(version === "0.3" ? { entries: 1 } : {}),
      depth: 1,
      width: 8,
      ...instances(peDim * peDim),
      ...word(8),
      n_rdwr_ports: 2,
      n_banks: 1,
    },
    mac: { ...(version === "0.3" ? { "word-bits": 8 } : {}), datawidth: 8 },
  };
}

/** Hardware as the `architecture:` section of version 0.3, laid out as DOSA's description of Gemmini. */
export function toArchitecture03(hardware: Hardware): object {
  const { dram, scratchpad, accumulator, register, mac } = attributes(hardware, "0.3");
  const last = hardware.peDim - 1;
  const memory = (level: keyof typeof TARGETS, kind: string, values: object): object => ({
    name: TARGETS[level].name,
    class: kind,
    attributes: values,
  });
  const rows = {
    name: `${ROWS}[0..${last}]`,
    local: [memory("register", "SRAM", register), { name: "MACC", class: "intmac", attributes: mac }],
  };
  const columns = {
    name: `${COLUMNS}[0..${last}]`,
    local: [memory("accumulator", "SRAM", accumulator)],
    subtree: [rows],
  };
  const chip = {
    name: "Chip",
    attributes: { technology: "40nm" },
    local: [memory("scratchpad", "SRAM", scratchpad)],
    subtree: [columns],
  };
  return {
    version: 0.3,
    subtree: [{ name: "System", local: [memory("dram", "DRAM", dram)], subtree: [chip] }],
  };
}

/** The nodes of the `architecture:` section of version 0.4, outermost first. */
export function toArchitecture04(hardware: Hardware): readonly TaggedNode[] {
  const { dram, scratchpad, accumulator, register, mac } = attributes(hardware, "0.4");
  const component = (level: keyof typeof TARGETS, kind: string, values: object): TaggedNode => ({
    tag: "!Component",
    value: { name: TARGETS[level].name, class: kind, attributes: values },
  });
  const container = (name: string, more: object): TaggedNode => ({
    tag: "!Container",
    value: { name, ...more },
  });
  return [
    container("System", {}),
    component("dram", "DRAM", { type: "LPDDR4", ...dram }),
    container("Chip", { attributes: { technology: "40nm" } }),
    component("scratchpad", "SRAM", scratchpad),
    container(COLUMNS, { spatial: { meshX: hardware.peDim } }),
    component("accumulator", "SRAM", accumulator),
    container(ROWS, { spatial: { meshX: hardware.peDim } }),
    component("register", "SRAM", register),
    { tag: "!Component", value: { name: "MACC", class: "intmac", attributes: mac } },
  ];
}

/** What is read of an architecture: attributes of each component, and copies of each container. */
interface Parts {
  readonly components: Map<string, Readonly<Record<string, unknown>>>;
  readonly copies: Map<string, number>;
}

/**
 * The hardware of an `architecture:` section of either version that describes Gemmini.
 *
 * @throws InputError for another machine, or one whose memories are no whole KiB
 */
export function fromArchitecture(section: unknown, where: string): HardwareParameters {
  const architecture = asRecord(section, where, "an architecture with subtree or nodes");
  const version = String(architecture["version"] ?? "0.3");
  if (!["0.2", "0.3", "0.4"].includes(version))
    throw new InputError({ where: `${where}: version`, expected: "0.3 or 0.4", found: quote(version) });
  const parts: Parts = { components: new Map(), copies: new Map() };
  if (architecture["nodes"] !== undefined) collectNodes(architecture["nodes"], where, parts);
  else collectTree(architecture["subtree"], where, parts, 0);
  const peDim = parts.copies.get(COLUMNS);
  const rows = parts.copies.get(ROWS);
  if (peDim === undefined || peDim !== rows) {
    throw new InputError({
      where,
      expected: `a square array: ${COLUMNS} and ${ROWS} of the same number`,
      found: `${peDim ?? "no"} and ${rows ?? "no"}`,
    });
  }
  const scratchpad = memory(parts, TARGETS.scratchpad.name, where);
  const accumulator = memory(parts, TARGETS.accumulator.name, where);
  const bandwidth = scratchpad["read_bandwidth"] === undefined ? "shared" : "split";
  const rowsOf = {
    peDim,
    scratchpadRows: depthOf(scratchpad, `${where}: Scratchpad`, peDim),
    accumulatorRows: depthOf(accumulator, `${where}: Accumulator`, 1),
  };
  let parameters: HardwareParameters;
  try {
    parameters = parametersOf(rowsOf, bandwidth);
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
  checkSame(parameters, scratchpad, accumulator, where);
  return parameters;
}

/** Rows of a memory: its depth, or its entries over the words of a row. */
function depthOf(values: Readonly<Record<string, unknown>>, where: string, words: number): number {
  const { depth, entries } = values;
  const rows = depth ?? (typeof entries === "number" ? entries / words : entries);
  if (typeof rows === "number" && Number.isInteger(rows) && rows >= 1) return rows;
  throw new InputError({ where, expected: "a depth, in rows", found: quote(rows) });
}

/** The description must be the one that its parameters give: what the model computes with is nothing else. */
function checkSame(
  parameters: HardwareParameters,
  scratchpad: Readonly<Record<string, unknown>>,
  accumulator: Readonly<Record<string, unknown>>,
  where: string,
): void {
  const own = attributes(createHardware(parameters), "0.3");
  for (const [name, found, expected] of [
    ["Scratchpad", scratchpad, own.scratchpad],
    ["Accumulator", accumulator, own.accumulator],
  ] as const) {
    const wanted = expected as Readonly<Record<string, unknown>>;
    const bits = found["word-bits"] ?? found["datawidth"];
    const all = { ...found, ...(bits === undefined ? {} : { "word-bits": bits }) };
    for (const key of CHECKED) {
      const value = (all as Readonly<Record<string, unknown>>)[key];
      if (value === undefined || value === wanted[key]) continue;
      throw new InputError({
        where: `${where}: ${name}.${key}`,
        expected: `${quote(wanted[key])} for ${parameters.peDim} x ${parameters.peDim} PEs`,
        found: quote(value),
      });
    }
  }
}

const CHECKED = [
  "entries",
  "depth",
  "width",
  "word-bits",
  "instances",
  "shared_bandwidth",
  "read_bandwidth",
  "write_bandwidth",
];

function memory({ components }: Parts, name: string, where: string): Readonly<Record<string, unknown>> {
  const found = components.get(name);
  if (found) return found;
  throw new InputError({
    where,
    expected: `a memory ${name}`,
    found: [...components.keys()].slice(0, 8).join(", ") || "none",
    hint: "Gemmini is DRAM, Scratchpad, Accumulator, Registers",
  });
}

/** A container's name and how often it stands there: `PECols[0..15]`. */
function copiesOf(name: string): readonly [name: string, copies: number] {
  const [, bare = name, first, last] = /^([^[]*)\[(\d+)\.\.(\d+)\]\s*$/.exec(name) ?? [];
  return [bare.trim(), first === undefined ? 1 : Number(last) - Number(first) + 1];
}

function add(parts: Parts, entry: Readonly<Record<string, unknown>>, where: string): void {
  const { name } = entry;
  if (typeof name !== "string") throw new InputError({ where, expected: "a name", found: quote(name) });
  const [bare, copies] = copiesOf(name);
  if (entry["class"] === undefined) {
    const spatial = entry["spatial"];
    const mesh = spatial === undefined ? {} : asRecord(spatial, `${where}: ${bare}.spatial`, "meshX");
    const [x, y] = [mesh["meshX"] ?? 1, mesh["meshY"] ?? 1];
    parts.copies.set(
      bare,
      copies * (typeof x === "number" ? x : Number.NaN) * (typeof y === "number" ? y : Number.NaN),
    );
  } else
    parts.components.set(
      bare,
      asRecord(entry["attributes"] ?? {}, `${where}: ${bare}.attributes`, "attributes"),
    );
}

function collectNodes(nodes: unknown, where: string, parts: Parts): void {
  if (!Array.isArray(nodes))
    throw new InputError({ where: `${where}: nodes`, expected: "a list", found: quote(nodes) });
  for (const node of nodes)
    add(parts, asRecord(node, `${where}: nodes`, "a container or a component"), where);
}

/** Nested subtrees, each with its local components. */
function collectTree(subtree: unknown, where: string, parts: Parts, depth: number): void {
  if (!Array.isArray(subtree) || depth > 16)
    throw new InputError({
      where: `${where}: subtree`,
      expected: "a list",
      found: depth > 16 ? "one too deep" : quote(subtree),
    });
  for (const branch of subtree) {
    const entry = asRecord(branch, `${where}: subtree`, "a branch with local and subtree");
    add(parts, entry, where);
    const local = entry["local"] ?? [];
    if (!Array.isArray(local))
      throw new InputError({ where: `${where}: local`, expected: "a list", found: quote(local) });
    for (const one of local) add(parts, asRecord(one, `${where}: local`, "a component"), where);
    if (entry["subtree"] !== undefined) collectTree(entry["subtree"], where, parts, depth + 1);
  }
}
