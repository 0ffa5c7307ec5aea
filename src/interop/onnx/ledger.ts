import { InputError } from "../../errors.ts";
import { DIMS, type Layer, macs, shapeKey, toLayerShape } from "../../workload/layer.ts";
import type { Contraction } from "./contraction.ts";

/** What became of the nodes of one operator. */
export interface OperatorShare {
  /** `Conv`, or `domain:name` beyond the default domain. */
  readonly operator: string;
  /** `layer`: multiply-accumulates of the workload. `beside`: work that is not the array's. `unread`: not known what it computes. */
  readonly handling: "layer" | "beside" | "unread";
  readonly nodes: number;
  /** MACs of a layer, elements computed or read beside it; undefined where sizes are not known. */
  readonly operations: number | undefined;
  /** Of all operations that are known. */
  readonly share: number | undefined;
  /** Why nodes are not read. */
  readonly reason?: string;
}

interface Entry {
  readonly operator: string;
  readonly handling: OperatorShare["handling"];
  readonly reason: string;
  nodes: number;
  operations: number;
}

/** Most runs of a layer: what a layer table can say. */
const MAX_RUNS = 2 ** 24;

/** Sums up what a graph computes: distinct layers with their counts, and the work of every operator. */
export class Ledger {
  private readonly entries = new Map<string, Entry>();
  private readonly found = new Map<string, { layer: Layer; count: number }>();
  /** Whether a node is unread because sizes that it needs are not known. */
  sizesMissing = false;

  /** Layers of a node, which runs `runs` times. */
  contraction(operator: string, node: string, contraction: Contraction, runs: number): void {
    const layers = toLayers(node, contraction, runs);
    if (typeof layers === "string") {
      this.unread(operator, layers);
      return;
    }
    for (const layer of layers) this.layer(layer);
    const work = layers.reduce((sum, { count, shape }) => sum + count * macs(shape), 0);
    this.note(operator, "layer", work);
  }

  /** Work beside the layers. */
  beside(operator: string, operations: number, runs: number): void {
    this.note(operator, "beside", operations * runs);
  }

  unread(operator: string, reason: string): void {
    this.sizesMissing ||= reason.endsWith("not known");
    this.note(operator, "unread", Number.NaN, reason);
  }

  /** Takes in what another ledger holds. */
  add(other: Ledger): void {
    for (const { layer, count } of other.found.values()) this.layer({ ...layer, count });
    for (const { operator, handling, operations, reason, nodes } of other.entries.values())
      this.note(operator, handling, operations, reason, nodes);
    this.sizesMissing ||= other.sizesMissing;
  }

  /** Known operations. */
  total(): number {
    let sum = 0;
    for (const { operations } of this.entries.values()) if (!Number.isNaN(operations)) sum += operations;
    return sum;
  }

  /** Distinct layers in the order in which they come up, each under the name of its first node. */
  layers(): readonly Layer[] {
    const names = new Set<string>();
    return [...this.found.values()].map(({ layer, count }) => {
      let name = layer.name;
      for (let more = 2; names.has(name); more++) name = `${layer.name}.${more}`;
      names.add(name);
      return { ...layer, name, count };
    });
  }

  /** Operators by their share, the largest first, those without a known one before all others. */
  operators(): readonly OperatorShare[] {
    const total = this.total();
    return [...this.entries.values()]
      .map(({ operator, handling, nodes, operations, reason }): OperatorShare => {
        const known = Number.isNaN(operations) ? undefined : operations;
        const share = known === undefined || total === 0 ? undefined : known / total;
        return { operator, handling, nodes, operations: known, share, ...(reason === "" ? {} : { reason }) };
      })
      .sort((a, b) => (b.operations ?? Number.MAX_VALUE) - (a.operations ?? Number.MAX_VALUE));
  }

  private layer(layer: Layer): void {
    const key = `${shapeKey(layer.shape)} ${layer.groups}`;
    const known = this.found.get(key);
    if (known) known.count += layer.count;
    else this.found.set(key, { layer, count: layer.count });
  }

  private note(
    operator: string,
    handling: OperatorShare["handling"],
    operations: number,
    reason = "",
    nodes = 1,
  ): void {
    const key = `${operator}\n${handling}\n${reason}\n${Number.isNaN(operations)}`;
    const entry = this.entries.get(key);
    if (!entry) {
      // A file with thousands of different faults is told of under one reason.
      const told = this.entries.size < MAX_ENTRIES ? reason : "";
      this.entries.set(told === reason ? key : `${operator}\n${handling}`, {
        ...{ operator, handling, reason: told, nodes, operations },
      });
      return;
    }
    entry.nodes += nodes;
    entry.operations += operations;
  }
}

const MAX_ENTRIES = 1000;

/** The layers that a node runs, or why they are not known; none of a product of empty tensors. */
function toLayers(node: string, { layers, reason }: Contraction, runs: number): readonly Layer[] | string {
  if (reason !== undefined) return reason;
  const found: Layer[] = [];
  for (const { part, count, groups = 1, shape } of layers) {
    const sizes = Object.values(shape);
    if ([count, ...sizes].some(Number.isNaN)) return "sizes not known";
    if (count === 0 || DIMS.some((dim) => shape[dim] === 0)) continue;
    const times = count * runs;
    if (!Number.isInteger(times) || times > MAX_RUNS) return `${times} runs`;
    try {
      const name = part === undefined ? node : `${node}.${part}`;
      found.push({ name, count: times, groups, shape: toLayerShape(shape) });
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
  }
  return found;
}
