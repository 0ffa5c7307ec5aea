// An external evaluator for `polaris simulate --command runner.json`: one design in on stdin, one answer out on stdout (docs/formats.md,
// "External evaluator"). Adapt `measure`; the rest stays.
//
//   on a cluster    "command": ["srun", "--nodes=1", "--quiet", "node", "measure.js"], "parallel": 64
//   FireSim, VCS    write the tiles into the test program, build it, run it, read the cycles off its log
//
// Whatever goes wrong may simply throw: the exit code makes the attempt a failure, and its last line on stderr the reason. Log lines
// may go to stdout too, as long as the answer is the last.
import { text } from "node:stream/consumers";

/**
 * Cycles of one design. This one gives the compute bound of a square array, ceil(MACs / PEs used), and stands where your
 * simulator will.
 */
async function measure({ layer, mapping }) {
  const macs = layer.N * layer.K * layer.C * layer.P * layer.Q * layer.R * layer.S;
  return Math.ceil(macs / (mapping.spatialK * mapping.spatialC));
}

const request = JSON.parse(await text(process.stdin));
if (request.version !== 1) throw new Error(`version 1 expected, found ${request.version}`);
console.error(`design ${request.id}, attempt ${request.attempt}: ${request.mapping.text}`);
const latencyCycles = await measure(request);
console.log(JSON.stringify({ version: 1, latencyCycles }));
