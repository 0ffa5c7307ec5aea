// The mapper against enumerating every mapping, on more random layers than `npm test` draws.
process.env["POLARIS_MAPPER_CASES"] ??= "20000";
await import("./brute-force.test.ts");
