import type { PointRecord } from "../result.ts";

/** What may stand on an axis of a front. */
export const FRONT_AXES = {
  latencyCycles: { key: "latency_cycles", title: "latency (cycles)" },
  energyUj: { key: "energy_uj", title: "energy (µJ)" },
  edpJCycles: { key: "edp_j_cycles", title: "EDP (J × cycles)" },
  areaMm2: { key: "area_mm2", title: "area (mm²)" },
} as const;
export type FrontAxis = keyof typeof FRONT_AXES;

/** Points of a square of the plot, which is one of COLUMNS x ROWS of the logarithmic plane. */
export interface DensityCell {
  readonly column: number;
  readonly row: number;
  readonly count: number;
}

/** All points of a result on two axes, and those that no other beats in both. */
export interface FrontInfo {
  readonly x: FrontAxis;
  readonly y: FrontAxis;
  readonly count: number;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** Rising in x, falling in y. */
  readonly front: readonly PointRecord[];
  /** The rest: one by one while they are few, counted by cells where they would hide each other. */
  readonly others: readonly PointRecord[];
  readonly cells: readonly DensityCell[];
}

/** Points that are drawn one by one; more are counted in cells. */
export const MOST_POINTS = 2000;
export const COLUMNS = 128;
export const ROWS = 80;

export function frontInfo(points: readonly PointRecord[], x: FrontAxis, y: FrontAxis): FrontInfo {
  const front = frontOf(points, x, y);
  const onFront = new Set(front);
  const rest = points.filter((point) => !onFront.has(point));
  const [xRange, yRange] = [rangeOf(points, x), rangeOf(points, y)];
  const many = rest.length > MOST_POINTS;
  return {
    x,
    y,
    count: points.length,
    xRange,
    yRange,
    front,
    others: many ? [] : rest,
    cells: many ? countCells(rest, x, y, xRange, yRange) : [],
  };
}

/** The lower-left staircase: one pass over the points by rising x. */
function frontOf(points: readonly PointRecord[], x: FrontAxis, y: FrontAxis): readonly PointRecord[] {
  const sorted = [...points].sort((a, b) => a[x] - b[x] || a[y] - b[y]);
  const front: PointRecord[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const point of sorted) {
    if (point[y] >= least) continue;
    front.push(point);
    least = point[y];
  }
  return front;
}

function rangeOf(points: readonly PointRecord[], axis: FrontAxis): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const point of points) {
    least = Math.min(least, point[axis]);
    most = Math.max(most, point[axis]);
  }
  return [least, most];
}

function countCells(
  points: readonly PointRecord[],
  x: FrontAxis,
  y: FrontAxis,
  xRange: readonly [number, number],
  yRange: readonly [number, number],
): readonly DensityCell[] {
  const counts = new Uint32Array(COLUMNS * ROWS);
  const place = (value: number, [least, most]: readonly [number, number], cells: number): number =>
    most > least
      ? Math.min(cells - 1, Math.floor((cells * Math.log(value / least)) / Math.log(most / least)))
      : 0;
  for (const point of points) {
    const cell = place(point[y], yRange, ROWS) * COLUMNS + place(point[x], xRange, COLUMNS);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const cells: DensityCell[] = [];
  for (const [cell, count] of counts.entries()) {
    if (count > 0) cells.push({ column: cell % COLUMNS, row: Math.floor(cell / COLUMNS), count });
  }
  return cells;
}
