// Layers a second of the event-driven model of our RTL, on the mappings that `polaris map` finds: npm run bench:machine
import { MachineModel } from "../src/fidelity/machine-model.ts";
import { createMachine } from "../src/rtl/machine.ts";
import { toTiling } from "../src/rtl/tiling.ts";
import {
  builtinWorkload,
  createHardware,
  EDP,
  loadModule,
  mapNetwork,
  parseMapping,
} from "../src/starlight.ts";
import { median } from "../src/tune/ranks.ts";

const HARDWARE = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
const ROUNDS = 9;
const BATCHES = 40;

const module = await loadModule();
const model = new MachineModel(module);
for (const name of ["resnet50", "bert", "retinanet", "unet"]) {
  const { layers } = builtinWorkload(name);
  const best = await mapNetwork(module, { layers, hardware: HARDWARE, objective: EDP });
  const machine = createMachine(createHardware(HARDWARE));
  let tiles = 0;
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // CPU time: other work on the machine must not count.
    let microseconds = 0;
    for (const { mapping, shape } of best.layers) {
      const tiling = toTiling(parseMapping(mapping), { shape });
      model.open(machine, shape);
      for (let i = 0; i < model.capacity; i++) model.write(i, tiling);
      const { user } = process.cpuUsage();
      for (let batch = 0; batch < BATCHES; batch++) model.simulate(model.capacity);
      microseconds += process.cpuUsage().user - user;
      if (round === 0) tiles += model.counters(0).tiles;
    }
    const simulated = best.layers.length * BATCHES * model.capacity;
    if (round > 0) rates.push((1e6 * simulated) / microseconds);
  }
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map((rate) => Math.round(rate / 1e3));
  console.log(
    `${name}: ${Math.round(median(rates) / 1e3)} thousand evaluations/s (${least} to ${most}), ${best.layers.length} layers of ${Math.round(tiles / best.layers.length)} tiles`,
  );
}
