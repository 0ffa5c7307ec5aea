import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";
import { refuseIdle } from "../idle-flags.ts";
import { integer, once } from "../options.ts";
import { makeFolder, unwritable } from "../output.ts";
import { serveFolder } from "../serve.ts";

interface StudioArgs {
  readonly port: number;
  readonly out: string | undefined;
}

/** Where the build leaves the static site. */
const SITE = fileURLToPath(new URL("../../site/", import.meta.url));

export function studioCommand(context: CliContext): CommandModule<object, StudioArgs> {
  return {
    command: "studio",
    describe: "The explorer in the browser, engine included",
    builder: (args: Argv) =>
      args
        .option("port", {
          describe: "Of 127.0.0.1; 0 for any that is free",
          default: 4747,
          requiresArg: true,
          coerce: integer("port", 0, 65_535),
        })
        .option("out", {
          describe: "Write the static site to a folder instead of serving it",
          type: "string",
          requiresArg: true,
          coerce: once<string>("out"),
        })
        .epilogue(
          examples(
            ["$0 studio", "Then open the address that it prints"],
            ["$0 studio --out public/studio", "For any web server, under any path"],
          ),
        ) as unknown as Argv<StudioArgs>,
    handler: async (args) => {
      refuseIdle(context, { port: [args.out === undefined, "no --out beside it", "both"] });
      await (args.out === undefined ? serve(context, args.port) : writeSite(context, args.out));
    },
  };
}

async function writeSite(context: CliContext, out: string): Promise<void> {
  await makeFolder(out);
  try {
    await cp(SITE, out, { recursive: true });
  } catch (error) {
    throw unwritable(out, error);
  }
  context.stdout.write(`${out}: the studio as a static site\n`);
}

/** Until Ctrl-C. */
async function serve(context: CliContext, port: number): Promise<void> {
  const site = await serveFolder(SITE, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    throw new UsageError(
      `--port: ${port} is ${error.code === "EACCES" ? "not allowed" : "in use"}`,
      "--port 0 takes any that is free",
    );
  });
  context.stdout.write(`${site.url}\n`);
  context.stderr.write("polaris: Ctrl-C ends the studio\n");
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await site.close();
}
