/** What a mapping of one layer, or a choice of mappings for a network, costs. */
export interface Point {
  readonly latencyCycles: number;
  readonly energyPj: number;
}

/** The lower-left convex hull of a set of pairs: each vertex the least of latency ^ a x energy ^ b for some a and b. */
export function lowerLeftHull<P extends Point>(points: readonly P[]): P[] {
  const hull: P[] = [];
  const byLatency = [...points].sort((a, b) => a.latencyCycles - b.latencyCycles || a.energyPj - b.energyPj);
  for (const point of byLatency) addToHull(hull, point);
  return hull;
}

/** Adds a point whose latency is no less than that of any before it. */
export function addToHull<P extends Point>(hull: P[], point: P): void {
  const last = hull.at(-1);
  if (last && point.energyPj >= last.energyPj) return;
  if (last?.latencyCycles === point.latencyCycles) hull.pop();
  while (hull.length > 1 && !isConvex(hull.at(-2) as P, hull.at(-1) as P, point)) hull.pop();
  hull.push(point);
}

/** Whether b lies strictly below the line from a to c. */
function isConvex(a: Point, b: Point, c: Point): boolean {
  return (
    (c.latencyCycles - a.latencyCycles) * (b.energyPj - a.energyPj) <
    (c.energyPj - a.energyPj) * (b.latencyCycles - a.latencyCycles)
  );
}
