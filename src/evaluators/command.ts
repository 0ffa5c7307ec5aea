import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { candidateText, contentHash } from "../fidelity/candidate-key.ts";
import type { Candidate, Evaluator, Outcome, Profile } from "../fidelity/evaluator.ts";
import type { Rng } from "../rng.ts";
import { violations } from "../space/validity.ts";
import { type Backoff, pauseMs } from "./backoff.ts";
import { type Ending, runProgram } from "./child.ts";
import { type Answer, formatRequest, parseAnswer } from "./command-protocol.ts";

/** An external program that measures candidates: FireSim, an RTL simulator, a job on a cluster. */
export interface CommandOptions {
  /** Program and arguments; no shell is in between. */
  readonly command: readonly string[];
  /** Working directory of the program. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Longest time for one attempt. */
  readonly timeoutMs: number;
  /** Time that a program is given to clean up before it is killed. */
  readonly graceMs: number;
  /** Attempts at one candidate before it counts as failed, at least 1. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Programs that run at the same time. */
  readonly parallel: number;
  /** The RTL that the program stands for, if it is a known one. */
  readonly profile?: Profile;
}

/** What a command evaluator needs besides its options. */
export interface CommandContext {
  /** Energy of a candidate whose answer has none, in pJ: event counts x energy per access, as at every fidelity. */
  readonly energyPj: (candidate: Candidate) => number;
  /** For the pauses between attempts; answers do not depend on it. */
  readonly rng: Rng;
}

/**
 * An evaluator that asks a program, once a candidate. A crash, a hang, garbage or a non-zero exit is tried again, with growing
 * pauses, and then makes that one candidate `failed`; the others go on. The program's own word (`infeasible`, `failed`) is final.
 */
export function createCommandEvaluator(options: CommandOptions, context: CommandContext): Evaluator {
  const { attempts, backoff, profile } = options;
  const limit = pLimit(options.parallel);

  const attempt = (candidate: Candidate, id: string, number: number, signal?: AbortSignal) =>
    limit(() =>
      runProgram(
        {
          ...options,
          environment: {
            ...options.environment,
            POLARIS_DESIGN: id,
            POLARIS_ATTEMPT: String(number),
          },
          stdin: formatRequest(candidate, id, number),
        },
        signal,
      ),
    );

  const measure = async (candidate: Candidate, signal?: AbortSignal): Promise<Outcome> => {
    const [broken] = violations(candidate.mapping, candidate.shape, candidate.hardware);
    if (broken) return { status: "infeasible", reason: broken.message };
    const id = (await contentHash(candidateText(candidate))).slice(0, 16);
    for (let number = 1; ; number++) {
      const answer = read(await attempt(candidate, id, number, signal), options);
      if (answer.status === "measured")
        return { energyPj: context.energyPj(candidate), ...answer, status: "priced" };
      if (answer.status !== "garbage") return answer;
      if (number >= attempts) {
        const tried = number === 1 ? "" : ` (${number} attempts)`;
        return { status: "failed", reason: `${answer.reason}${tried}` };
      }
      await sleep(pauseMs(backoff, number, context.rng), undefined, signal ? { signal } : {}).catch(() =>
        signal?.throwIfAborted(),
      );
    }
  };

  return {
    fidelity: "rtl",
    ...(profile === undefined ? {} : { profile }),
    async evaluate(candidates, signal) {
      signal?.throwIfAborted();
      const outcomes = candidates.map((candidate) => measure(candidate, signal));
      // Not before the last program has ended.
      await Promise.allSettled(outcomes);
      return Promise.all(outcomes);
    },
    close: () => Promise.resolve(),
  };
}

/** What an ending says of the candidate. */
function read(ending: Ending, { command, cwd, timeoutMs }: CommandOptions): Answer {
  const garbage = (reason: string, stderr = ""): Answer => ({
    status: "garbage",
    reason: `${reason}${lastWords(stderr)}`,
  });
  switch (ending.kind) {
    case "not-started":
      return garbage(`${command[0]} did not start in ${cwd}: ${ending.reason}`);
    case "timed-out":
      return garbage(`no answer within ${timeoutMs / 1000} s`, ending.stderr);
    case "flooded":
      return garbage("more than 16 MiB on stdout", ending.stderr);
    case "signalled":
      return garbage(`ended by ${ending.signal}`, ending.stderr);
    case "exited": {
      if (ending.code !== 0) return garbage(`exit code ${ending.code}`, ending.stderr);
      const answer = parseAnswer(ending.stdout);
      return answer.status === "garbage" ? garbage(answer.reason, ending.stderr) : answer;
    }
  }
}

/** The last line on stderr, where programs say what went wrong. */
function lastWords(stderr: string): string {
  const line = stderr.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "" : `; stderr: ${line.slice(0, 200)}`;
}
