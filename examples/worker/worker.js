// Cloudflare Workers: predictions over HTTP. The engine is made once for each isolate.
//
//   npx wrangler dev --config examples/worker/wrangler.jsonc
import { loadEngine } from "polaris-dse/starlight";
import { MAX_MAPPINGS, respond } from "../predict.js";

let engine;

export default {
  async fetch(request) {
    engine ??= loadEngine(MAX_MAPPINGS);
    return respond(request, await engine);
  },
};
