// A browser: the best mapping of a layer among all there are, with its proof, in a moment.
//
//   npm install polaris-dse && npx serve .      (any static server, from the folder above node_modules)
import { builtinWorkload, EDP, loadModule, mapNetwork } from "polaris-dse/starlight";

const output = document.querySelector("output");
try {
  const [, layer] = builtinWorkload("resnet50").layers;
  const best = await mapNetwork(await loadModule(), {
    layers: [layer],
    hardware: { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
    objective: EDP,
  });
  const [{ mapping, latencyCycles }] = best.layers;
  output.textContent = `${mapping}: ${latencyCycles} cycles, ${best.optimal ? "proven optimal" : "not proven"}`;
  output.className = "done";
} catch (error) {
  output.textContent = String(error?.stack ?? error);
  output.className = "failed";
}
