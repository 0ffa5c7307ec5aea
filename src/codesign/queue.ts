/** A queue that gives the entry of the least key first, of equal keys that of the lesser tie, then the one put in first. */
export class PriorityQueue<T> {
  private readonly heap: {
    readonly key: number;
    readonly tie: number;
    readonly order: number;
    readonly value: T;
  }[] = [];
  private added = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Least key; Infinity if the queue is empty. */
  get least(): number {
    return this.heap[0]?.key ?? Number.POSITIVE_INFINITY;
  }

  /** The least key and its tie, or undefined if the queue is empty. */
  peek(): { readonly key: number; readonly tie: number } | undefined {
    return this.heap[0];
  }

  push(key: number, value: T, tie = 0): void {
    const { heap } = this;
    let at = heap.length;
    heap.push({ key, tie, order: this.added++, value });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first?.value;
    heap[0] = last;
    for (let at = 0; ; ) {
      let next = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.before(child, next)) next = child;
      }
      if (next === at) return first.value;
      this.swap(at, next);
      at = next;
    }
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.heap[a], this.heap[b]];
    if (!x || !y) return false;
    if (x.key !== y.key) return x.key < y.key;
    return x.tie < y.tie || (x.tie === y.tie && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    const held = heap[a] as (typeof heap)[number];
    heap[a] = heap[b] as (typeof heap)[number];
    heap[b] = held;
  }
}
