/** A value on a tape: its place. */
export type Node = number;

/**
 * Reverse-mode differentiation of scalar expressions: every operation writes its value and its slopes down, and one sweep back
 * gives the gradient by everything (Griewank and Walther, Evaluating Derivatives, 2008, chapter 3).
 *
 * `reset` empties the tape without giving its memory back, for loops that build the same expression again.
 */
export class Tape {
  private values = new Float64Array(4096);
  private slopes = new Float64Array(4096);
  private operands = new Int32Array(2 * 4096);
  private partials = new Float64Array(2 * 4096);
  private length = 0;

  reset(): void {
    this.length = 0;
  }

  value(node: Node): number {
    return this.values[node] as number;
  }

  /** A constant, or a variable to be differentiated by. */
  input(value: number): Node {
    return this.push(value, -1, 0, -1, 0);
  }

  add(a: Node, b: Node): Node {
    return this.push(this.value(a) + this.value(b), a, 1, b, 1);
  }

  subtract(a: Node, b: Node): Node {
    return this.push(this.value(a) - this.value(b), a, 1, b, -1);
  }

  multiply(a: Node, b: Node): Node {
    const [x, y] = [this.value(a), this.value(b)];
    return this.push(x * y, a, y, b, x);
  }

  divide(a: Node, b: Node): Node {
    const [x, y] = [this.value(a), this.value(b)];
    return this.push(x / y, a, 1 / y, b, -x / (y * y));
  }

  /** factor * a + offset */
  scale(a: Node, factor: number, offset = 0): Node {
    return this.push(factor * this.value(a) + offset, a, factor, -1, 0);
  }

  exp(a: Node): Node {
    const value = Math.exp(this.value(a));
    return this.push(value, a, value, -1, 0);
  }

  log(a: Node): Node {
    const value = this.value(a);
    return this.push(Math.log(value), a, 1 / value, -1, 0);
  }

  square(a: Node): Node {
    const value = this.value(a);
    return this.push(value * value, a, 2 * value, -1, 0);
  }

  /** The larger one alone has a slope, of equals the first. */
  max(a: Node, b: Node): Node {
    return this.value(a) >= this.value(b) ? a : b;
  }

  product(...nodes: readonly Node[]): Node {
    return nodes.reduce((product, node) => this.multiply(product, node));
  }

  sum(...nodes: readonly Node[]): Node {
    return nodes.reduce((sum, node) => this.add(sum, node));
  }

  /** Writes d root / d node to `into` for each of the nodes. */
  gradient(root: Node, nodes: readonly Node[], into: Float64Array): void {
    const { slopes, operands, partials } = this;
    slopes.fill(0, 0, this.length);
    slopes[root] = 1;
    for (let node = root; node >= 0; node--) {
      const slope = slopes[node] as number;
      if (slope === 0) continue;
      for (let i = 2 * node; i < 2 * node + 2; i++) {
        const operand = operands[i] as number;
        if (operand < 0) continue;
        slopes[operand] = (slopes[operand] as number) + slope * (partials[i] as number);
      }
    }
    for (const [i, node] of nodes.entries()) into[i] = slopes[node] as number;
  }

  private push(value: number, a: Node, da: number, b: Node, db: number): Node {
    const node = this.length++;
    if (node === this.values.length) this.grow();
    this.values[node] = value;
    this.operands[2 * node] = a;
    this.operands[2 * node + 1] = b;
    this.partials[2 * node] = da;
    this.partials[2 * node + 1] = db;
    return node;
  }

  private grow(): void {
    const longer = <T extends Float64Array | Int32Array>(array: T): T => {
      const copy = new (array.constructor as new (length: number) => T)(2 * array.length);
      copy.set(array);
      return copy;
    };
    this.values = longer(this.values);
    this.slopes = longer(this.slopes);
    this.operands = longer(this.operands);
    this.partials = longer(this.partials);
  }
}
