import type { Bandwidth } from "../hardware/hardware.ts";
import { formatMapping, LEVELS, type Mapping } from "../space/mapping.ts";
import { shapeKey } from "../workload/layer.ts";
import type { Candidate } from "./evaluator.ts";

/**
 * A candidate as one line of text. Two candidates have the same text exactly if no evaluator can tell them apart; loops of bound
 * 1 say nothing and are left out.
 */
export function candidateText({ shape, hardware, mapping, cold = false }: Candidate): string {
  return [
    `layer ${shapeKey(shape)}`,
    `hardware ${[
      hardware.peDim,
      hardware.scratchpadWords,
      hardware.scratchpadRows,
      hardware.accumulatorWords,
      hardware.accumulatorRows,
      bandwidthText(hardware.scratchpadBandwidth),
      bandwidthText(hardware.accumulatorBandwidth),
      hardware.dramBandwidthWords,
      hardware.registerWords,
    ].join(",")}`,
    `mapping ${formatMapping(withoutUnitLoops(mapping))}`,
    ...(cold ? ["cold"] : []),
  ].join("; ");
}

function bandwidthText(bandwidth: Bandwidth): string {
  return bandwidth.kind === "shared"
    ? `${bandwidth.words}`
    : `${bandwidth.readWords}/${bandwidth.writeWords}`;
}

function withoutUnitLoops(mapping: Mapping): Mapping {
  const loops = { ...mapping.loops };
  for (const level of LEVELS) loops[level] = loops[level].filter(({ bound }) => bound > 1);
  return { ...mapping, loops };
}

/** SHA-256 of a text as 64 hexadecimal digits, on any runtime. */
export async function contentHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
