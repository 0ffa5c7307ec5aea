// Node: every memory size of a grid for two networks on all cores, each config with its proven best mappings, as CSV.
//
//   node examples/node-sweep.js > sweep.csv
import { builtinWorkload, createJobPool, EDP, hardwareGrid, sweep } from "polaris-dse";

const grid = hardwareGrid({ peDim: [16], scratchpadKib: [64, 128, 256], accumulatorKib: [16, 32] });
const pool = await createJobPool(2);
try {
  console.log(
    "workload,pe_dim,scratchpad_kib,accumulator_kib,latency_cycles,energy_uj,edp_j_cycles,area_mm2,pareto",
  );
  for (const name of ["bert", "mobilenetv2"]) {
    const { points, pareto } = await sweep(pool, {
      layers: builtinWorkload(name).layers,
      grid,
      objective: EDP,
    });
    for (const [index, { hardware, totals }] of points.entries()) {
      const { peDim, scratchpadKib, accumulatorKib } = hardware;
      const { latencyCycles, energyUj, edpJCycles, areaMm2 } = totals;
      console.log(
        [
          name,
          ...[peDim, scratchpadKib, accumulatorKib],
          ...[latencyCycles, energyUj, edpJCycles, areaMm2],
          pareto.includes(index),
        ].join(),
      );
    }
  }
} finally {
  await pool.close();
}
