// Cloudflare Workers: answers every request with the suite's results.
import { runSuite } from "../suite.js";

export default {
  async fetch() {
    return Response.json(await runSuite());
  },
};
