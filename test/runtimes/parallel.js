// Host for the engine on worker threads: Node.
import { createParallelEngine, loadEngine } from "polaris-dse";
import { CAPACITY, priceBatch } from "./suite.js";

const engines = {
  local: await loadEngine(CAPACITY),
  "1 worker": await createParallelEngine({ workers: 1, capacity: CAPACITY }),
  "2 workers": await createParallelEngine({ workers: 2, capacity: CAPACITY }),
};
const answers = {};
for (const [name, engine] of Object.entries(engines)) {
  answers[name] = await priceBatch(engine);
  await engine.close();
}
console.log(JSON.stringify(answers));
