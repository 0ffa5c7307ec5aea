import type { Frame } from "../svg/axes.ts";
import { element, label, round, textWidth } from "../svg/element.ts";

/** Something in a plot that is to be named; pixels. */
export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** A rectangle in a plot, pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const SIZE = 10;
/** From a point's middle to a name right beside it. */
const BESIDE = 7;
/** How far off a name may stand, each with a line that leads back. */
const REACH = [18, 28, 40, 54, 70, 90] as const;
/** Directions of those, in twelfths of a turn from the right, clockwise: below first, where roofs are not. */
const DIRECTIONS = [2, 4, 3, 1, 5, 10, 8, 9, 11, 7, 0, 6] as const;

interface Place {
  readonly box: Box;
  /** Where a line that leads to the point ends; none for a name right beside it. */
  readonly lead?: readonly [number, number];
}

/**
 * Names of points, in the order given, where they cover no mark and no other text: beside the point or, where that is crowded, further off with
 * a line that leads back. Names that find no place within reach are left out.
 *
 * @param marks what names must not cover, the points themselves included
 * @param texts what lines must not cross either
 */
export function placeNames(
  points: readonly NamedPoint[],
  marks: readonly Box[],
  texts: readonly Box[],
  frame: Frame,
): readonly string[] {
  const named = [...texts];
  const placed: string[] = [];
  for (const point of points) {
    const place = placesOf(point).find(
      ({ box, lead }) =>
        inside(box, frame) &&
        ![...marks, ...named].some((other) => overlap(box, other)) &&
        !(lead && crosses(point, lead, named)),
    );
    if (!place) continue;
    const { box, lead } = place;
    named.push(box);
    if (lead) {
      const d = `M${round(point.x)} ${round(point.y)}L${round(lead[0])} ${round(lead[1])}`;
      placed.push(element("path", { class: "axis", d }));
    }
    placed.push(label(box.left, box.bottom - 3, point.name, { class: "small halo" }));
  }
  return placed;
}

/** Where a name may stand, the best first. */
function placesOf({ name, x, y }: NamedPoint): readonly Place[] {
  const [width, height] = [textWidth(name, SIZE), SIZE + 2];
  const at = (left: number, top: number): Box => ({ left, right: left + width, top, bottom: top + height });
  const beside = [
    at(x + BESIDE, y - height / 2),
    at(x - BESIDE - width, y - height / 2),
    at(x - width / 2, y + BESIDE - 2),
    at(x - width / 2, y - BESIDE + 2 - height),
  ];
  const further = REACH.flatMap((reach) =>
    DIRECTIONS.map((direction): Place => {
      const angle = (direction * Math.PI) / 6;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const lead = [x + reach * dx, y + reach * dy] as const;
      // The line ends at the middle of the side or corner that faces the point.
      return { box: at(lead[0] + (dx - 1) * 0.5 * width, lead[1] + (dy - 1) * 0.5 * height), lead };
    }),
  );
  return [...beside.map((box) => ({ box })), ...further];
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function inside(box: Box, frame: Frame): boolean {
  return (
    box.left >= frame.left + 2 &&
    box.right <= frame.right &&
    box.top >= frame.top &&
    box.bottom <= frame.bottom - 2
  );
}

/** Whether the line from a point to the end of its lead passes through a text. */
function crosses(
  { x, y }: NamedPoint,
  [endX, endY]: readonly [number, number],
  texts: readonly Box[],
): boolean {
  return Array.from({ length: 9 }, (_, i) => (i + 1) / 10).some((part) => {
    const [px, py] = [x + part * (endX - x), y + part * (endY - y)];
    return texts.some(({ left, right, top, bottom }) => px > left && px < right && py > top && py < bottom);
  });
}

/** The boxes along a line from one place to another, fine enough that no name slips through. */
export function boxesAlong(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): readonly Box[] {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY)) / 4));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const [x, y] = [fromX + (i / steps) * (toX - fromX), fromY + (i / steps) * (toY - fromY)];
    return { left: x - 2, right: x + 2, top: y - 2, bottom: y + 2 };
  });
}
