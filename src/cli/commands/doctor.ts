import { styleText } from "node:util";
import type { Argv, CommandModule } from "yargs";
import { diagnose, type Finding } from "../../measure/doctor.ts";
import { type CliContext, Failed } from "../context.ts";
import { examples } from "../examples.ts";
import { shared } from "../options.ts";
import { formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";

interface DoctorArgs {
  readonly json: boolean;
}

export function doctorCommand(context: CliContext): CommandModule<object, DoctorArgs> {
  return {
    command: "doctor",
    describe: "What this machine has for it, and what each thing gives",
    builder: (args: Argv) =>
      args
        .option("json", shared.json)
        .epilogue(
          examples(["$0 doctor", "Exit code 1 if a thing is missing that must be there"]),
        ) as unknown as Argv<DoctorArgs>,
    handler: async ({ json }) => {
      const findings = await diagnose();
      context.stdout.write(
        json
          ? `${JSON.stringify({ version: 1, findings })}\n`
          : fitted(context.stdout, formatFindings(findings)),
      );
      const missing = findings.filter(({ required, found }) => required && found === undefined);
      if (missing.length > 0) throw new Failed(`not here: ${missing.map(({ name }) => name).join(", ")}`);
    },
  };
}

function formatFindings(findings: readonly Finding[]): string {
  const table = formatTable(
    [
      { title: "what", align: "left" },
      { title: "here", align: "left", width: 26 },
      { title: "gives", align: "left" },
    ],
    findings.map(({ name, found, gives }) => [name, found ?? "no", gives]),
  );
  const missing = findings
    .filter(({ found }) => found === undefined)
    .map(({ name, required, remedy }) => {
      const head = `${name}${required ? " (needed)" : ""}`;
      return `${required ? styleText("red", head) : head}: ${remedy ?? ""}`;
    });
  const rest = missing.length === 0 ? "" : `\n\nNot here:\n${missing.map((line) => `  ${line}`).join("\n")}`;
  return `${table}${rest}\n`;
}
