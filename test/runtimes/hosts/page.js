// Browsers: writes the suite's results, or what went wrong, into the page.
import { runSuite } from "../suite.js";

const output = document.querySelector("output");
try {
  output.textContent = JSON.stringify(await runSuite());
  output.className = "done";
} catch (error) {
  output.textContent = String(error?.stack ?? error);
  output.className = "failed";
}
