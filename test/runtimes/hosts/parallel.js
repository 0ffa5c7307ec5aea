// The engine on worker threads, beside the one without: Node.
import { createParallelEngine, loadEngine } from "polaris-dse";
import { CAPACITY, priceBatch } from "../suite.js";

const engines = {
  local: () => loadEngine(CAPACITY),
  "1 worker": () => createParallelEngine({ workers: 1, capacity: CAPACITY }),
  "2 workers": () => createParallelEngine({ workers: 2, capacity: CAPACITY }),
};

const answers = {};
for (const [name, create] of Object.entries(engines)) {
  const engine = await create();
  try {
    answers[name] = await priceBatch(engine);
  } finally {
    await engine.close();
  }
}
console.log(JSON.stringify(answers));
