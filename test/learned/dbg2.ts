import { codesignLearned } from "/work/learned/src/learned/codesign.ts";
import { EDP } from "/work/learned/src/mapper/objective.ts";
import { DEFAULT_STARLIGHT } from "/work/learned/src/surrogate/default-model.ts";
import { loadFastModule } from "/work/learned/src/surrogate/fast-module.ts";
import { parseStarlightModel } from "/work/learned/src/surrogate/model.ts";
import { builtinWorkload } from "/work/learned/src/workload/builtin.ts";
const CAPS: any = { resnet50: 0.75454, bert: 0.499939, retinanet: 1.238952, unet: 1.862173 };
const module = await loadFastModule();
const model = parseStarlightModel(DEFAULT_STARLIGHT, "built-in model", "gemmini-firesim");
const pes = (process.env.PE ?? "2,4,8,16,32,64,128").split(",").map(Number);
for (const name of process.argv.slice(2)) {
  const t0 = process.cpuUsage().user;
  const kib = Array.from({ length: 2048 }, (_, i) => i + 1);
  const r = await codesignLearned(module, model, { workload: builtinWorkload(name), objective: EDP, budgetMs: 120000, space: { arrays: pes.map((peDim) => ({ peDim })), scratchpadKib: kib, accumulatorKib: kib, maxAreaMm2: CAPS[name] }, onProgress: (p) => console.log(((process.cpuUsage().user - t0) / 1e6).toFixed(2), JSON.stringify(p)) });
  console.log(name, r.mapping.hardware, r.mapping.totals, r.optimal, r.gap, r.boxes, r.predicted, r.priced, (process.cpuUsage().user - t0) / 1e6, "s CPU");
}
