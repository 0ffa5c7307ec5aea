import { InputError, quote } from "../../errors.ts";
import type { OnnxNode } from "./model.ts";

/**
 * The nodes of a graph with each after those that feed it, otherwise in the order of the file. ONNX asks for that order; some tools
 * do not keep it.
 *
 * @throws InputError if a node feeds itself
 */
export function inOrder(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const producer = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const output of node.outputs) if (output !== "") producer.set(output, index);
  }
  const before = (index: number): Iterable<number> => {
    const found = new Set<number>();
    for (const name of namesRead(nodes[index] as OnnxNode)) {
      const from = producer.get(name);
      if (from !== undefined) found.add(from);
    }
    return found;
  };
  const state = new Uint8Array(nodes.length);
  const sorted: OnnxNode[] = [];
  // Depth first, on a stack of our own: a chain may be longer than JavaScript's.
  for (let start = 0; start < nodes.length; start++) {
    if (state[start] === DONE) continue;
    const stack = [{ index: start, waiting: before(start)[Symbol.iterator]() }];
    state[start] = OPEN;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const step = top.waiting.next();
      if (step.done) {
        state[top.index] = DONE;
        sorted.push(nodes[top.index] as OnnxNode);
        stack.pop();
      } else if (state[step.value] === OPEN) {
        const { name, op } = nodes[step.value] as OnnxNode;
        throw new InputError({
          where: "graph",
          expected: "a graph without cycles",
          found: `node ${quote(name || op)}, which feeds itself`,
        });
      } else if (state[step.value] !== DONE) {
        state[step.value] = OPEN;
        stack.push({ index: step.value, waiting: before(step.value)[Symbol.iterator]() });
      }
    }
  }
  return sorted;
}

const OPEN = 1;
const DONE = 2;

/** Tensors that a node reads, those included that graphs within it take from outside. */
function namesRead(node: OnnxNode): readonly string[] {
  const inner: string[] = [];
  for (const { graph } of node.attributes.values()) {
    if (!graph) continue;
    const own = new Set([...graph.inputs, ...graph.initializers].map(({ name }) => name));
    for (const one of graph.nodes) {
      for (const output of one.outputs) own.add(output);
    }
    for (const one of graph.nodes) inner.push(...namesRead(one).filter((name) => !own.has(name)));
    inner.push(...graph.outputs.map(({ name }) => name).filter((name) => !own.has(name)));
  }
  return inner.length === 0 ? node.inputs : [...node.inputs, ...inner];
}
