/** Indices of the points that no other point beats: at least as small in every objective, smaller in one. */
export function paretoFront(points: readonly (readonly number[])[]): readonly number[] {
  // In lexicographic order only earlier points can dominate later ones, so one pass against the front is enough.
  const order = points
    .map((_, index) => index)
    .sort((a, b) => compare(points[a] ?? [], points[b] ?? []) || a - b);
  const front: number[] = [];
  for (const index of order) {
    const point = points[index] ?? [];
    if (!front.some((other) => dominates(points[other] ?? [], point))) front.push(index);
  }
  return front.sort((a, b) => a - b);
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  let smaller = false;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x > y) return false;
    if (x < y) smaller = true;
  }
  return smaller;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
