// The checks of test/learned on many more cases, in processes of their own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("the searches under Starlight agree with enumerating everything on 5,000 layers, 20 networks and 15 spaces", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      "-C",
      "polaris-source",
      "--import",
      "tsx",
      "--test",
      "test/learned/layer-search.test.ts",
      "test/learned/map-network.test.ts",
      "test/learned/codesign.test.ts",
    ],
    {
      encoding: "utf8",
      env: {
        ...process.env,
        POLARIS_LEARNED_CASES: "5000",
        POLARIS_LEARNED_NETWORKS: "20",
        POLARIS_LEARNED_SPACES: "15",
      },
    },
  );
  assert.equal(status, 0, stdout);
});
