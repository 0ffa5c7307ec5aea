import { InputError } from "../errors.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters, parseHardware } from "../hardware/hardware.ts";
import { hardwareGrid, parseValues } from "../sweep/grid.ts";
import { loadDocument } from "../workload/load.ts";
import { once } from "./options.ts";
import { formatNumber } from "./table.ts";

export interface HardwareArgs {
  readonly pe: string;
  readonly "scratchpad-kib": string;
  readonly "accumulator-kib": string;
  readonly hardware: string | undefined;
}

/** The options that name hardware; each takes a value, a list `64,128`, a range `8..512:8` or one of powers `4..128:x2`. */
export function hardwareOptions(defaults: {
  readonly pe: string;
  readonly scratchpad: string;
  readonly accumulator: string;
}) {
  return {
    pe: { describe: "PEs along a side of the array", default: defaults.pe, coerce: once<string>("pe") },
    "scratchpad-kib": {
      describe: "Scratchpad size",
      default: defaults.scratchpad,
      coerce: once<string>("scratchpad-kib"),
    },
    "accumulator-kib": {
      describe: "Accumulator size",
      default: defaults.accumulator,
      coerce: once<string>("accumulator-kib"),
    },
    hardware: {
      describe: "One config from a file instead",
      type: "string",
      requiresArg: true,
      coerce: once<string>("hardware"),
    },
  } as const;
}

/** Every config that the options name. */
export async function readGrid(args: HardwareArgs): Promise<readonly HardwareParameters[]> {
  if (args.hardware !== undefined) return [parseHardware(await loadDocument(args.hardware), args.hardware)];
  return hardwareGrid({
    peDim: parseValues(args.pe, "--pe"),
    scratchpadKib: parseValues(args["scratchpad-kib"], "--scratchpad-kib"),
    accumulatorKib: parseValues(args["accumulator-kib"], "--accumulator-kib"),
  });
}

/** The one config that the options name. */
export async function readConfig(args: HardwareArgs): Promise<HardwareParameters> {
  const [config, ...more] = await readGrid(args);
  if (config && more.length === 0) {
    createHardware(config);
    return config;
  }
  throw new InputError({
    where: "--pe, --scratchpad-kib, --accumulator-kib",
    expected: "one hardware config",
    found: `${more.length + 1}`,
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
