import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { PROGRAM, polaris } from "../cli/polaris.ts";
import { assertValid } from "../schema/validator.ts";

// By the official client, over the program's stdin and stdout.

const client = new Client({ name: "polaris-test", version: "1" });
before(() => client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM, "mcp"] })));
after(() => client.close());

/** A tool's document. */
async function call(name: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
  const [first] = content as readonly { readonly text?: string }[];
  assert.ok(!isError, first?.text);
  assert.deepEqual(JSON.parse(first?.text ?? ""), structuredContent);
  return structuredContent as Record<string, unknown>;
}

/** What a tool says that refuses. */
async function refusal(name: string, given: Record<string, unknown>): Promise<string> {
  try {
    const { content, isError } = await client.callTool({ name, arguments: given });
    assert.equal(isError, true);
    return (content as readonly { readonly text?: string }[])[0]?.text ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("the client lists the tools, each with a description and a schema of its arguments", async () => {
  const { tools } = await client.listTools();

  assert.deepEqual(
    tools.map(({ name }) => name),
    ["workloads", "evaluate", "map", "search", "simulate"],
  );
  for (const { description, inputSchema } of tools) {
    assert.ok((description ?? "").length > 40);
    assert.equal(inputSchema.type, "object");
  }
  assert.match(client.getInstructions() ?? "", /EDP is energy \(J\) x cycles/);
});

test("map answers with a proven design, and evaluate prices it the same", async () => {
  const mapped = await call("map", { workload: "bert" });
  const evaluated = await call("evaluate", { design: mapped });

  assertValid("map", mapped);
  assertValid("evaluate", evaluated);
  assert.equal(mapped["optimal"], true);
  assert.deepEqual(evaluated["totals"], mapped["totals"]);
  const { stdout } = await polaris(["map", "bert", "--json", "--quiet"]);
  assert.deepEqual(mapped["totals"], JSON.parse(String(stdout)).totals);
});

test("evaluate predicts RTL with Starlight, and takes a document as text", async () => {
  const mapped = await call("map", { workload: "bert" });

  for (const profile of ["gemmini-firesim", "polaris-rtl"]) {
    const given = { design: JSON.stringify(mapped), fidelity: "starlight", profile };
    const predicted = await call("evaluate", given);

    assertValid("evaluate", predicted);
    assert.deepEqual([predicted["fidelity"], predicted["profile"]], ["starlight", profile]);
    const layers = predicted["layers"] as { latencyInterval: { low: number; high: number } }[];
    assert.ok(layers.every(({ latencyInterval: { low, high } }) => low < high));
  }
});

test("evaluate predicts the RTL that a design says it was made for, unless another is asked for", async () => {
  const mapped = await call("map", { workload: { name: "small", layers: [{ K: 16, C: 16, P: 14, Q: 14 }] } });
  const made = { ...mapped, profile: "polaris-rtl" };
  const given = { design: made, fidelity: "starlight" };

  assert.equal((await call("evaluate", given))["profile"], "polaris-rtl");
  assert.equal(
    (await call("evaluate", { ...given, profile: "gemmini-firesim" }))["profile"],
    "gemmini-firesim",
  );
  assert.equal((await call("evaluate", { ...given, design: mapped }))["profile"], "gemmini-firesim");
});

test("search answers with the best design under a cap, for a layer table of the caller's own", async () => {
  const workload = {
    name: "mine",
    layers: [{ name: "a", K: 64, C: 32, P: 28, Q: 28, R: 3, S: 3, count: 4 }],
  };

  const found = await call("search", {
    workloads: [workload],
    maxAreaMm2: 0.5,
    peDims: [8, 16],
    scratchpadKib: [64, 32],
    accumulatorKib: [8, 16],
  });

  assertValid("search", found);
  assert.equal(found["optimal"], true);
  assert.equal(found["workload"], "mine");
  assert.ok((found["totals"] as { areaMm2: number }).areaMm2 <= 0.5);
});

test("simulate runs a design on the RTL, which is slower than the model and no faster than its array", async () => {
  const layers = [{ name: "a", K: 16, C: 16, P: 14, Q: 14 }];
  const mapped = await call("map", { workload: { name: "small", layers } });

  const run = await call("simulate", { design: mapped });

  assertValid("evaluate", run);
  assert.equal(run["fidelity"], "rtl");
  const [layer] = run["layers"] as { latencyCycles: number; counters: Record<string, number> }[];
  const { latencyCycles } = mapped["totals"] as { latencyCycles: number };
  assert.ok(layer && layer.latencyCycles >= latencyCycles, `${layer?.latencyCycles} of ${latencyCycles}`);
  const capped = await call("simulate", { design: mapped, maxCycles: 10 });
  assert.match(JSON.stringify(capped["layers"]), /not done after 10 cycles/);
});

test("the networks are listed with what to know of them", async () => {
  const { workloads } = await call("workloads", {});

  const networks = workloads as { name: string; macs: number; note?: string }[];
  assert.equal(networks.find(({ name }) => name === "resnet50")?.macs, 4_089_184_256);
  assert.match(networks.find(({ name }) => name === "bert")?.note ?? "", /12 encoder layers/);
});

test("wrong arguments are refused with what is wrong, and the server goes on", async () => {
  for (const [name, given, expected] of [
    ["map", {}, /workload/],
    ["map", { workload: "resnet5" }, /expected a built-in name.*found "resnet5" \(did you mean resnet50\?\)/],
    ["map", { workload: "bert", hardware: { peDim: 1, scratchpadKib: 1, accumulatorKib: 1 } }, /peDim|>= 2/],
    ["map", { workload: "bert", colour: "red" }, /additional|colour/i],
    ["map", { workload: "bert", objective: "speed" }, /objective: expected .* found "speed"/],
    ["map", { workload: { layers: [{ K: 0 }] } }, /workload: layers\[0\]/],
    ["evaluate", { design: "/nowhere/design.json" }, /expected a readable file, found no such file/],
    ["evaluate", { design: "{ broken" }, /design: expected a name, a path or JSON/],
    ["evaluate", { design: {}, profile: "polaris-rtl" }, /profile: expected fidelity starlight/],
    ["evaluate", { design: {}, fidelity: "rtl" }, /fidelity/],
    ["evaluate", { design: { hardware: {}, layers: [] } }, /hardware/],
    ["search", { workloads: [] }, /workloads|fewer/],
    ["search", { workloads: ["bert"], maxAreaMm2: 1e-9, peDims: [16] }, /area|mm2/i],
    ["simulate", {}, /design/],
    ["invent", {}, /invent/],
  ] as const) {
    const text = await refusal(name, given);
    assert.match(text, expected, `${name} ${JSON.stringify(given)}`);
    assert.ok(text.length < 1000 && !/\n\s+at /.test(text), text);
  }

  assert.equal((await client.listTools()).tools.length, 5);
});

/** What the server answers to lines that end with its input, by id. */
async function answersTo(...lines: readonly string[]): Promise<Map<unknown, Record<string, unknown>>> {
  const { code, stdout, stderr } = await polaris(["mcp"], `${lines.join("\n")}\n`);
  assert.deepEqual([code, stderr], [0, ""]);
  const answers = String(stdout).trimEnd().split("\n");
  return new Map(answers.map((line) => JSON.parse(line)).map((answer) => [answer.id, answer]));
}

function request(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

const INITIALIZE = request(1, "initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "polaris-test", version: "1" },
});

test("the end of input ends the server, but not before calls under way are answered", async () => {
  const answers = await answersTo(
    INITIALIZE,
    request(2, "tools/call", { name: "map", arguments: { workload: "bert" } }),
    request(3, "tools/call", { name: "workloads", arguments: {} }),
  );

  assert.deepEqual([...answers.keys()].sort(), [1, 2, 3]);
  assert.match(JSON.stringify(answers.get(2)), /"optimal":true/);
});

test("a call that was cancelled is not waited for", { timeout: 60_000 }, async () => {
  const search = { workloads: ["resnet50"], budgetSeconds: 600 };
  const answers = await answersTo(
    INITIALIZE,
    request(2, "tools/call", { name: "search", arguments: search }),
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}',
  );

  assert.deepEqual([...answers.keys()], [1]);
});

test("a line that is no message is refused, and the next one answered", async () => {
  for (const [line, code] of [
    ["no json", -32700],
    ['{"id":7}', -32600],
  ] as const) {
    const answers = await answersTo(line, "", INITIALIZE);

    assert.match(JSON.stringify(answers.get(null)), new RegExp(`"code":${code}`));
    assert.ok(answers.get(1)?.["result"]);
  }
});

test("the program ends with its input", async () => {
  const child = spawn(process.execPath, [PROGRAM, "mcp"], { stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (bytes) => (stderr += bytes));
  child.stdin.end('no json\n{"jsonrpc":"2.0","id":1,"method":"nonsense"}\n');

  const code = await new Promise((resolve) => child.on("close", resolve));

  assert.equal(code, 0, stderr);
});
