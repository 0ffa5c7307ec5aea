/** Stage 2: words moved between levels, totals over all instances (two candidates a step, exact in f64). */
import {
  COLUMN, COMPUTE_CYCLES, CORNER_BOUND, CORNER_K, CORNER_PARTNER, INNER_BOUND, INPUT_FILLS, INPUT_NEW, INPUT_OVERLAP, MACS,
  OUTER_BOUNDS, OUTPUT_RELOADS, OUTPUT_WORDS, OUTPUT_WRITEBACKS, REGISTER_FILLS, REGISTER_RELOADS, SPATIAL_C, SPATIAL_K,
  WEIGHT_FILLS, WEIGHT_RELOADS, WEIGHT_WORDS,
} from "../../src/kernels/layout";
import { both, wide } from "../lanes";

/** Product of three neighbouring f32 columns. */
// @ts-ignore: decorator
@inline
function product3(scratch: usize, offset: usize): v128 {
  return f64x2.mul(f64x2.mul(wide(scratch, offset), wide(scratch, offset + COLUMN)), wide(scratch, offset + 2 * COLUMN));
}

export function traffic(context: usize, block: usize, lanes: i32, scratch: usize): void {
  const weightWords = both(context, WEIGHT_WORDS);
  const outputWords = both(context, OUTPUT_WORDS);
  const macs = both(context, MACS);
  const one = f64x2.splat(1);
  let out = scratch;
  for (let end = block + (<usize>lanes << 2); block < end; block += 8, scratch += 8, out += 16) {
    const pes = f64x2.mul(wide(block, SPATIAL_K), wide(block, SPATIAL_C));
    v128.store(out, f64x2.div(macs, pes), COMPUTE_CYCLES);
    v128.store(out, f64x2.mul(weightWords, product3(scratch, WEIGHT_RELOADS)), WEIGHT_FILLS);
    v128.store(out, f64x2.mul(weightWords, product3(scratch, REGISTER_RELOADS)), REGISTER_FILLS);
    v128.store(out, f64x2.mul(outputWords, product3(scratch, OUTPUT_RELOADS)), OUTPUT_WRITEBACKS);

    const outer = f64x2.mul(
      f64x2.mul(product3(scratch, OUTER_BOUNDS), product3(scratch, OUTER_BOUNDS + 3 * COLUMN)),
      wide(scratch, OUTER_BOUNDS + 6 * COLUMN),
    );
    const inner = wide(scratch, INNER_BOUND);
    const overlap = wide(scratch, INPUT_OVERLAP);
    let fills = f64x2.mul(outer, f64x2.add(f64x2.mul(inner, wide(scratch, INPUT_NEW)), overlap));
    const corner = v128.load64_zero(scratch, CORNER_BOUND);
    if (v128.any_true(corner)) {
      const bound = f64x2.promote_low_f32x4(corner);
      const inside = f64x2.mul(f64x2.mul(wide(scratch, CORNER_PARTNER), bound), wide(scratch, CORNER_K));
      const saved = f64x2.mul(f64x2.mul(f64x2.sub(bound, one), f64x2.div(f64x2.mul(outer, inner), inside)), overlap);
      fills = f64x2.sub(fills, saved);
    }
    v128.store(out, fills, INPUT_FILLS);
  }
}
