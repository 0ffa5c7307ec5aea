// npm run study:padding: what padding is worth and what it takes, on fixed hardware and in the co-design. The analytical model's EDP.
import { cpus } from "node:os";
import { loadModule } from "#kernels";
import { codesign } from "../src/codesign/codesign.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { mapNetwork } from "../src/mapper/map-network.ts";
import { EDP } from "../src/mapper/objective.ts";
import { BUILTIN_WORKLOADS, builtinWorkload } from "../src/workload/builtin.ts";

/** Area caps in mm2: those of DOSA's published designs, and one for the others. */
const CAPS = { resnet50: 0.75454, bert: 0.499939, retinanet: 1.238952, unet: 1.862173 };
const CAP = 0.75;
const SIZES = Array.from({ length: 2048 }, (_, i) => i + 1);
const ARRAYS = {
  "powers of two": [2, 4, 8, 16, 32, 64, 128],
  "2 to 128": Array.from({ length: 127 }, (_, i) => i + 2),
};
const SEARCHED = ["resnet50", "bert", "gpt2", "vit-b16"];
const ROUNDS = 3;

const module = await loadModule();
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
);

console.log("\nmap, 128 + 32 KiB: EDP without padding / with, layers padded");
for (const { name, layers } of BUILTIN_WORKLOADS.values()) {
  const cells = [];
  for (const peDim of [16, 32]) {
    const hardware = { peDim, scratchpadKib: 128, accumulatorKib: 32 };
    const without = await mapNetwork(module, { layers, hardware, objective: EDP });
    const padded = await mapNetwork(module, { layers, hardware, objective: EDP, allowPadding: true });
    const ratio = without.totals.edpJCycles / padded.totals.edpJCycles;
    const names = padded.layers.filter(({ paddedFrom }) => paddedFrom).map((layer) => layer.name);
    cells.push(`${peDim}x${peDim} ${ratio.toFixed(4)} ${names.length} of ${layers.length}`);
  }
  console.log(`  ${name.padEnd(18)} ${cells.join("   ")}`);
}

console.log(`\nsearch, memories of 1 to 2048 KiB, two workers: least of ${ROUNDS} times`);
const pool = await createJobPool(2);
try {
  for (const [arrays, peDims] of Object.entries(ARRAYS)) {
    for (const name of SEARCHED) {
      const maxAreaMm2 = CAPS[name as keyof typeof CAPS] ?? CAP;
      const found = new Map<
        boolean,
        { readonly edp: number; readonly seconds: number; readonly text: string }
      >();
      // In turns, so that neither has the warmer engine.
      for (const allowPadding of Array.from({ length: 2 * ROUNDS }, (_, i) => i % 2 === 1)) {
        const started = performance.now();
        const { hardware, networks, optimal, evaluated } = await codesign(pool, {
          workloads: [builtinWorkload(name)],
          space: {
            arrays: peDims.map((peDim) => ({ peDim })),
            scratchpadKib: SIZES,
            accumulatorKib: SIZES,
            maxAreaMm2,
          },
          objective: EDP,
          allowPadding,
        });
        const seconds = (performance.now() - started) / 1000;
        const edp = networks[0]?.totals.edpJCycles ?? Number.NaN;
        const { peDim, scratchpadKib, accumulatorKib } = hardware;
        const text = `${peDim}x${peDim} ${scratchpadKib} + ${accumulatorKib} KiB, EDP ${edp.toPrecision(6)}, optimal ${optimal}, ${(evaluated / 1e6).toFixed(1)} M priced`;
        const least = Math.min(seconds, found.get(allowPadding)?.seconds ?? seconds);
        found.set(allowPadding, { edp, seconds: least, text });
      }
      const [without, padded] = [found.get(false), found.get(true)];
      if (!without || !padded) continue;
      console.log(`  ${name}, ${arrays}, at most ${maxAreaMm2} mm2`);
      console.log(`    without: ${without.text}, ${without.seconds.toFixed(2)} s`);
      console.log(`    padding: ${padded.text}, ${padded.seconds.toFixed(2)} s`);
      console.log(
        `    EDP without / with ${(without.edp / padded.edp).toFixed(4)}, time with / without ${(padded.seconds / without.seconds).toFixed(1)}`,
      );
    }
  }
} finally {
  await pool.close();
}
