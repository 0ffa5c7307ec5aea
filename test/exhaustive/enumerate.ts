// npm run test:exhaustive: every mapping of some layers of middling size, one by one, and what the best of them cost, for
// test/mapper/exhaustive.test.ts to compare the mapper with. Takes some minutes; its answer is kept in test/golden.
import { writeFileSync } from "node:fs";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { priceAll } from "../reference/map-space.ts";

const LAYERS = [
  // From ResNet-50 on Gemmini: conv5_x.3x3, conv4_x.3x3 and conv5_x.1x1b; a matmul; stride, dilation, batch in small memories.
  {
    shape: { K: 512, C: 512, P: 7, Q: 7, R: 3, S: 3 },
    hardware: { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
  },
  {
    shape: { K: 256, C: 256, P: 14, Q: 14, R: 3, S: 3 },
    hardware: { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
  },
  {
    shape: { K: 2048, C: 512, P: 7, Q: 7 },
    hardware: { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
  },
  { shape: { K: 768, C: 192, P: 128 }, hardware: { peDim: 16, scratchpadKib: 8, accumulatorKib: 4 } },
  {
    shape: { K: 16, C: 3, P: 28, Q: 14, R: 3, S: 3, Wstride: 2, Hstride: 2 },
    hardware: { peDim: 4, scratchpadKib: 1, accumulatorKib: 1 },
  },
  {
    shape: { N: 2, K: 12, C: 4, P: 8, Q: 4, R: 4, Wdilation: 2 },
    hardware: { peDim: 4, scratchpadKib: 1, accumulatorKib: 1, bandwidth: "split" as const },
  },
];

const engine = await createEngine(await loadModule(), 4096);
const results = LAYERS.map(({ shape: bounds, hardware: parameters }) => {
  const started = performance.now();
  const shape = toLayerShape(bounds);
  const { points, mappings } = priceAll(engine, shape, createHardware(parameters));
  let least = Number.POSITIVE_INFINITY;
  const pareto = points.filter(([, energy]) => {
    if (energy >= least) return false;
    least = energy;
    return true;
  });
  console.log(
    `${JSON.stringify(bounds)}: ${mappings.toLocaleString("en-US")} mappings, ${pareto.length} on the front, ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  return { shape, hardware: parameters, mappings, pareto };
});
writeFileSync(new URL("../golden/exhaustive.json", import.meta.url), `${JSON.stringify(results)}\n`);
