// npm run study:firesim: DOSA's published designs for Gemmini, as FireSim measured them, against the best mappings by Starlight (profile
// gemmini-firesim) on the same hardware, and the best hardware with a 16x16 array of no more area. What is ours is predicted, not measured.
// POLARIS_DATA names the folder of the table.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModule } from "#kernels";
import { DEFAULT_EVENT_MODEL } from "../src/event/default-model.ts";
import { createEventEvaluator } from "../src/event/evaluator.ts";
import { parseEventModel } from "../src/event/model.ts";
import { createEngine } from "../src/fidelity/engine.ts";
import { area } from "../src/hardware/area.ts";
import { createHardware, type HardwareParameters } from "../src/hardware/hardware.ts";
import { codesignLearned } from "../src/learned/codesign.ts";
import { type LearnedMapping, mapLearnedNetwork } from "../src/learned/map-network.ts";
import { EDP } from "../src/mapper/objective.ts";
import { parseMapping } from "../src/space/mapping.ts";
import { builtinStarlight } from "../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../src/surrogate/engine.ts";
import { loadFastModule } from "../src/surrogate/fast-module.ts";
import { type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { builtinWorkload } from "../src/workload/builtin.ts";
import { shapeKey } from "../src/workload/layer.ts";

const TABLE = "firesim-gemmini-optimised.csv";
const folder = process.env["POLARIS_DATA"] ?? "../shared/data";
const file = join(folder, TABLE);
if (!existsSync(file)) {
  console.log(`skipped: ${file} is not there; POLARIS_DATA names the folder of ${TABLE}`);
  process.exit();
}
const plain = await loadModule();
const module = await loadFastModule();
const model = await builtinStarlight("gemmini-firesim");
const starlight = await createStarlightEngine(module, model, 1);
const analytical = await createEngine(plain, 64);
const event = createEventEvaluator(plain, analytical, parseEventModel(DEFAULT_EVENT_MODEL, "built-in model"));
const rows = parseDataset(readFileSync(file, "utf8"), file, analytical);

/** Rows that are one design: the layers of a network once each, on one accelerator. */
function designsOf(network: string): readonly (readonly MeasuredRow[])[] {
  const { layers } = builtinWorkload(network);
  const byHardware = new Map<string, MeasuredRow[][]>();
  for (const row of rows) {
    if (row.network !== network) continue;
    const { peDim, scratchpadWords, accumulatorWords } = row.hardware;
    const key = `${peDim} ${scratchpadWords} ${accumulatorWords}`;
    const designs = byHardware.get(key) ?? [];
    byHardware.set(key, designs);
    const open = designs.find((design) => design.every(({ layer }) => layer !== row.layer));
    if (open) open.push(row);
    else designs.push([row]);
  }
  const shapes = new Set(layers.map(({ shape }) => shapeKey(shape)));
  return [...byHardware.values()].flat().filter((design) => design.length === shapes.size);
}

/** J x cycles of a sum, and of the ends of the interval, all layers erring alike. */
function edps({
  totals,
  latencyInterval: { low, high },
}: Pick<LearnedMapping, "totals" | "latencyInterval">) {
  const joules = totals.energyUj * 1e-6;
  return { edp: totals.edpJCycles, low: low * joules, high: high * joules };
}

/** What the event-driven model says of the mappings. */
async function byEvents({ hardware, layers }: LearnedMapping): Promise<number> {
  const built = createHardware(hardware);
  const outcomes = await event.evaluate(
    layers.map(({ shape, mapping }) => ({ shape, hardware: built, mapping: parseMapping(mapping) })),
  );
  let [cycles, joules] = [0, 0];
  for (const [i, { count }] of layers.entries()) {
    const outcome = outcomes[i];
    if (outcome?.status !== "priced") return Number.NaN;
    cycles += count * outcome.latencyCycles;
    joules += count * outcome.energyPj * 1e-12;
  }
  return cycles * joules;
}

const number = (value: number): string => value.toPrecision(5);
console.log(
  "| network | KiB, mm2 | DOSA, measured | DOSA, predicted (90 %) | ours on its hardware, predicted (90 %) | by events | measured / ours (90 %) | ours within its area | predicted (90 %) | by events | measured / ours (90 %) |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const network of ["resnet50", "bert"]) {
  const workload = builtinWorkload(network);
  for (const design of designsOf(network)) {
    const { hardware: built } = design[0] as MeasuredRow;
    const hardware: HardwareParameters = {
      peDim: built.peDim,
      scratchpadKib: (built.scratchpadRows * built.peDim) / 1024,
      accumulatorKib: (4 * built.accumulatorRows * built.peDim) / 1024,
    };
    const counts = new Map<string, number>();
    for (const { shape, count } of workload.layers)
      counts.set(shapeKey(shape), (counts.get(shapeKey(shape)) ?? 0) + count);
    let [measured, low, mid, high, joules] = [0, 0, 0, 0, 0];
    for (const { layer, shape, mapping, measuredCycles, energyPj } of design) {
      const count = counts.get(layer) ?? 0;
      starlight.batch.write(0, mapping);
      starlight.evaluateNow(shape, built, 1);
      measured += count * measuredCycles;
      low += count * starlight.batch.latencyLow(0);
      mid += count * starlight.batch.latencyCycles(0);
      high += count * starlight.batch.latencyHigh(0);
      joules += count * energyPj * 1e-12;
    }
    const dosa = measured * joules;
    const same = await mapLearnedNetwork(module, model, {
      layers: workload.layers,
      hardware,
      objective: EDP,
    });
    const { mm2 } = area(built);
    const sizes = Array.from({ length: 2048 }, (_, i) => i + 1);
    const { mappings } = await codesignLearned(module, model, {
      workloads: [workload],
      space: {
        arrays: [{ peDim: built.peDim }],
        scratchpadKib: sizes,
        accumulatorKib: sizes,
        maxAreaMm2: mm2,
      },
      objective: EDP,
    });
    const cells = async (found: LearnedMapping): Promise<readonly string[]> => {
      const own = edps(found);
      return [
        `${number(own.edp)} (${number(own.low)} to ${number(own.high)})`,
        number(await byEvents(found)),
        `${(dosa / own.edp).toFixed(3)} (${(dosa / own.high).toFixed(3)} to ${(dosa / own.low).toFixed(3)})`,
      ];
    };
    const [free] = mappings;
    if (!free) throw new Error("a design has a network");
    const best = free.hardware;
    console.log(
      `| ${[
        network,
        `${hardware.scratchpadKib} + ${hardware.accumulatorKib}, ${mm2.toFixed(3)}`,
        number(dosa),
        `${number(mid * joules)} (${number(low * joules)} to ${number(high * joules)})`,
        ...(await cells(same)),
        `${best.scratchpadKib} + ${best.accumulatorKib}${free.optimal && same.optimal ? "" : ", not proven"}`,
        ...(await cells(free)),
      ].join(" | ")} |`,
    );
  }
}
