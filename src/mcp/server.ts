import type { Readable, Writable } from "node:stream";
import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { InputError } from "../errors.ts";
import {
  ARGUMENTS,
  type EvaluateArguments,
  type MapArguments,
  type SearchArguments,
  type SimulateArguments,
} from "./arguments.ts";
import { evaluate, listWorkloads, map, search, simulate } from "./tools.ts";
import { LineTransport } from "./transport.ts";

const INSTRUCTIONS = `Explores designs of Gemmini-like deep-learning accelerators with an exact analytical model (Timeloop + Accelergy).
A design is a hardware config and a mapping for each layer of a network. \`map\` proves the best mappings on given hardware, \`search\` the best
hardware and mappings together, \`evaluate\` prices a design, \`simulate\` runs it on RTL. Their answers are designs: \`evaluate\` takes what the others give.
EDP is energy (J) x cycles. Layer metrics are of one run; totals are weighted by counts.`;

/** The answer of a tool: a document, or why there is none. */
interface Answer {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
  readonly [key: string]: unknown;
}

/** A server of the Model Context Protocol with the program's questions as tools. */
function createMcpServer(version: string): McpServer {
  const server = new McpServer({ name: "polaris", version }, { instructions: INSTRUCTIONS });
  const annotations = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };
  server.registerTool(
    "workloads",
    {
      description:
        "The built-in networks: name, distinct layers, MACs, and what to know before trusting totals",
      inputSchema: fromJsonSchema(ARGUMENTS.workloads),
      annotations,
    },
    () => answer(async () => listWorkloads()),
  );
  server.registerTool(
    "evaluate",
    {
      description:
        "Metrics of a design: latency, energy, EDP, area, access counts and what bounds each layer; or what RTL would take, predicted with its 90 % interval",
      inputSchema: fromJsonSchema<EvaluateArguments>(ARGUMENTS.evaluate),
      annotations,
    },
    (given, { mcpReq }) => answer(() => evaluate(given, mcpReq.signal)),
  );
  server.registerTool(
    "map",
    {
      description: "The best mapping of each layer of a network on one hardware config, proven optimal",
      inputSchema: fromJsonSchema<MapArguments>(ARGUMENTS.map),
      annotations,
    },
    (given, { mcpReq }) => answer(() => map(given, mcpReq.signal)),
  );
  server.registerTool(
    "search",
    {
      description:
        "The best hardware config and mappings together for one or more networks, under an area cap, proven optimal",
      inputSchema: fromJsonSchema<SearchArguments>(ARGUMENTS.search),
      annotations,
    },
    (given, { mcpReq }) => answer(() => search(given, mcpReq.signal)),
  );
  server.registerTool(
    "simulate",
    {
      description:
        "Run the RTL on a design, cycle by cycle: true cycles, energy of what it counted, counters by layer",
      inputSchema: fromJsonSchema<SimulateArguments>(ARGUMENTS.simulate),
      annotations,
    },
    (given, { mcpReq }) => answer(() => simulate(given, mcpReq.signal)),
  );
  return server;
}

/** What the server needs of the process. */
export interface McpContext {
  readonly version: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Ends the server, and what is under way. */
  readonly signal: AbortSignal;
}

/** Serves until the client closes stdin and all that it asked is answered. */
export async function serveMcp({ version, stdin, stdout, signal }: McpContext): Promise<void> {
  const transport = new LineTransport(stdin, stdout);
  const handle = serveStdio(() => createMcpServer(version), { transport });
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([transport.closed, aborted]);
  await handle.close();
}

/** A tool's document, or its refusal of what it was given; faults of its own go to the protocol. */
async function answer(work: () => Promise<object>): Promise<Answer> {
  try {
    const document = (await work()) as Record<string, unknown>;
    return { content: [{ type: "text", text: JSON.stringify(document) }], structuredContent: document };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { hint } = error.problem;
    const text = `${error.message}${hint === undefined ? "" : ` (${hint})`}`;
    return { content: [{ type: "text", text }], isError: true };
  }
}
