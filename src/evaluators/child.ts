import { type ChildProcess, spawn } from "node:child_process";
import { setMaxListeners } from "node:events";
import { unwatchGroup, watchGroup } from "./watchdog.ts";

/** A program to run once. */
export interface Program {
  /** Program and arguments; no shell is in between. */
  readonly command: readonly string[];
  /** Working directory. */
  readonly cwd: string;
  /** Environment variables added to, or put in place of, those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly timeoutMs: number;
  /** Time to clean up between SIGTERM and SIGKILL, and for what is left of the group after the program's end. */
  readonly graceMs: number;
}

/** How a run ended. */
export type Ending =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "signalled"; readonly signal: string; readonly stderr: string }
  | { readonly kind: "timed-out"; readonly stderr: string }
  | { readonly kind: "flooded"; readonly stderr: string }
  | { readonly kind: "not-started"; readonly reason: string };

/** Most that a program may write to stdout. */
const STDOUT_BYTES = 16 * 2 ** 20;
/** What is kept of stderr: its end. */
const STDERR_BYTES = 4096;

/** Process groups under way, which must not outlive this process. */
const running = new Set<ChildProcess>();
let guarding = false;

/**
 * Runs a program to its end. It leads a process group of its own, and nothing of that group is left afterwards: a timeout, an
 * abort, this process' exit or its death by SIGKILL ends children of children too (SIGTERM, then SIGKILL).
 *
 * @throws the signal's reason if it is aborted
 */
export async function runProgram(program: Program, signal?: AbortSignal): Promise<Ending> {
  signal?.throwIfAborted();
  guardExit();
  const [file = "", ...args] = program.command;
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { ...process.env, ...program.environment },
    stdio: "pipe",
    detached: true,
  });
  running.add(child);
  if (child.pid !== undefined) watchGroup(child.pid, program.graceMs);
  let cut: "timed-out" | "flooded" | "aborted" | undefined;
  const stop = (why: typeof cut): void => {
    if (cut !== undefined) return;
    cut = why;
    killGroup(child, "SIGTERM");
    later.push(setTimeout(() => killGroup(child, "SIGKILL"), program.graceMs));
  };
  const later = [setTimeout(() => stop("timed-out"), program.timeoutMs)];
  const onAbort = (): void => stop("aborted");
  if (signal) {
    // As many as programs run, which is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", onAbort, { once: true });
  }

  const chunks: Buffer[] = [];
  let length = 0;
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > STDOUT_BYTES) stop("flooded");
    else chunks.push(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_BYTES);
  });
  // A program need not read its question.
  child.stdin.on("error", () => undefined);
  child.stdin.end(program.stdin);

  try {
    const ending = await new Promise<Ending>((resolve) => {
      child.on("error", (error) => resolve({ kind: "not-started", reason: error.message }));
      child.on("exit", () => {
        // Whoever is left of the group would hold the pipes open for ever.
        killGroup(child, cut === undefined ? "SIGTERM" : "SIGKILL");
        later.push(
          setTimeout(() => {
            killGroup(child, "SIGKILL");
            child.stdout.destroy();
            child.stderr.destroy();
          }, program.graceMs),
        );
      });
      child.on("close", (code, killedBy) => {
        if (cut === "timed-out" || cut === "flooded") resolve({ kind: cut, stderr });
        else if (code !== null)
          resolve({ kind: "exited", code, stdout: Buffer.concat(chunks).toString("utf8"), stderr });
        else resolve({ kind: "signalled", signal: killedBy ?? "unknown", stderr });
      });
    });
    if (cut === "aborted") signal?.throwIfAborted();
    return ending;
  } finally {
    for (const timer of later) clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    running.delete(child);
    killGroup(child, "SIGKILL");
    if (child.pid !== undefined) unwatchGroup(child.pid);
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // All of the group have ended; EPERM is what macOS says of those that wait to be reaped.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function guardExit(): void {
  if (guarding) return;
  guarding = true;
  process.on("exit", () => {
    for (const child of running) killGroup(child, "SIGKILL");
  });
}
