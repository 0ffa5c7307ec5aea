/** Gives a flag in shared memory for each signal: a worker in the middle of a job hears no messages, but can look at it. */
export function createStopFlags(): (signal: AbortSignal | undefined) => Int32Array {
  const flags = new WeakMap<AbortSignal, Int32Array>();
  const never = createFlag();
  return (signal) => {
    if (!signal) return never;
    const known = flags.get(signal);
    if (known) return known;
    const flag = createFlag();
    const set = (): number => Atomics.store(flag, 0, 1);
    if (signal.aborted) set();
    else signal.addEventListener("abort", set, { once: true });
    flags.set(signal, flag);
    return flag;
  };
}

/** Whether the signal of a flag is aborted. */
export function isSet(flag: Int32Array): boolean {
  return Atomics.load(flag, 0) !== 0;
}

function createFlag(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}
