// Speed of the RTL that comes with the package: simulated cycles per second of CPU time, on one thread.
import { createHardware } from "../src/hardware/hardware.ts";
import { createMachine } from "../src/rtl/machine.ts";
import { loadPrebuilt, PREBUILT_DIMS } from "../src/rtl/prebuilt.node.ts";
import { createProgram, type Program } from "../src/rtl/program.ts";
import { createSimulator, MODES } from "../src/rtl/simulator.ts";
import { fitMachine } from "../src/rtl/tiling.ts";
import { parseMapping } from "../src/space/mapping.ts";
import { toLayerShape } from "../src/workload/layer.ts";

const ROUNDS = 5;

/** ResNet-50's 3x3 convolution of 64 channels at 56 x 56, in four tiles. */
function convolution(dim: number): Program {
  const layer = { shape: toLayerShape({ K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 }), shift: 8 };
  const blocks = 64 / dim;
  const channels = blocks > 1 ? `K${blocks} C${blocks} ` : "";
  const mapping = parseMapping(
    `L3[WIO] Q4 - L2[WI] N1 K${dim}X - L1[O] ${channels}R3 S3 Q14 C${dim}X - L0[W] P56`,
  );
  const hardware = createHardware({ peDim: dim, scratchpadKib: 128, accumulatorKib: 256 });
  return createProgram(fitMachine(createMachine(hardware), layer, mapping), layer, mapping);
}

console.log("dim  mode    start ms  cycles     multipliers busy  Mcycle/s (median, range)");
for (const dim of PREBUILT_DIMS) {
  const program = convolution(dim);
  for (const mode of MODES) {
    const module = await loadPrebuilt(dim, mode);
    const start = performance.now();
    const simulator = await createSimulator(module);
    simulator.run(program, { maxCycles: 1 });
    const startMs = performance.now() - start;

    const speeds: number[] = [];
    let line = "";
    for (let round = 0; round < ROUNDS; round++) {
      const before = process.cpuUsage();
      const { cycles, counters } = simulator.run(program);
      const { user, system } = process.cpuUsage(before);
      speeds.push(cycles / (user + system));
      line = `${cycles}`.padEnd(11) + (counters.macs / dim ** 2 / cycles).toFixed(3).padEnd(18);
    }
    speeds.sort((a, b) => a - b);
    const [least, median, most] = [speeds[0], speeds[ROUNDS >> 1], speeds[ROUNDS - 1]].map((x) =>
      x?.toFixed(2),
    );
    console.log(
      `${dim}`.padEnd(5) +
        mode.padEnd(8) +
        startMs.toFixed(1).padEnd(10) +
        line +
        `${median} (${least} to ${most})`,
    );
  }
}
