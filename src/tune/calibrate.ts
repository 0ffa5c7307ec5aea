import {
  COEFFICIENTS,
  type Coefficients,
  packCoefficients,
  priorCoefficients,
} from "../event/coefficients.ts";
import { Simulator } from "../event/simulator.ts";
import type { MeasuredRow } from "./dataset.ts";
import { levenbergMarquardt } from "./levenberg-marquardt.ts";

/** What a calibration reads of a measurement. */
export type CalibrationRow = Pick<MeasuredRow, "shape" | "mapping" | "peDim" | "cold" | "measuredCycles"> & {
  /** How many rows this one counts for, 1 if it does not say. */
  readonly weight?: number;
};

export interface CalibrationOptions {
  /** Most Gauss-Newton steps. */
  readonly iterations?: number;
  /** Where the search begins and what it believes beforehand; the priors of the table by default. */
  readonly prior?: Coefficients;
  /** Coefficients that keep their prior. */
  readonly fixed?: readonly string[];
}

/** A calibration as a message to a worker thread. */
export interface CalibrationJob {
  readonly rows: readonly CalibrationRow[];
  readonly options: CalibrationOptions;
}

/** Whatever calibrates, several data sets at a time. */
export interface CalibrationPool {
  calibrate(job: CalibrationJob): Promise<Calibration>;
}

export interface Calibration {
  readonly coefficients: Coefficients;
  /** Mean Huber loss of the log errors, prior included. */
  readonly loss: number;
  readonly iterations: number;
}

/** Log error above which a row counts by its distance, not by its square. */
const HUBER = 0.1;
/** Steps after which nothing has ever moved. */
const ITERATIONS = 60;

/**
 * Fits the event model's coefficients to measurements by their logarithms, so that they stay positive and errors count in
 * percent. Coefficients that only convolutions, or only matrix products, have are moved together, since no row depends on both.
 *
 * The same rows give the same coefficients on every machine.
 */
export function calibrate(
  module: WebAssembly.Module,
  rows: readonly CalibrationRow[],
  options: CalibrationOptions = {},
): Calibration {
  const simulator = new Simulator(module, Math.max(1, rows.length));
  for (const [i, { shape, mapping, peDim, cold }] of rows.entries()) {
    simulator.describe(i, shape, mapping, peDim, cold);
  }
  const isMatmul = rows.map((_, i) => simulator.isMatmul(i));
  const logs = Float64Array.from(rows, ({ measuredCycles }) => Math.log(measuredCycles));
  const priors = options.prior ?? priorCoefficients();
  const parameters = freeParameters(priors, new Set(options.fixed));
  const packed = packCoefficients(priors);
  const unpack = (x: Float64Array): void => {
    for (const [i, { places }] of parameters.entries()) {
      for (const place of places) packed[place] = Math.exp(x[i] as number);
    }
  };
  const column = (read: (parameter: Parameter) => number): Float64Array =>
    Float64Array.from(parameters, (parameter) => Math.log(read(parameter)));

  const fit = levenbergMarquardt(
    {
      start: column(({ prior }) => prior),
      low: column(({ low }) => low),
      high: column(({ high }) => high),
      prior: column(({ prior }) => prior),
      priorWeight: priorWeight(rows.length),
      weights: Float64Array.from(rows, ({ weight }) => weight ?? 1),
      sets: parameterSets(parameters),
      depends: (row, i) => {
        const kind = (parameters[i] as Parameter).kind;
        return kind === "both" || (kind === "matmul") === isMatmul[row];
      },
      residuals: (x) => {
        unpack(x);
        simulator.simulate(packed, rows.length);
        return Float64Array.from(logs, (log, i) => Math.log(simulator.latencyCycles(i)) - log);
      },
    },
    { iterations: options.iterations ?? ITERATIONS, huber: HUBER },
  );
  unpack(fit.parameters);
  return { coefficients: toCoefficients(packed), loss: fit.loss, iterations: fit.iterations };
}

/** Rows that the prior counts for: more where there are few, which leave most coefficients open. */
function priorWeight(rows: number): number {
  if (rows <= 100) return 0.3;
  return rows <= 400 ? 0.05 : 0.02;
}

/** One number to fit. */
interface Parameter {
  readonly kind: "convolution" | "matmul" | "both";
  /** Where it stands in the packed records. */
  readonly places: readonly number[];
  readonly prior: number;
  readonly low: number;
  readonly high: number;
}

/** f64 elements of the packed coefficients of one kind of layer. */
const RECORD = packCoefficients(priorCoefficients()).length / 2;

function freeParameters(priors: Coefficients, fixed: ReadonlySet<string>): readonly Parameter[] {
  return COEFFICIENTS.filter(({ name }) => !fixed.has(name)).flatMap(
    ({ name, offset, low, high, layers }): Parameter[] => {
      const at = offset >> 3;
      const [convolution, matmul] = pairOf(priors[name]);
      const parameter = (kind: Parameter["kind"], places: readonly number[], prior: number): Parameter => ({
        kind,
        places,
        prior: Math.min(high, Math.max(low, prior)),
        low,
        high,
      });
      if (layers === "shared") return [parameter("both", [at, RECORD + at], convolution)];
      return [
        ...(layers === "matmul" ? [] : [parameter("convolution", [at], convolution)]),
        ...(layers === "convolution" ? [] : [parameter("matmul", [RECORD + at], matmul)]),
      ];
    },
  );
}

function pairOf(value: Coefficients[string] | undefined): readonly [number, number] {
  return typeof value === "number" ? [value, value] : (value ?? [Number.NaN, Number.NaN]);
}

/** Parameters of the two kinds in pairs, the others alone. */
function parameterSets(parameters: readonly Parameter[]): readonly (readonly number[])[] {
  const sets: number[][] = [];
  for (const [i, { kind }] of parameters.entries()) {
    const last = sets.at(-1);
    const pairs =
      kind === "matmul" && last?.length === 1 && parameters[last[0] as number]?.kind === "convolution";
    if (pairs) last.push(i);
    else sets.push([i]);
  }
  return sets;
}

function toCoefficients(packed: Float64Array): Coefficients {
  return Object.fromEntries(
    COEFFICIENTS.map(({ name, offset, layers }) => {
      const at = offset >> 3;
      const convolution = packed[at] as number;
      const matmul = packed[RECORD + at] as number;
      return [name, layers === "each" ? [convolution, matmul] : layers === "matmul" ? matmul : convolution];
    }),
  );
}
