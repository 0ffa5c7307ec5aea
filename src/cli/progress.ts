import type { CliContext } from "./context.ts";

/** One line on a terminal that is drawn over; nothing where stderr is no terminal. */
export interface Progress {
  /** @param fraction of the work that is done, if the whole is known */
  update(text: string, fraction?: number): void;
  /** Takes the line away. */
  clear(): void;
}

const WIDTH = 24;
const INTERVAL_MS = 100;

export function createProgress({ stderr }: CliContext, quiet: boolean): Progress {
  if (quiet || !stderr.isTTY) return { update: () => undefined, clear: () => undefined };
  const started = performance.now();
  let drawn = 0;
  return {
    update(text, fraction) {
      const now = performance.now();
      if (drawn > 0 && now - drawn < INTERVAL_MS) return;
      drawn = now;
      let bar = "";
      if (fraction !== undefined) {
        const done = Math.min(1, Math.max(0, fraction));
        const filled = Math.round(done * WIDTH);
        const left = done > 0 ? ((now - started) * (1 - done)) / done / 1000 : Number.NaN;
        const eta = Number.isFinite(left) && now - started > 500 ? `, ${formatSeconds(left)} left` : "";
        bar = `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${Math.floor(done * 100)} %${eta}  `;
      }
      stderr.write(`\r\x1b[K${`${bar}${text}`.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    clear() {
      if (drawn > 0) stderr.write("\r\x1b[K");
    },
  };
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
