/** The time of a study, and what ends it early. */
export interface StudyClock {
  /** How long the study has taken, the runs that its journal goes back to included. */
  seconds(): number;
  /** Whether its time is up. */
  late(): boolean;
  /** Aborted by the user's signal, and when the time is up if there is an answer by then. */
  readonly ending: AbortSignal;
  /** Ends it all; `ending` is aborted. */
  stop(): void;
}

/**
 * Starts the clock of a study.
 *
 * @param options `before`: seconds on record; `milliseconds`: the budget; `answered`: whether there is something to end with
 */
export function startStudyClock(options: {
  readonly before: number;
  readonly milliseconds: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly answered: () => boolean;
}): StudyClock {
  const { before, milliseconds, signal, answered } = options;
  const started = performance.now();
  const ending = new AbortController();
  const left = Math.max(0, (milliseconds ?? Number.POSITIVE_INFINITY) - before * 1000);
  // By the clock itself: a thread that is busy hears of no timer.
  const late = (): boolean => performance.now() - started >= left;
  const timer =
    milliseconds === undefined
      ? undefined
      : setTimeout(() => {
          if (answered()) ending.abort();
        }, left);
  const interrupt = (): void => ending.abort();
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted) ending.abort();
  return {
    seconds: () => before + (performance.now() - started) / 1000,
    late,
    ending: ending.signal,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", interrupt);
      ending.abort();
    },
  };
}
