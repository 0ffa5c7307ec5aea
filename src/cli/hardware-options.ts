import { InputError, quote, UsageError } from "../errors.ts";
import { area } from "../hardware/area.ts";
import {
  createHardware,
  type HardwareParameters,
  MAX_MEMORY_KIB,
  MAX_PE_DIM,
  MIN_PE_DIM,
  parseHardware,
} from "../hardware/hardware.ts";
import { hardwareGrid, parseValues } from "../sweep/grid.ts";
import { loadDocument } from "../workload/load.ts";
import { once } from "./options.ts";
import { formatNumber } from "./table.ts";

export interface HardwareArgs {
  readonly pe: string | undefined;
  readonly "scratchpad-kib": string | undefined;
  readonly "accumulator-kib": string | undefined;
  readonly hardware: string | undefined;
}

/** What the options that are not given stand for. */
export interface HardwareDefaults {
  readonly pe: string;
  readonly scratchpad: string;
  readonly accumulator: string;
}

/** The options that name hardware; each takes a value, a list `64,128`, a range `8..512:8` or one of powers `4..128:x2`. */
export function hardwareOptions(defaults: HardwareDefaults) {
  const values = <F extends string>(flag: F, describe: string, value: string) => ({
    describe,
    defaultDescription: value,
    requiresArg: true,
    coerce: once<string>(flag),
  });
  return {
    pe: values("pe", "PEs along a side of the array", defaults.pe),
    "scratchpad-kib": values("scratchpad-kib", "Scratchpad size", defaults.scratchpad),
    "accumulator-kib": values("accumulator-kib", "Accumulator size", defaults.accumulator),
    hardware: {
      describe: "One config from a file instead",
      type: "string",
      requiresArg: true,
      coerce: once<string>("hardware"),
    },
  } as const;
}

/** Values of each parameter, or the one config of a file. */
export type HardwareChoice =
  | { readonly file: HardwareParameters }
  | {
      readonly file?: undefined;
      readonly peDim: readonly number[];
      readonly scratchpadKib: readonly number[];
      readonly accumulatorKib: readonly number[];
    };

const MEMORY = { least: 1, most: MAX_MEMORY_KIB };

/** What the options name. */
export async function readHardware(args: HardwareArgs, defaults: HardwareDefaults): Promise<HardwareChoice> {
  if (args.hardware === undefined) {
    return {
      peDim: parseValues(args.pe ?? defaults.pe, "--pe", { least: MIN_PE_DIM, most: MAX_PE_DIM }),
      scratchpadKib: parseValues(args["scratchpad-kib"] ?? defaults.scratchpad, "--scratchpad-kib", MEMORY),
      accumulatorKib: parseValues(
        args["accumulator-kib"] ?? defaults.accumulator,
        "--accumulator-kib",
        MEMORY,
      ),
    };
  }
  for (const flag of ["pe", "scratchpad-kib", "accumulator-kib"] as const) {
    if (args[flag] === undefined) continue;
    throw new UsageError(`--${flag}: expected no such flag beside --hardware, found ${quote(args[flag])}`);
  }
  return { file: parseHardware(await loadDocument(args.hardware), args.hardware) };
}

/** Every config that the options name. */
export async function readGrid(
  args: HardwareArgs,
  defaults: HardwareDefaults,
): Promise<readonly HardwareParameters[]> {
  const choice = await readHardware(args, defaults);
  return choice.file ? [choice.file] : hardwareGrid(choice);
}

/** The one config that the options name. */
export async function readConfig(
  args: HardwareArgs,
  defaults: HardwareDefaults,
): Promise<HardwareParameters> {
  const [config, ...more] = await readGrid(args, defaults);
  if (config && more.length === 0) {
    createHardware(config);
    return config;
  }
  throw new InputError({
    where: "--pe, --scratchpad-kib, --accumulator-kib",
    expected: "one hardware config",
    found: String(more.length + 1),
    hint: "polaris sweep takes a grid",
  });
}

/** The configs of at most `cap` mm2. */
export function withinArea(
  grid: readonly HardwareParameters[],
  cap: number | undefined,
): readonly HardwareParameters[] {
  const areas = grid.map((point) => area(createHardware(point)).mm2);
  if (cap === undefined) return grid;
  const kept = grid.filter((_, index) => (areas[index] ?? 0) <= cap);
  if (kept.length > 0) return kept;
  const smallest = areas.reduce((least, mm2) => Math.min(least, mm2), Number.POSITIVE_INFINITY);
  throw new InputError({
    where: "--max-area-mm2",
    expected: `at least the smallest config's ${formatNumber(smallest)}`,
    found: String(cap),
  });
}
