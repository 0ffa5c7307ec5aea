// The checks of test/learned on many more cases.
process.env["POLARIS_LEARNED_CASES"] = "2500";
process.env["POLARIS_LEARNED_NETWORKS"] = "8";
process.env["POLARIS_LEARNED_SPACES"] = "8";
await import("./layer-search.test.ts");
await import("./map-network.test.ts");
await import("./codesign.test.ts");

export {};
