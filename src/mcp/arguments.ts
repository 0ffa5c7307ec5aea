import { PROFILES, type Profile } from "../fidelity/evaluator.ts";

// What the tools take, as JSON schemas; the program's own parsers check what a schema cannot say.

const hardware = {
  type: "object",
  description: "Hardware config. Default: 16 x 16 PEs, 128 KiB scratchpad, 32 KiB accumulator.",
  properties: {
    peDim: { type: "integer", minimum: 2, maximum: 128, description: "PEs along a side of the array" },
    scratchpadKib: { type: "integer", minimum: 1, maximum: 2048 },
    accumulatorKib: { type: "integer", minimum: 1, maximum: 2048 },
    bandwidth: { enum: ["shared", "split"] },
  },
  required: ["peDim", "scratchpadKib", "accumulatorKib"],
  additionalProperties: false,
} as const;

const workload = {
  description:
    "A built-in network (tool `workloads` lists them), the path of an .onnx model or of a layer table (.json, .yaml), or a layer table itself: { name, layers: [{ name, count, K, C, P, Q, R, S, stride, groups }] }",
  type: ["string", "object"],
} as const;

const dims = {
  type: "object",
  description: "Sizes of the open dims of an ONNX model, such as { batch: 1 }",
  additionalProperties: { type: "integer", minimum: 1 },
} as const;

const objective = {
  type: "string",
  description: "edp (default), latency, energy, ed2p, or weighted:W for latency^W x energy^(1-W)",
} as const;

const allowPadding = { type: "boolean", description: "Pad bounds where that pays" } as const;

const budgetSeconds = {
  type: "number",
  exclusiveMinimum: 0,
  maximum: 600,
  description: "Time after which the best answer so far is given, with its gap",
} as const;

const kib = (what: string) => ({
  type: "array",
  description: `Sizes of the ${what} to choose from, in KiB; default: every integer from 1 to 2048`,
  items: { type: "integer", minimum: 1, maximum: 2048 },
  minItems: 1,
});

/** Arguments of each tool. */
export const ARGUMENTS = {
  workloads: { type: "object", properties: {}, additionalProperties: false },
  evaluate: {
    type: "object",
    properties: {
      design: {
        type: ["string", "object"],
        description:
          "A design { workload, hardware, layers: [{ name, mapping, shape?, count? }] } as `map` and `search` answer, or the path of one",
      },
      fidelity: {
        enum: ["analytical", "starlight"],
        description:
          "analytical (default): exact access counts and roofline; starlight: what RTL would take, with its 90 % interval",
      },
      profile: {
        enum: PROFILES,
        description:
          "The RTL that starlight predicts: Gemmini's on FireSim, or this project's; default: the design's, else gemmini-firesim",
      },
    },
    required: ["design"],
    additionalProperties: false,
  },
  simulate: {
    type: "object",
    properties: {
      design: {
        type: ["string", "object"],
        description: "A design, as for `evaluate`; its array is 4, 8, 16, 32 or 64 wide",
      },
      maxCycles: {
        type: "integer",
        minimum: 1,
        description: "Give a layer up after so many cycles; default 10^9",
      },
    },
    required: ["design"],
    additionalProperties: false,
  },
  map: {
    type: "object",
    properties: {
      workload,
      dims,
      hardware,
      objective,
      allowPadding,
      maxLatencyCycles: { type: "number", exclusiveMinimum: 0, description: "Most that the total may be" },
      maxEnergyUj: { type: "number", exclusiveMinimum: 0, description: "Most that the total may be" },
      budgetSeconds,
    },
    required: ["workload"],
    additionalProperties: false,
  },
  search: {
    type: "object",
    properties: {
      workloads: {
        type: "array",
        items: workload,
        minItems: 1,
        description: "Networks that one hardware config is to serve",
      },
      dims,
      maxAreaMm2: {
        type: "number",
        exclusiveMinimum: 0,
        description: "Most area; without it the largest array wins, since the energy has no leakage",
      },
      peDims: {
        type: "array",
        description: "Sides of the array to choose from; default: powers of two from 2 to 128",
        items: { type: "integer", minimum: 2, maximum: 128 },
        minItems: 1,
      },
      scratchpadKib: kib("scratchpad"),
      accumulatorKib: kib("accumulator"),
      objective,
      allowPadding,
      budgetSeconds,
    },
    required: ["workloads"],
    additionalProperties: false,
  },
} as const;

/** Arguments of `evaluate`, after they were checked. */
export interface EvaluateArguments {
  readonly design: string | object;
  readonly fidelity?: "analytical" | "starlight";
  readonly profile?: Profile;
}

/** Arguments of `simulate`, after they were checked. */
export interface SimulateArguments {
  readonly design: string | object;
  readonly maxCycles?: number;
}

/** Arguments of `map`, after they were checked. */
export interface MapArguments {
  readonly workload: string | object;
  readonly dims?: Readonly<Record<string, number>>;
  readonly hardware?: object;
  readonly objective?: string;
  readonly allowPadding?: boolean;
  readonly maxLatencyCycles?: number;
  readonly maxEnergyUj?: number;
  readonly budgetSeconds?: number;
}

/** Arguments of `search`, after they were checked. */
export interface SearchArguments {
  readonly workloads: readonly (string | object)[];
  readonly dims?: Readonly<Record<string, number>>;
  readonly maxAreaMm2?: number;
  readonly peDims?: readonly number[];
  readonly scratchpadKib?: readonly number[];
  readonly accumulatorKib?: readonly number[];
  readonly objective?: string;
  readonly allowPadding?: boolean;
  readonly budgetSeconds?: number;
}
