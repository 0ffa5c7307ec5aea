// Runtimes that run a file: Node, Deno, Bun.
import { runSuite } from "../suite.js";

console.log(JSON.stringify(await runSuite()));
