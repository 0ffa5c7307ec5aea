import { writeFileSync } from "node:fs";

/**
 * The start of a search that is over in a moment: two layers, arrays of 4 and 8 within 0.3 mm2.
 *
 * @param table where the layer table is written
 */
export function smallSearch(table: string, scratchpadKib: string, accumulatorKib: string): readonly string[] {
  const layers = [
    { name: "a", K: 64, C: 32, P: 14, Q: 14, R: 3, S: 3, count: 2 },
    { name: "b", K: 96, C: 64, P: 49 },
  ];
  writeFileSync(table, JSON.stringify({ layers }));
  const space = `--pe 4,8 --scratchpad-kib ${scratchpadKib} --accumulator-kib ${accumulatorKib} --max-area-mm2 0.3`;
  return ["search", table, ...space.split(" "), "--quiet"];
}
