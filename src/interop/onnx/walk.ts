import { InputError } from "../../errors.ts";
import type { Shape } from "./known.ts";
import { elements, type Known, type NodeView, UNKNOWN } from "./known.ts";
import { Ledger } from "./ledger.ts";
import {
  MAX_RANK,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from "./model.ts";
import { CONTRACTIONS, OPERATORS, operatorKey } from "./operators.ts";
import { inOrder } from "./order.ts";

/** Nodes that are visited, those of functions at every call. */
const MAX_VISITS = 2 ** 20;
/** Graphs within graphs, and functions within functions. */
const MAX_DEPTH = 32;

/** The size that a declared dim has, NaN if none is known. */
export type Sizes = (dim: number | string | undefined) => number;

/** Names and what is known of them, within those of the graphs around. */
interface Scope {
  readonly known: Map<string, Known>;
  readonly outer: Scope | undefined;
  /** Attributes of the call, in the body of a function. */
  readonly call: ReadonlyMap<string, OnnxAttribute> | undefined;
  readonly depth: number;
}

/** Goes through a model once, in order, and keeps what is known of each tensor: shapes, and the numbers of small ones. */
export class Walk {
  private readonly model: OnnxModel;
  private readonly sizes: Sizes;
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  private ledger = new Ledger();
  private visits = 0;

  constructor(model: OnnxModel, sizes: Sizes) {
    this.model = model;
    this.sizes = sizes;
    this.functions = new Map(model.functions.map((one) => [operatorKey(one.name, one.domain), one]));
  }

  /**
   * @param inputs what is known of the graph's inputs, by name
   * @throws InputError for a graph with a cycle, or too deep or too large
   */
  run(inputs: ReadonlyMap<string, Known>): { readonly ledger: Ledger; readonly outputs: readonly Known[] } {
    const outputs = this.graph(this.model.graph, inputs, undefined, 1);
    return { ledger: this.ledger, outputs };
  }

  /** Visits a graph that runs `runs` times; what is known of its outputs. */
  private graph(
    graph: OnnxGraph,
    inputs: ReadonlyMap<string, Known>,
    outer: Scope | undefined,
    runs: number,
  ): readonly Known[] {
    const scope = this.scope(outer, outer?.call);
    for (const { name, dims } of graph.inputs) scope.known.set(name, { shape: this.declared(dims) });
    for (const [name, known] of inputs) scope.known.set(name, known);
    for (const { name, dims, values, type } of graph.initializers)
      scope.known.set(name, { shape: dims, values, type, constant: true });
    const declared = new Map([...graph.values, ...graph.outputs].map(({ name, dims }) => [name, dims]));
    for (const node of inOrder(graph.nodes)) {
      const outputs = this.visit(node, scope, runs);
      for (const [i, name] of node.outputs.entries()) {
        if (name === "") continue;
        scope.known.set(name, refined(outputs[i] ?? UNKNOWN, this.declared(declared.get(name))));
      }
    }
    return graph.outputs.map(({ name }) => find(scope, name));
  }

  /** A new scope within another, whose names it sees unless it is `closed`. */
  private scope(around: Scope | undefined, call: Scope["call"], closed = false): Scope {
    const depth = (around?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH) {
      throw new InputError({
        where: "graph",
        expected: `at most ${MAX_DEPTH} graphs or functions within each other`,
        found: "more",
      });
    }
    return { known: new Map(), outer: closed ? undefined : around, call, depth };
  }

  private visit(node: OnnxNode, scope: Scope, runs: number): readonly Known[] {
    if (++this.visits > MAX_VISITS) {
      throw new InputError({
        where: "graph",
        expected: `at most ${MAX_VISITS} nodes, those of functions at each call`,
        found: "more",
      });
    }
    const key = operatorKey(node.op, node.domain);
    const inputs = node.inputs.map((name) => (name === "" ? undefined : find(scope, name)));
    const view: NodeView = {
      op: node.op,
      opset: this.model.opsets.get(node.domain) ?? 1,
      inputs,
      outputs: node.outputs.length,
      attribute: (name) => attributeOf(node, name, scope),
    };
    const contract = CONTRACTIONS.get(key);
    if (contract) {
      const result = contract(view);
      this.ledger.contraction(key, layerName(node), result, runs);
      return result.outputs;
    }
    const plain = OPERATORS.get(key);
    if (plain) {
      const outputs = plain.infer(view);
      const constant =
        inputs.length > 0 && inputs.every((input) => input === undefined || input.constant === true);
      this.ledger.beside(key, constant ? 0 : plain.work(view, outputs), runs);
      return constant ? outputs.map((output) => ({ ...output, constant })) : outputs;
    }
    const body = this.functions.get(key);
    if (body) return this.call(body, node, view, scope, runs);
    if (key === "If") return this.choose(view, scope, runs);
    if (key === "Loop") return this.loop(view, scope, runs);
    // Before opset 9, Scan had a batch axis and lengths of sequences.
    if (key === "Scan" && view.opset >= 9) return this.scan(view, scope, runs);
    this.ledger.unread(key, "unknown operator");
    return [];
  }

  /** A function of the model: its body, with the call's tensors and attributes. */
  private call(
    body: OnnxFunction,
    node: OnnxNode,
    view: NodeView,
    scope: Scope,
    runs: number,
  ): readonly Known[] {
    const given = new Map(body.defaults);
    for (const name of node.attributes.keys()) {
      const attribute = view.attribute(name);
      if (attribute) given.set(name, attribute);
    }
    const inner = this.scope(scope, given, true);
    for (const [i, name] of body.inputs.entries()) inner.known.set(name, view.inputs[i] ?? UNKNOWN);
    for (const one of inOrder(body.nodes)) {
      const outputs = this.visit(one, inner, runs);
      for (const [i, name] of one.outputs.entries()) inner.known.set(name, bounded(outputs[i] ?? UNKNOWN));
    }
    return body.outputs.map((name) => find(inner, name));
  }

  /** The branch that a known condition takes; otherwise the one of more work. */
  private choose(view: NodeView, scope: Scope, runs: number): readonly Known[] {
    const [condition] = view.inputs[0]?.values ?? [];
    const taken = condition === undefined || Number.isNaN(condition) ? undefined : condition !== 0;
    const names = ["then_branch", "else_branch"].filter((_, i) => taken === undefined || taken === (i === 0));
    const outer = this.ledger;
    const branches = names.flatMap((name) => {
      const graph = view.attribute(name)?.graph;
      if (!graph) return [];
      this.ledger = new Ledger();
      return [{ outputs: this.graph(graph, new Map(), scope, runs), ledger: this.ledger }];
    });
    this.ledger = outer;
    const [first, second] = branches;
    if (!first) return [];
    const chosen = second && second.ledger.total() > first.ledger.total() ? second : first;
    outer.add(chosen.ledger);
    if (!second) return chosen.outputs;
    return first.outputs.map((output, i) => ({ shape: agreed(output.shape, second.outputs[i]?.shape) }));
  }

  private loop(view: NodeView, scope: Scope, runs: number): readonly Known[] {
    const body = view.attribute("body")?.graph;
    if (!body) return [];
    const [trips = Number.NaN] = view.inputs[0]?.values ?? [];
    const known = Number.isInteger(trips) && trips >= 0 && trips < 2 ** 24;
    if (!known) this.ledger.unread("Loop", "number of iterations not known: counted once");
    const carried = view.inputs.slice(2);
    const inputs = new Map<string, Known>();
    const names = body.inputs.map(({ name }) => name);
    if (names[0] !== undefined) inputs.set(names[0], { shape: [] });
    if (names[1] !== undefined) inputs.set(names[1], { shape: [] });
    for (const [i, input] of carried.entries()) {
      const name = names[i + 2];
      if (name !== undefined) inputs.set(name, { shape: input?.shape });
    }
    const [, ...outputs] = this.graph(body, inputs, scope, known ? runs * trips : runs);
    return outputs.map(({ shape }, i) => {
      if (i < carried.length) return { shape: agreed(shape, carried[i]?.shape) };
      return { shape: shape && [known ? trips : Number.NaN, ...shape] };
    });
  }

  private scan(view: NodeView, scope: Scope, runs: number): readonly Known[] {
    const body = view.attribute("body")?.graph;
    const scanned = view.attribute("num_scan_inputs")?.number ?? 0;
    const states = view.inputs.length - scanned;
    if (!body || states < 0) return [];
    const axes = view.attribute("scan_input_axes")?.numbers ?? [];
    const inputs = new Map<string, Known>();
    let trips = Number.NaN;
    for (const [i, input] of view.inputs.entries()) {
      const name = body.inputs[i]?.name;
      const { shape } = input ?? UNKNOWN;
      if (name === undefined) continue;
      if (i < states) {
        inputs.set(name, { shape });
        continue;
      }
      const axis = axes[i - states] ?? 0;
      const place = axis < 0 ? axis + (shape?.length ?? 0) : axis;
      trips = shape?.[place] ?? Number.NaN;
      inputs.set(name, { shape: shape?.toSpliced(place, 1) });
    }
    const known = Number.isInteger(trips);
    if (!known) this.ledger.unread("Scan", "number of iterations not known: counted once");
    const outputs = this.graph(body, inputs, scope, known ? runs * trips : runs);
    return outputs.map(({ shape }, i) => ({ shape: i < states ? shape : shape && [trips, ...shape] }));
  }

  private declared(dims: readonly (number | string | undefined)[] | undefined): Shape | undefined {
    return dims && dims.length <= MAX_RANK ? dims.map(this.sizes) : undefined;
  }
}

function find(scope: Scope, name: string): Known {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const known = at.known.get(name);
    if (known) return known;
  }
  return UNKNOWN;
}

/** An attribute of a node, or the one of the function's call that it refers to. */
function attributeOf(node: OnnxNode, name: string, { call }: Scope): OnnxAttribute | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.reference ? call?.get(attribute.reference) : attribute;
}

/** What was inferred, with sizes that are not known taken from what the exporter declared. */
function refined(known: Known, declared: Shape | undefined): Known {
  const { shape } = bounded(known);
  if (!declared || (shape && shape.length !== declared.length)) return bounded(known);
  return {
    ...bounded(known),
    shape: declared.map((size, axis) =>
      Number.isNaN(shape?.[axis] ?? Number.NaN) ? size : (shape?.[axis] ?? size),
    ),
  };
}

/** A shape that grew beyond any real rank is given up; numbers that do not fill their shape are too. */
function bounded(known: Known): Known {
  const { shape, values } = known;
  if (shape && shape.length > MAX_RANK) return UNKNOWN;
  if (values && values.length !== elements(shape ?? [Number.NaN])) return { ...known, values: undefined };
  return known;
}

/** Sizes that two possible shapes have in common. */
function agreed(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (!a || !b || a.length !== b.length) return undefined;
  return a.map((size, axis) => (size === b[axis] ? size : Number.NaN));
}

/** Nodes need no name; their outputs have one. */
function layerName({ name, op, outputs }: OnnxNode): string {
  const text = name || outputs.find((output) => output !== "") || op;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "_").slice(0, 120);
}
