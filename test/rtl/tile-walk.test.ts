import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { FLAGS, TILE_FIELDS, TILE_WORDS, type TileField } from "../../src/rtl/descriptor.ts";
import type { RtlLayer } from "../../src/rtl/layer.ts";
import { createMachine, type Machine } from "../../src/rtl/machine.ts";
import { createProgram, walkTiles } from "../../src/rtl/program.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

// Descriptors of small layers, worked out on paper.

type Tile = Readonly<Record<TileField, number>>;

function tiles(layer: RtlLayer, mapping: string, change: Partial<Machine> = {}): readonly Tile[] {
  const machine = createMachine(createHardware({ peDim: 4, scratchpadKib: 4, accumulatorKib: 4 }));
  const walk = walkTiles(createProgram({ ...machine, ...change }, layer, parseMapping(mapping)));
  const words = new Int32Array(walk.count * TILE_WORDS);
  assert.equal(walk.write(words), walk.count);
  return Array.from(
    { length: walk.count },
    (_, i) =>
      Object.fromEntries(TILE_FIELDS.map((field, word) => [field, words[i * TILE_WORDS + word]])) as Tile,
  );
}

const names = ({ flags }: Tile): string =>
  Object.entries(FLAGS)
    .filter(([, bit]) => flags & bit)
    .map(([name]) => name)
    .join(" ");

test("a reduction loop inside keeps the sums where they are", () => {
  const walked = tiles(
    { shape: toLayerShape({ K: 8, C: 8 }) },
    "L3[WIO] K2 C2 - L2[WI] N1 K4X - L1[O] N1 C4X - L0[W] N1",
  );

  assert.deepEqual(walked.map(names), [
    "loadInputs loadWeights",
    "loadInputs loadWeights accumulate store inputRegion weightRegion",
    "loadInputs loadWeights outputRegion",
    "loadInputs loadWeights accumulate store inputRegion weightRegion outputRegion",
  ]);
  // Inputs C; weights C K, k innermost; outputs K. 64-byte aligned operands.
  assert.deepEqual(
    walked.map((tile) => [tile.input_address, tile.weight_address, tile.output_index]),
    [
      [0, 64, 0],
      [4, 64 + 32, 0],
      [0, 64 + 4, 4],
      [4, 64 + 36, 4],
    ],
  );
});

test("a reduction loop outside sends sums away and fetches them when they have been stored", () => {
  const walked = tiles(
    { shape: toLayerShape({ K: 12, C: 8 }) },
    "L3[WIO] C2 K3 - L2[WI] N1 K4X - L1[O] N1 C4X - L0[W] N1",
  );

  assert.deepEqual(walked.map(names), [
    "loadInputs loadWeights store storePartials",
    "loadWeights store storePartials weightRegion outputRegion",
    "loadWeights store storePartials",
    "loadInputs loadWeights loadPartials accumulate store inputRegion weightRegion outputRegion",
    "loadWeights loadPartials accumulate store inputRegion",
    "loadWeights loadPartials accumulate store inputRegion weightRegion outputRegion",
  ]);
  assert.deepEqual(
    walked.map((tile) => tile.stored_before),
    [0, 0, 0, 1, 2, 3],
  );
});

test("ragged tiles end with the layer, windows begin in the padding", () => {
  const layer: RtlLayer = {
    shape: toLayerShape({ K: 4, C: 4, P: 5, Q: 3, R: 3, S: 3, Wstride: 2 }),
    padding: { left: 1, top: 1, right: 1, bottom: 0 },
  };
  // The image is 2 x 5 + 1 - 2 = 9 wide and 3 + 2 - 1 = 4 high.
  const walked = tiles(layer, "L3[WIO] P2 - L2[WI] N1 K4X - L1[O] Q3 R3 S3 C4X - L0[W] P3");

  assert.deepEqual(
    walked.map(({ p, window_width, window_x, window_y }) => [p, window_width, window_x, window_y]),
    [
      [3, 7, -1, -1],
      [2, 5, 5, -1],
    ],
  );
  assert.deepEqual(
    walked.map((tile) => tile.input_address),
    [(-9 - 1) * 4, (-9 + 5) * 4],
  );
  assert.deepEqual(
    walked.map(({ input_plane, weight_plane, output_plane, window_output_line, window_tap_line }) => [
      input_plane,
      weight_plane,
      output_plane,
      window_output_line,
      window_tap_line,
    ]),
    [
      [35, 36, 9, 7, 7],
      [25, 36, 6, 5, 5],
    ],
  );
});

test("a memory that holds one tile gives each operand one region", () => {
  const layer: RtlLayer = { shape: toLayerShape({ K: 4, C: 4, P: 4 }) };
  const mapping = "L3[WIO] P2 - L2[WI] N1 K4X - L1[O] N1 C4X - L0[W] P2";

  const rows = (machine: Partial<Machine>): unknown =>
    tiles(layer, mapping, machine).map(({ input_row, weight_row, output_row }) => [
      input_row,
      weight_row,
      output_row,
    ]);

  // A tile has 2 rows of inputs, 4 of weights, 2 of outputs.
  const narrow = [
    [0, 2, 0],
    [0, 2, 0],
  ];
  assert.deepEqual(rows({ scratchpadRows: 6, accumulatorRows: 2 }), narrow);
  assert.deepEqual(rows({ scratchpadRows: 8, accumulatorRows: 4 }), [
    [0, 4, 0],
    [2, 4, 2],
  ]);
});
