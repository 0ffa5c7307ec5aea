import { loadModule } from "#kernels";
import { createAnalyticalEvaluator } from "../../src/fidelity/analytical.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";

const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
const shape = toLayerShape({ K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 });
const sample = createMappingSampler(shape, hardware);
const rng = createRng(1);
const raw = new RawMapping();

testEvaluator("analytical", {
  create: async () => createAnalyticalEvaluator(await createEngine(await loadModule())),
  valid: Array.from({ length: 8 }, () => {
    sample(rng, raw);
    return { shape, hardware, mapping: toMapping(raw) };
  }),
  invalid: {
    shape,
    hardware,
    mapping: parseMapping("L3[WIO] K64 C64 P56 Q56 R3 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
  },
});
