import { InputError, quote } from "../../errors.ts";
import { DIMS, type Dim, type LayerShape, STEPS, type Step, toLayerShape } from "../../workload/layer.ts";
import { asRecord } from "../../workload/workload.ts";
import { dimOf, type TimeloopVersion, timeloopDim } from "./names.ts";

/** Projections of the operands; a pair is a dim times a coefficient. */
const PROJECTIONS = [
  { name: "Weights", projection: [[["C"]], [["M"]], [["R"]], [["S"]]] },
  {
    name: "Inputs",
    projection: [
      [["N"]],
      [["C"]],
      [
        ["R", "Wdilation"],
        ["P", "Wstride"],
      ],
      [
        ["S", "Hdilation"],
        ["Q", "Hstride"],
      ],
    ],
  },
  { name: "Outputs", projection: [[["N"]], [["M"]], [["Q"]], [["P"]]] },
] as const;

/** A layer as Timeloop's `problem:` section, the shape of its loop nest spelled out. */
export function toTimeloopProblem(name: string, shape: LayerShape, version: TimeloopVersion): object {
  const [spaces, written] = version === "0.3" ? ["data-spaces", "read-write"] : ["data_spaces", "read_write"];
  return {
    version: Number(version),
    shape: {
      name,
      dimensions: DIMS.map(timeloopDim),
      coefficients: STEPS.map((step) => ({ name: step, default: 1 })),
      [spaces]: PROJECTIONS.map((operand) =>
        operand.name === "Outputs" ? { ...operand, [written]: true } : operand,
      ),
    },
    instance: Object.fromEntries([
      ...DIMS.map((dim) => [timeloopDim(dim), shape[dim]]),
      ...STEPS.map((step) => [step, shape[step]]),
    ]),
  };
}

/** The coefficient that belongs to each dim along an input axis. */
const STEP_OF: Readonly<Partial<Record<Dim, Step>>> = {
  P: "Wstride",
  Q: "Hstride",
  R: "Wdilation",
  S: "Hdilation",
};

/** A layer of a `problem:` section. */
export interface TimeloopProblem {
  readonly name: string | undefined;
  readonly shape: LayerShape;
}

/**
 * The layer of a `problem:` section of either version: `cnn-layer` by name, or a convolution spelled out, whose projection of the
 * inputs says which coefficient goes with which dim.
 *
 * @throws InputError for another loop nest
 */
export function fromTimeloopProblem(section: unknown, where: string): TimeloopProblem {
  const problem = asRecord(section, where, "a problem with shape and instance");
  const instance = asRecord(problem["instance"] ?? problem, `${where}: instance`, "bounds such as P: 28");
  const described = problem["shape"];
  const [name, steps] =
    typeof described === "object" && described !== null
      ? readNest(asRecord(described, `${where}: shape`, "a loop nest"), `${where}: shape`)
      : [undefined, STEP_OF];
  const fields: Partial<Record<Dim | Step, unknown>> = {};
  for (const [key, value] of Object.entries(instance)) {
    const dim = dimOf(key);
    if (dim) fields[dim] = value;
    else if (
      !KNOWN.has(key) &&
      instance === problem["instance"] &&
      !(STEPS as readonly string[]).includes(key)
    ) {
      if (value !== 1 && !Object.values(steps).includes(key))
        throw new InputError({
          where: `${where}: instance`,
          expected: "dims and coefficients of a convolution",
          found: quote(key),
        });
    }
  }
  for (const [dim, step] of Object.entries(STEP_OF) as [Dim, Step][]) {
    const coefficient = steps[dim];
    if (coefficient !== undefined) fields[step] = instance[coefficient] ?? 1;
  }
  try {
    return { name, shape: toLayerShape(fields) };
  } catch (error) {
    throw error instanceof InputError ? error.within(`${where}: instance`) : error;
  }
}

/** Sizes of the input and its padding, which follow from the rest or do not matter here, and densities. */
const KNOWN: ReadonlySet<string> = new Set(["H", "W", "Hpad", "Wpad", "densities"]);

/** Name and coefficients of a nest that is spelled out. */
function readNest(
  nest: Readonly<Record<string, unknown>>,
  where: string,
): readonly [name: string | undefined, steps: Readonly<Partial<Record<Dim, string>>>] {
  const dimensions = nest["dimensions"];
  const wrong = Array.isArray(dimensions)
    ? dimensions.find((name) => typeof name !== "string" || (!dimOf(name) && name !== "G"))
    : dimensions;
  if (!Array.isArray(dimensions) || wrong !== undefined) {
    throw new InputError({
      where: `${where}.dimensions`,
      expected: "dims of a convolution: C M R S N P Q",
      found: quote(wrong),
    });
  }
  const spaces = nest["data-spaces"] ?? nest["data_spaces"];
  const inputs = Array.isArray(spaces)
    ? spaces.find((space: unknown) => (space as { name?: unknown } | null)?.name === "Inputs")
    : undefined;
  const projection = (inputs as { projection?: unknown } | undefined)?.projection;
  if (projection === undefined) return [nameOf(nest), STEP_OF];
  const steps: Partial<Record<Dim, string>> = {};
  for (const axis of Array.isArray(projection) ? projection : []) {
    for (const term of Array.isArray(axis) ? axis : []) {
      if (!Array.isArray(term) || typeof term[0] !== "string") continue;
      const dim = dimOf(term[0]);
      if (dim && typeof term[1] === "string") steps[dim] = term[1];
    }
  }
  return [nameOf(nest), steps];
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof name === "string" ? name : undefined;
}
