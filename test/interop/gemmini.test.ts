import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatGemminiConfig,
  formatGemminiHeader,
  gemminiCall,
  gemminiParameters,
} from "../../src/interop/gemmini.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const HARDWARE = { peDim: 16, scratchpadKib: 256, accumulatorKib: 64 };

test("Gemmini's default configuration has the parameters of its own header", () => {
  const parameters = gemminiParameters(HARDWARE);

  assert.equal(
    formatGemminiHeader(parameters),
    "#define DIM 16\n#define BANK_NUM 4\n#define BANK_ROWS 4096\n#define ACC_ROWS 1024\n",
  );
  const config = formatGemminiConfig(parameters);
  assert.match(config, /meshRows = 16,\n {2}meshColumns = 16,/);
  assert.match(
    config,
    /sp_capacity = CapacityInKilobytes\(256\),\n {2}acc_capacity = CapacityInKilobytes\(64\)\n\)/,
  );
});

test("sizes that Gemmini's generator refuses are said, with those that it takes", () => {
  const { notExpressed } = gemminiParameters({ peDim: 12, scratchpadKib: 84, accumulatorKib: 64 });

  assert.match(notExpressed[0] ?? "", /an array of 12 x 12: the side must be a power of two/);
  assert.match(notExpressed[1] ?? "", /a scratchpad of 84 KiB: .* \(64 or 128 KiB would be\)/);
  assert.match(
    formatGemminiHeader(gemminiParameters({ ...HARDWARE, scratchpadKib: 84 })),
    /^\/\/ Not expressed: a scratchpad/,
  );
});

test("a product is tiled_matmul with tiles in units of the array: I rows, J columns, K the inner size", () => {
  const shape = toLayerShape({ P: 128, C: 768, K: 3072 });
  const mapping = parseMapping("L3[WIO] P2 K48 C12 - L2[WI] N1 K16X - L1[O] K4 C4 C16X - L0[W] P64");

  const call = gemminiCall({ name: "ff1", count: 1, shape, mapping }, HARDWARE);

  assert.equal(call.function, "tiled_matmul");
  assert.deepEqual(call.arguments, { dim_I: 128, dim_J: 3072, dim_K: 768, tile_I: 4, tile_J: 4, tile_K: 4 });
  assert.deepEqual(call.notExpressed, ["the order of loops within a tile: the library's own"]);
});

test("a convolution is tiled_conv with rows along the height and columns along the width", () => {
  const shape = toLayerShape({ K: 64, C: 32, P: 28, Q: 14, R: 3, S: 3, Wstride: 2, Hstride: 2 });
  const mapping = parseMapping("L3[WIO] P7 K4 - L2[WI] N1 K16X - L1[O] R3 S3 C2 Q14 C16X - L0[W] P4");

  const call = gemminiCall({ name: "conv", count: 1, shape, mapping }, HARDWARE);

  assert.equal(call.function, "tiled_conv");
  const { porows, pocols, pochs, krows, kcols, kchs, in_row_dim, in_col_dim } = call.arguments;
  assert.deepEqual([porows, pocols, pochs, krows, kcols, kchs], [14, 4, 16, 3, 3, 32]);
  assert.deepEqual([in_row_dim, in_col_dim], [29, 57]);
});

test("what the library cannot be told is said: loop order, a narrow array, strides per axis, tiles that padding makes too large", () => {
  const shape = toLayerShape({ K: 64, C: 32, P: 28, Q: 28, R: 3, S: 1, Wstride: 2 });
  const order = parseMapping("L3[WIO] K16 P28 - L2[WI] N1 K4X - L1[O] R3 Q28 C4 C8X - L0[W] N1");

  const { notExpressed } = gemminiCall({ name: "odd", count: 1, shape, mapping: order }, HARDWARE);

  assert.deepEqual(notExpressed, [
    "a stride of 2 x 1: tiled_conv takes one for both axes",
    "a kernel of 3 x 1: tiled_conv takes one for both axes",
    "DRAM loops K P: the library runs N Q P K S R C, outermost first",
    "the order of loops within a tile: the library's own",
    "4 columns and 8 rows of PEs: the library fills the array where it can",
  ]);
  const large = parseMapping("L3[WIO] N1 - L2[WI] N1 K4X - L1[O] N1 C8X - L0[W] P2048");
  const product = gemminiCall(
    { name: "thin", count: 1, shape: toLayerShape({ P: 2048, K: 4, C: 8 }), mapping: large },
    HARDWARE,
  );
  assert.match(product.notExpressed[0] ?? "", /a tile of 2048 accumulator rows of 1024: rows are padded/);
});
