/** How often a net changed in a run, as one variable of one scope sees it. */
export interface NetToggles {
  /** Module instances and generate blocks from the top down, with dots between. */
  readonly scope: string;
  readonly name: string;
  readonly bits: number;
  /** Changes of single bits from cycle to cycle. */
  readonly toggles: number;
}

/** Bits, their changes, and the activity factor. */
export interface Activity {
  readonly bits: number;
  readonly toggles: number;
  /** Toggles per bit and cycle. */
  readonly activity: number;
}

/** The nets that one module instance sees: its ports and what is inside, without its submodules. */
export interface InstanceActivity extends Activity {
  /** Path below the accelerator; the accelerator itself is `accelerator`. */
  readonly instance: string;
  /** The unit it belongs to: `array`, `scratchpad`, `load`, ...; `accelerator` for the wires between units. */
  readonly part: string;
  readonly signals: readonly Omit<NetToggles, "scope">[];
}

export interface RunActivity {
  readonly cycles: number;
  readonly parts: readonly (Activity & { readonly part: string })[];
  readonly instances: readonly InstanceActivity[];
}

const ACCELERATOR = "u_accelerator";
/** What says nothing of activity: the clock, the settings of a run, sinks that satisfy the linter. */
const LEFT_OUT = /^(clk|cfg|unused.*)$/;
/** Loop variables. */
const LOCAL_SCOPE = /\.unnamedblk\d+$/;

/** Reads what a native machine writes: a line a variable, scope, name, bits, toggles, with tabs between. */
export function parseToggles(text: string): readonly NetToggles[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [scope = "", name = "", bits, toggles] = line.split("\t");
      return { scope, name, bits: Number(bits), toggles: Number(toggles) };
    });
}

/**
 * Activity of the accelerator, instance by instance; DRAM and counters, which are not synthesised, are left out.
 *
 * @param cycles of the run
 */
export function activityOf(nets: readonly NetToggles[], cycles: number): RunActivity {
  const instances = new Map<string, { signals: Omit<NetToggles, "scope">[]; part: string }>();
  for (const { scope, ...signal } of nets) {
    const path = scope.split(".");
    const top = path.indexOf(ACCELERATOR);
    if (top < 0 || LEFT_OUT.test(signal.name) || LOCAL_SCOPE.test(scope)) continue;
    // Generate blocks (`g_`) belong to the instance (`u_`) around them.
    const below = path.slice(top + 1);
    const instance = below.slice(0, below.findLastIndex(isInstance) + 1).join(".") || "accelerator";
    const part = below.find(isInstance)?.slice(2) ?? "accelerator";
    const held = instances.get(instance) ?? { signals: [], part };
    held.signals.push(signal);
    instances.set(instance, held);
  }
  const activity = (counted: readonly { readonly bits: number; readonly toggles: number }[]): Activity => {
    const bits = counted.reduce((sum, one) => sum + one.bits, 0);
    const toggles = counted.reduce((sum, one) => sum + one.toggles, 0);
    return { bits, toggles, activity: cycles === 0 ? 0 : toggles / (bits * cycles) };
  };
  const list = [...instances].map(([instance, { part, signals }]) => ({
    instance,
    part,
    ...activity(signals),
    signals,
  }));
  const parts = [...new Set(list.map(({ part }) => part))].map((part) => ({
    part,
    ...activity(list.filter((one) => one.part === part)),
  }));
  return { cycles, parts, instances: list };
}

function isInstance(name: string): boolean {
  return name.startsWith("u_");
}
