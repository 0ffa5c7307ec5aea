import { InputError, quote } from "../errors.ts";
import { PROFILES, type Profile } from "../fidelity/evaluator.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { createHardware } from "../hardware/hardware.ts";
import { toLayerTable } from "../interop/layer-table.ts";
import { EDP, type Objective, parseObjective } from "../mapper/objective.ts";
import { BUILTIN_WORKLOADS, builtinWorkload } from "../workload/builtin.ts";
import { parseWorkload, type Workload } from "../workload/workload.ts";

/** All that a link to the studio carries. */
export interface StudioState {
  readonly workload: Workload;
  readonly objective: Objective;
  /** The RTL that Starlight predicts. */
  readonly profile: Profile;
  readonly a: HardwareParameters;
  /** The design that A is compared with, if any. */
  readonly b?: HardwareParameters;
  /** Most area that a search may spend, mm2. */
  readonly maxAreaMm2: number;
}

export const DEFAULT_STATE: StudioState = {
  workload: builtinWorkload("resnet50"),
  objective: EDP,
  profile: "gemmini-firesim",
  a: { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
  maxAreaMm2: 0.75,
};

/** A state as the part of an address after `#`; a workload that is not built in travels as its layer table. */
export async function toFragment(state: StudioState): Promise<string> {
  const { workload, objective, profile, a, b, maxAreaMm2 } = state;
  const builtIn = BUILTIN_WORKLOADS.get(workload.name) === workload;
  const parameters = new URLSearchParams({
    ...(builtIn
      ? { workload: workload.name }
      : { table: await pack(JSON.stringify(toLayerTable(workload))) }),
    objective: objective.name,
    ...(profile === DEFAULT_STATE.profile ? {} : { rtl: profile }),
    a: sizes(a),
    ...(b ? { b: sizes(b) } : {}),
    area: String(maxAreaMm2),
  });
  return parameters.toString().replaceAll("%2C", ",");
}

/**
 * The state of an address. What is missing is as by default.
 *
 * @throws InputError for what is there and wrong
 */
export async function fromFragment(fragment: string): Promise<StudioState> {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const table = parameters.get("table");
  const name = parameters.get("workload");
  const b = parameters.get("b");
  const area = Number(parameters.get("area"));
  return {
    workload:
      table !== null
        ? parseWorkload(JSON.parse(await unpack(table)), "link")
        : name === null
          ? DEFAULT_STATE.workload
          : builtinWorkload(name),
    objective: parseObjective(parameters.get("objective") ?? DEFAULT_STATE.objective.name, "link: objective"),
    profile: parseProfile(parameters.get("rtl") ?? DEFAULT_STATE.profile),
    a: parseSizes(parameters.get("a") ?? sizes(DEFAULT_STATE.a)),
    ...(b === null ? {} : { b: parseSizes(b) }),
    maxAreaMm2: area > 0 && Number.isFinite(area) ? area : DEFAULT_STATE.maxAreaMm2,
  };
}

/** @throws InputError */
export function parseProfile(name: string): Profile {
  const known = PROFILES.find((profile) => profile === name);
  if (known) return known;
  throw new InputError({ where: "link: rtl", expected: PROFILES.join(", "), found: quote(name) });
}

function sizes({ peDim, scratchpadKib, accumulatorKib }: HardwareParameters): string {
  return `${peDim},${scratchpadKib},${accumulatorKib}`;
}

function parseSizes(text: string): HardwareParameters {
  const [peDim = 0, scratchpadKib = 0, accumulatorKib = 0] = text.split(",").map(Number);
  const hardware = { peDim, scratchpadKib, accumulatorKib };
  createHardware(hardware);
  return hardware;
}

/** Deflated, in the base 64 of addresses. */
async function pack(text: string): Promise<string> {
  const bytes = await through(new Blob([text]), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(await through(new Blob([bytes]), new DecompressionStream("deflate-raw")));
}

async function through(blob: Blob, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(blob.stream().pipeThrough(stream)).arrayBuffer());
}
