import { InputError, quote } from "../errors.ts";

/** What ends a search early; it then gives its best answer so far, and what that may be short of. */
export interface Limits {
  /** Time, in ms, from the call on. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
}

/** How often other tasks of the thread get their turn: timers, and whoever aborts the signal, are among them. */
const TURN_MS = 20;
/** Longest delay that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Keeps the limits of one search, and its manners towards other tasks of the thread. `close` it at the end. */
export class Watch {
  private readonly controller = new AbortController();
  private readonly stop = (): void => this.controller.abort();
  private readonly outer: AbortSignal | undefined;
  private readonly end: number;
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private turned = performance.now();

  /** @throws InputError if the budget is no time */
  constructor({ budgetMs = Number.POSITIVE_INFINITY, signal }: Limits) {
    if (typeof budgetMs !== "number" || Number.isNaN(budgetMs) || budgetMs < 0) {
      throw new InputError({ where: "budgetMs", expected: "a time in ms", found: quote(budgetMs) });
    }
    this.end = this.turned + budgetMs;
    this.timer = budgetMs <= LONGEST_MS ? setTimeout(this.stop, budgetMs) : undefined;
    this.outer = signal;
    if (signal?.aborted) this.stop();
    else signal?.addEventListener("abort", this.stop);
  }

  /** Aborted as soon as a limit is reached and the thread had its turn; for work on other threads. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether a limit is reached, by the clock itself. */
  readonly over = (): boolean => this.controller.signal.aborted || performance.now() >= this.end;

  /** Whether other tasks of the thread have waited long enough: time for a `turn`. */
  get due(): boolean {
    return performance.now() - this.turned >= TURN_MS;
  }

  /** Lets the other tasks of the thread have their turn. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.turned = performance.now();
  }

  close(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.stop);
  }
}
