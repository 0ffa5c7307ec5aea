import { createProgram } from "../rtl/program.ts";
import { createSimulator, type RunOptions, type Simulator } from "../rtl/simulator.ts";
import { checkedLayer, countWrongOutputs, randomOperands } from "./rtl-check.ts";
import type { RtlJob, RtlRun } from "./rtl-job.ts";

/** Instances of this thread, one for each build of the RTL: making one takes as long as a short run. */
const simulators = new Map<string, Simulator>();

/** Runs one program. A build that traps is not used again. */
export default async function run(job: RtlJob): Promise<RtlRun> {
  const layer = job.checkSeed === undefined ? { shape: job.shape } : checkedLayer(job.shape);
  const { machine } = job;
  const program = createProgram(machine, layer, job.mapping, { reuse: job.reuse });
  const options: RunOptions = {
    maxCycles: job.maxCycles,
    traceTiles: job.traceTiles,
    aborted: () => Atomics.load(job.stop, 0) !== 0,
  };
  const build = `${machine.dim} ${job.checkSeed === undefined ? "cycles" : "full"}`;
  const simulator = simulators.get(build) ?? (await createSimulator(job.module));
  simulators.delete(build);
  if (job.checkSeed === undefined) {
    const result = simulator.run(program, options);
    simulators.set(build, simulator);
    return result;
  }
  const operands = randomOperands(layer, job.checkSeed);
  const { outputs, ...result } = simulator.runData(program, operands, options);
  simulators.set(build, simulator);
  return result.status === "done"
    ? { ...result, wrongOutputs: countWrongOutputs(layer, operands, outputs) }
    : result;
}
