// Deno: predictions over HTTP.
//
//   deno run --allow-read --allow-net=127.0.0.1 examples/deno.js
import { loadEngine } from "polaris-dse/starlight";
import { MAX_MAPPINGS, respond } from "./predict.js";

const engine = await loadEngine(MAX_MAPPINGS);
Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`) },
  (request) => respond(request, engine),
);
