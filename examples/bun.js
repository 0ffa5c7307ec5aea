// Bun: predictions over HTTP.
//
//   bun examples/bun.js
import { loadEngine } from "polaris-dse/starlight";
import { MAX_MAPPINGS, respond } from "./predict.js";

const engine = await loadEngine(MAX_MAPPINGS);
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => respond(request, engine) });
console.log(`http://127.0.0.1:${server.port}`);
