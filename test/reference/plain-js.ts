// The analytical kernel as a careful person writes it in plain JavaScript: one candidate at a time, f64, the same columns in and
// out, no allocation. It is the yardstick of bench/ and a second opinion, to the bit, on every kernel build.
import * as at from "../../src/kernels/layout.ts";

const NONE = 15;

export function createPlainJs(
  memory: WebAssembly.Memory,
): (context: number, block: number, count: number) => void {
  const f32 = new Float32Array(memory.buffer);
  const f64 = new Float64Array(memory.buffer);
  const u32 = new Uint32Array(memory.buffer);
  return (context, block, count) => {
    const c = context >> 3;
    const g = context >> 2;
    const macs = f64[c + (at.MACS >> 3)] as number;
    const weightWords = f64[c + (at.WEIGHT_WORDS >> 3)] as number;
    const outputWords = f64[c + (at.OUTPUT_WORDS >> 3)] as number;
    const dramBandwidth = f64[c + (at.DRAM_BANDWIDTH >> 3)] as number;
    const padShared = f64[c + (at.SCRATCHPAD_SHARED_BANDWIDTH >> 3)] as number;
    const padRead = f64[c + (at.SCRATCHPAD_READ_BANDWIDTH >> 3)] as number;
    const padWrite = f64[c + (at.SCRATCHPAD_WRITE_BANDWIDTH >> 3)] as number;
    const accShared = f64[c + (at.ACCUMULATOR_SHARED_BANDWIDTH >> 3)] as number;
    const accRead = f64[c + (at.ACCUMULATOR_READ_BANDWIDTH >> 3)] as number;
    const accWrite = f64[c + (at.ACCUMULATOR_WRITE_BANDWIDTH >> 3)] as number;
    const macPj = f64[c + (at.MAC_ENERGY >> 3)] as number;
    const registerPj = f64[c + (at.REGISTER_ENERGY >> 3)] as number;
    const accumulatorPj = f64[c + (at.ACCUMULATOR_ENERGY >> 3)] as number;
    const scratchpadPj = f64[c + (at.SCRATCHPAD_ENERGY >> 3)] as number;
    const dramPj = f64[c + (at.DRAM_ENERGY >> 3)] as number;
    const wStride = f32[g + (at.W_STRIDE >> 2)] as number;
    const hStride = f32[g + (at.H_STRIDE >> 2)] as number;
    const wDilation = f32[g + (at.W_DILATION >> 2)] as number;
    const hDilation = f32[g + (at.H_DILATION >> 2)] as number;
    const padWords = f32[g + (at.SCRATCHPAD_WORDS >> 2)] as number;
    const accWords = f32[g + (at.ACCUMULATOR_WORDS >> 2)] as number;
    const registerWords = f32[g + (at.REGISTER_WORDS >> 2)] as number;
    const peDim = f32[g + (at.PE_DIM >> 2)] as number;

    for (let i = 0; i < count; i++) {
      const base = block + Math.floor(i / at.LANES) * at.BLOCK_BYTES;
      const lane = (base >> 2) + (i % at.LANES);
      const order3 = u32[lane + (at.ORDER_DRAM >> 2)] as number;
      const order2 = u32[lane + (at.ORDER_SCRATCHPAD >> 2)] as number;
      const order1 = u32[lane + (at.ORDER_ACCUMULATOR >> 2)] as number;
      const spatialK = f32[lane + (at.SPATIAL_K >> 2)] as number;
      const spatialC = f32[lane + (at.SPATIAL_C >> 2)] as number;

      // Factors: d at DRAM, p at the scratchpad, a at the accumulator, r in the registers.
      const dN = f32[lane + ((at.DRAM + at.N * at.COLUMN) >> 2)] as number;
      const dK = f32[lane + ((at.DRAM + at.K * at.COLUMN) >> 2)] as number;
      const dC = f32[lane + ((at.DRAM + at.C * at.COLUMN) >> 2)] as number;
      const dP = f32[lane + ((at.DRAM + at.P * at.COLUMN) >> 2)] as number;
      const dQ = f32[lane + ((at.DRAM + at.Q * at.COLUMN) >> 2)] as number;
      const dR = f32[lane + ((at.DRAM + at.R * at.COLUMN) >> 2)] as number;
      const dS = f32[lane + ((at.DRAM + at.S * at.COLUMN) >> 2)] as number;
      const pN = f32[lane + ((at.SCRATCHPAD + at.N * at.COLUMN) >> 2)] as number;
      const pK = f32[lane + ((at.SCRATCHPAD + at.K * at.COLUMN) >> 2)] as number;
      const pC = f32[lane + ((at.SCRATCHPAD + at.C * at.COLUMN) >> 2)] as number;
      const pP = f32[lane + ((at.SCRATCHPAD + at.P * at.COLUMN) >> 2)] as number;
      const pQ = f32[lane + ((at.SCRATCHPAD + at.Q * at.COLUMN) >> 2)] as number;
      const pR = f32[lane + ((at.SCRATCHPAD + at.R * at.COLUMN) >> 2)] as number;
      const pS = f32[lane + ((at.SCRATCHPAD + at.S * at.COLUMN) >> 2)] as number;
      const aN = f32[lane + ((at.ACCUMULATOR + at.N * at.COLUMN) >> 2)] as number;
      const aK = f32[lane + ((at.ACCUMULATOR + at.K * at.COLUMN) >> 2)] as number;
      const aC = f32[lane + ((at.ACCUMULATOR + at.C * at.COLUMN) >> 2)] as number;
      const aP = f32[lane + ((at.ACCUMULATOR + at.P * at.COLUMN) >> 2)] as number;
      const aQ = f32[lane + ((at.ACCUMULATOR + at.Q * at.COLUMN) >> 2)] as number;
      const aR = f32[lane + ((at.ACCUMULATOR + at.R * at.COLUMN) >> 2)] as number;
      const aS = f32[lane + ((at.ACCUMULATOR + at.S * at.COLUMN) >> 2)] as number;
      const rN = f32[lane + ((at.REGISTER + at.N * at.COLUMN) >> 2)] as number;
      const rK = f32[lane + ((at.REGISTER + at.K * at.COLUMN) >> 2)] as number;
      const rC = f32[lane + ((at.REGISTER + at.C * at.COLUMN) >> 2)] as number;
      const rP = f32[lane + ((at.REGISTER + at.P * at.COLUMN) >> 2)] as number;
      const rQ = f32[lane + ((at.REGISTER + at.Q * at.COLUMN) >> 2)] as number;
      const rR = f32[lane + ((at.REGISTER + at.R * at.COLUMN) >> 2)] as number;
      const rS = f32[lane + ((at.REGISTER + at.S * at.COLUMN) >> 2)] as number;

      // Ranks of the loops; NONE for a bound of 1.
      const r3N = dN > 1 ? (order3 >>> (4 * at.N)) & 15 : NONE;
      const r3K = dK > 1 ? (order3 >>> (4 * at.K)) & 15 : NONE;
      const r3C = dC > 1 ? (order3 >>> (4 * at.C)) & 15 : NONE;
      const r3P = dP > 1 ? (order3 >>> (4 * at.P)) & 15 : NONE;
      const r3Q = dQ > 1 ? (order3 >>> (4 * at.Q)) & 15 : NONE;
      const r3R = dR > 1 ? (order3 >>> (4 * at.R)) & 15 : NONE;
      const r3S = dS > 1 ? (order3 >>> (4 * at.S)) & 15 : NONE;
      const r2N = pN > 1 ? (order2 >>> (4 * at.N)) & 15 : NONE;
      const r2K = pK > 1 ? (order2 >>> (4 * at.K)) & 15 : NONE;
      const r2C = pC > 1 ? (order2 >>> (4 * at.C)) & 15 : NONE;
      const r2P = pP > 1 ? (order2 >>> (4 * at.P)) & 15 : NONE;
      const r2Q = pQ > 1 ? (order2 >>> (4 * at.Q)) & 15 : NONE;
      const r2R = pR > 1 ? (order2 >>> (4 * at.R)) & 15 : NONE;
      const r2S = pS > 1 ? (order2 >>> (4 * at.S)) & 15 : NONE;
      const r1N = aN > 1 ? (order1 >>> (4 * at.N)) & 15 : NONE;
      const r1K = aK > 1 ? (order1 >>> (4 * at.K)) & 15 : NONE;
      const r1C = aC > 1 ? (order1 >>> (4 * at.C)) & 15 : NONE;
      const r1P = aP > 1 ? (order1 >>> (4 * at.P)) & 15 : NONE;
      const r1Q = aQ > 1 ? (order1 >>> (4 * at.Q)) & 15 : NONE;
      const r1R = aR > 1 ? (order1 >>> (4 * at.R)) & 15 : NONE;
      const r1S = aS > 1 ? (order1 >>> (4 * at.S)) & 15 : NONE;

      // Weights into the scratchpad.
      const firstW3 = Math.min(r3R, r3S, r3C, r3K);
      const weightFills =
        weightWords * (r3P < firstW3 ? 1 : dP) * (r3Q < firstW3 ? 1 : dQ) * (r3N < firstW3 ? 1 : dN);

      // Weights into the registers: outer levels are stationary only while no inner one has a relevant loop.
      const firstW1 = Math.min(r1R, r1S, r1C, r1K);
      const firstW2 = firstW1 < NONE ? -1 : Math.min(r2R, r2S, r2C, r2K);
      const outerW3 = firstW2 === NONE ? firstW3 : -1;
      const registerFills =
        weightWords *
        (r1P < firstW1 ? 1 : aP) *
        (r1Q < firstW1 ? 1 : aQ) *
        (r1N < firstW1 ? 1 : aN) *
        (r2P < firstW2 ? 1 : pP) *
        (r2Q < firstW2 ? 1 : pQ) *
        (r2N < firstW2 ? 1 : pN) *
        (r3P < outerW3 ? 1 : dP) *
        (r3Q < outerW3 ? 1 : dQ) *
        (r3N < outerW3 ? 1 : dN);

      // Outputs out of the accumulator.
      const firstO2 = Math.min(r2P, r2Q, r2K, r2N);
      const firstO3 = firstO2 === NONE ? Math.min(r3P, r3Q, r3K, r3N) : -1;
      const writebacks =
        outputWords *
        (r2R < firstO2 ? 1 : pR) *
        (r2S < firstO2 ? 1 : pS) *
        (r2C < firstO2 ? 1 : pC) *
        (r3R < firstO3 ? 1 : dR) *
        (r3S < firstO3 ? 1 : dS) *
        (r3C < firstO3 ? 1 : dC);

      // Inputs into the scratchpad: a sliding window along the innermost DRAM loop.
      const tN = pN * aN * rN;
      const tK = pK * aK * rK * spatialK;
      const tC = pC * aC * rC * spatialC;
      const tP = pP * aP * rP;
      const tQ = pQ * aQ * rQ;
      const tR = pR * aR * rR;
      const tS = pS * aS * rS;
      const width = (tP - 1) * wStride + (tR - 1) * wDilation + 1;
      const height = (tQ - 1) * hStride + (tS - 1) * hDilation + 1;
      const tile = width * height * tC * tN;
      const sP = tP * wStride;
      const sR = tR * wDilation;
      const sQ = tQ * hStride;
      const sS = tS * hDilation;
      const inner = Math.min(r3N, r3K, r3C, r3P, r3Q, r3R, r3S);
      const none = inner === NONE;
      const innerBound = none
        ? 1
        : inner === r3K
          ? dK
          : inner === r3P
            ? dP
            : inner === r3R
              ? dR
              : inner === r3Q
                ? dQ
                : inner === r3S
                  ? dS
                  : inner === r3C
                    ? dC
                    : dN;
      const overlapW = none ? width : inner === r3P ? width - sP : inner === r3R ? width - sR : width;
      const overlapH = none ? height : inner === r3Q ? height - sQ : inner === r3S ? height - sS : height;
      const planes = !none && (inner === r3C || inner === r3N) ? 0 : tC * tN;
      const overlap = Math.max(0, overlapW) * Math.max(0, overlapH) * planes;
      const loops = dN * dK * dC * dP * dQ * dR * dS;
      const outer = loops / innerBound;
      let inputFills = outer * (innerBound * (tile - overlap) + overlap);
      if (r3P < NONE && r3R < NONE && Math.max(r3P, r3R) < Math.min(r3N, r3C, r3Q, r3S)) {
        const step = r3P < r3R ? sP : sR;
        const next = r3P < r3R ? sR : sP;
        const bound = r3P < r3R ? dR : dP;
        if (next === (r3K < Math.min(r3P, r3R) ? step : 2 * step)) {
          const inside = dP * dR * (r3K < Math.max(r3P, r3R) ? dK : 1);
          inputFills -= (bound - 1) * (loops / inside) * overlap;
        }
      } else if (r3Q < NONE && r3S < NONE && Math.max(r3Q, r3S) < Math.min(r3N, r3C, r3P, r3R)) {
        const step = r3Q < r3S ? sQ : sS;
        const next = r3Q < r3S ? sS : sQ;
        const bound = r3Q < r3S ? dS : dQ;
        if (next === (r3K < Math.min(r3Q, r3S) ? step : 2 * step)) {
          const inside = dQ * dS * (r3K < Math.max(r3Q, r3S) ? dK : 1);
          inputFills -= (bound - 1) * (loops / inside) * overlap;
        }
      }

      // Latency.
      const compute = macs / (spatialK * spatialC);
      const weightRate = weightFills / compute;
      const inputRate = inputFills / compute;
      const outputReads = writebacks - outputWords;
      const dram = dramBandwidth / (writebacks / compute + (weightRate + inputRate + outputReads / compute));
      const padReads = registerFills / compute + spatialC;
      const padWrites = weightRate + inputRate;
      const accReads = (compute - outputWords / spatialK) / compute;
      const accWrites = (compute + writebacks / spatialK) / compute;
      const pad =
        padShared > 0
          ? padShared / (padWrites + padReads)
          : Math.min(padRead / padReads, padWrite / padWrites);
      const acc =
        padShared > 0
          ? accShared / (accWrites + accReads)
          : Math.min(accRead / accReads, accWrite / accWrites);
      const slowest = Math.min(1, acc, pad, dram);
      const cycles = Math.ceil(compute / slowest);
      let status = slowest === 1 ? 0 : slowest === acc ? 1 : slowest === pad ? 2 : 3;

      // Energy.
      const updates = compute * spatialK;
      const energy =
        macs * macPj +
        (macs + registerFills) * registerPj +
        (updates - outputWords + updates + writebacks) * accumulatorPj +
        (Math.ceil(registerFills / peDim) +
          Math.ceil((compute * spatialC) / peDim) +
          (Math.ceil(weightFills / peDim) + Math.ceil(inputFills / peDim))) *
          scratchpadPj +
        (Math.ceil(weightFills / 64) +
          Math.ceil(inputFills / 64) +
          (Math.ceil(outputReads / 64) + Math.ceil(writebacks / 64))) *
          dramPj;

      // Capacity.
      if (tR * tS * (tC * tK) + tile > padWords) status |= at.OVER_SCRATCHPAD;
      if (aP * rP * aQ * rQ * aK * rK * aN * rN > accWords) {
        status |= at.OVER_ACCUMULATOR;
      }
      if (rR * rS * rC * rK > registerWords) status |= at.OVER_REGISTER;
      if (spatialC > peDim) status |= at.OVER_PE_ROWS;
      if (spatialK > peDim) status |= at.OVER_PE_COLUMNS;

      const feasible = (status & at.INFEASIBLE_MASK) === 0;
      const out = (base >> 3) + (i % at.LANES);
      f64[out + (at.LATENCY_CYCLES >> 3)] = feasible ? cycles : Number.POSITIVE_INFINITY;
      f64[out + (at.ENERGY_PJ >> 3)] = feasible ? energy : Number.POSITIVE_INFINITY;
      f64[out + (at.EDP_J_CYCLES >> 3)] = feasible ? energy * 1e-12 * cycles : Number.POSITIVE_INFINITY;
      u32[lane + (at.STATUS >> 2)] = status;
    }
  };
}
