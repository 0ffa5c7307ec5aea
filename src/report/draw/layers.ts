import type { Figure } from "../figure.ts";
import {
  COMPONENTS,
  type Component,
  LATENCY_PARTS,
  type LatencyPart,
  type LayerInfo,
} from "../info/layers.ts";
import { drawStack, type StackPart } from "./stack.ts";

const LATENCY_STACK: Readonly<Record<LatencyPart, StackPart>> = {
  compute: { key: "compute", text: "compute", role: "mac" },
  accumulator: { key: "accumulator", text: "waits for accumulator", role: "accumulator", hatch: "across" },
  scratchpad: { key: "scratchpad", text: "waits for scratchpad", role: "scratchpad", hatch: "along" },
  dram: { key: "dram", text: "waits for DRAM", role: "dram" },
  unmodelled: { key: "unmodelled", text: "beyond the analytical model", role: "spare", hatch: "across" },
};

const ENERGY_STACK: Readonly<Record<Component, StackPart>> = {
  mac: { key: "mac", text: "MACs", role: "mac" },
  register: { key: "register", text: "registers", role: "register", hatch: "across" },
  accumulator: { key: "accumulator", text: "accumulator", role: "accumulator" },
  scratchpad: { key: "scratchpad", text: "scratchpad", role: "scratchpad", hatch: "along" },
  dram: { key: "dram", text: "DRAM", role: "dram" },
  unmodelled: { key: "unmodelled", text: "beyond the analytical model", role: "spare", hatch: "across" },
};

/** Cycles of each layer, all its runs, stacked by what they are spent on. */
export function latencyFigure(layers: readonly LayerInfo[], id = "latency"): Figure {
  const intervals = layers.some(({ latencyInterval }) => latencyInterval !== undefined);
  const verified = layers.some(({ verifiedCycles }) => verifiedCycles !== undefined);
  return {
    id,
    title: "Latency by layer",
    caption: `Cycles of all runs of each layer: those that the MACs need, and those that they wait for the resource that binds the layer.${
      intervals ? " Brackets: where the RTL lies with 90 %." : ""
    }${verified ? " Bars and sums as predicted, diamonds as the RTL ran the layer." : ""}`,
    table: {
      columns: [
        { key: "layer", title: "layer" },
        { key: "runs", title: "runs" },
        { key: "latency_cycles", title: "latency (cycles)" },
        ...(intervals
          ? [
              { key: "latency_low_cycles", title: "90 % interval, low (cycles)" },
              { key: "latency_high_cycles", title: "90 % interval, high (cycles)" },
            ]
          : []),
        ...(verified ? [{ key: "verified_cycles", title: "verified (cycles)" }] : []),
        ...LATENCY_PARTS.map((part) => ({
          key: `${part}_cycles`,
          title: `${LATENCY_STACK[part].text} (cycles)`,
        })),
        { key: "bound_by", title: "bound by" },
      ],
      rows: layers.map((layer) => [
        layer.name,
        layer.runs,
        layer.latencyCycles,
        ...(intervals ? [layer.latencyInterval?.low ?? "", layer.latencyInterval?.high ?? ""] : []),
        ...(verified ? [layer.verifiedCycles ?? ""] : []),
        ...LATENCY_PARTS.map((part) => layer.latencyParts[part]),
        layer.boundBy,
      ]),
    },
    draw: (width) =>
      drawStack(
        layers.map(({ name, latencyParts, latencyInterval, verifiedCycles }) => ({
          name,
          values: latencyParts,
          ...(latencyInterval ? { interval: latencyInterval } : {}),
          ...(verifiedCycles === undefined ? {} : { mark: verifiedCycles }),
        })),
        LATENCY_PARTS.map((part) => LATENCY_STACK[part]),
        "latency of all runs (cycles)",
        width,
        verified ? "verified" : "",
      ),
  };
}

/** Energy of each layer, all its runs, stacked by component. */
export function energyFigure(layers: readonly LayerInfo[], id = "energy"): Figure {
  return {
    id,
    title: "Energy by layer",
    caption: "Energy of all runs of each layer by component: accesses times energy per access, 40 nm.",
    table: {
      columns: [
        { key: "layer", title: "layer" },
        { key: "runs", title: "runs" },
        { key: "energy_uj", title: "energy (µJ)" },
        ...COMPONENTS.map((part) => ({ key: `${part}_uj`, title: `${ENERGY_STACK[part].text} (µJ)` })),
      ],
      rows: layers.map((layer) => [
        layer.name,
        layer.runs,
        layer.energyUj,
        ...COMPONENTS.map((part) => layer.energyPartsUj[part]),
      ]),
    },
    draw: (width) =>
      drawStack(
        layers.map(({ name, energyPartsUj }) => ({ name, values: energyPartsUj })),
        COMPONENTS.map((part) => ENERGY_STACK[part]),
        "energy of all runs (µJ)",
        width,
      ),
  };
}
