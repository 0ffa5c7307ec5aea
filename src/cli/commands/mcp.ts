import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";

export function mcpCommand(context: CliContext): CommandModule<object, object> {
  return {
    command: "mcp",
    describe: "Serve evaluate, map, search, simulate to agents (Model Context Protocol)",
    builder: (args: Argv) =>
      args.epilogue(
        examples(["$0 mcp", "On stdin and stdout, for a client's settings"]),
      ) as unknown as Argv<object>,
    handler: async () => {
      await (await loadServer()).serveMcp(context);
    },
  };
}

/** The server and its SDK, an optional dependency: the only part of the program that needs it. */
async function loadServer(): Promise<typeof import("../../mcp/server.ts")> {
  try {
    return await import("../../mcp/server.ts");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      "mcp: expected the package @modelcontextprotocol/server, found none",
      "npm install @modelcontextprotocol/server",
    );
  }
}
