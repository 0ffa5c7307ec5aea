import type { CodesignProgress, CodesignResult } from "../../codesign/codesign.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import type { HardwareParameters } from "../../hardware/hardware.ts";
import { formatPercent, formatValue } from "../../report/svg/format.ts";
import { openWorker, type WorkerClient } from "../client.ts";
import type { StudioState } from "../state.ts";
import { byId } from "./dom.ts";
import { sizesText } from "./totals.ts";

/** The space of `polaris search` without options. */
function spaceOf(maxAreaMm2: number): HardwareSpace {
  const sizes = Array.from({ length: 2048 }, (_, i) => i + 1);
  return {
    arrays: [2, 4, 8, 16, 32, 64, 128].map((peDim) => ({ peDim })),
    scratchpadKib: sizes,
    accumulatorKib: sizes,
    maxAreaMm2,
  };
}

/** The co-design search: in workers of its own, so that sliders answer meanwhile. */
export function createSearchPanel(options: {
  readonly worker: URL;
  state(): StudioState;
  onArea(maxAreaMm2: number): void;
  onFound(hardware: HardwareParameters): void;
}): { show(state: StudioState): void } {
  const start = byId("search", HTMLButtonElement);
  const stop = byId("stop", HTMLButtonElement);
  const area = byId("max-area", HTMLInputElement);
  const status = byId("search-status", HTMLParagraphElement);
  let client: WorkerClient | undefined;

  const begin = async (): Promise<void> => {
    const { workload, objective, maxAreaMm2 } = options.state();
    client = openWorker(options.worker);
    start.disabled = true;
    stop.disabled = false;
    const started = performance.now();
    status.textContent = "starting";
    try {
      const threads = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1));
      const request = { workload, objective, space: spaceOf(maxAreaMm2), threads };
      const found = await client.ask("search", request, (progress) => {
        status.textContent = progressText(progress);
      });
      status.textContent = resultText(found, objective.name, (performance.now() - started) / 1000);
      options.onFound(found.hardware);
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      client.close();
      client = undefined;
      start.disabled = false;
      stop.disabled = true;
    }
  };
  start.addEventListener("click", () => void begin());
  stop.addEventListener("click", () => {
    status.textContent = "stopping at the best so far";
    void client?.ask("stop", null);
  });
  area.addEventListener("change", () => {
    const value = Number(area.value);
    if (value > 0) options.onArea(value);
    else area.value = String(options.state().maxAreaMm2);
  });
  return {
    show: ({ maxAreaMm2 }) => {
      area.value = String(maxAreaMm2);
    },
  };
}

function progressText(progress: CodesignProgress): string {
  if (progress.phase === "enumerate") return `${progress.done} of ${progress.of} layers enumerated`;
  if (progress.phase === "bound")
    return `${formatValue(progress.boxes)} boxes of configs bounded, ${Number.isFinite(progress.gap) ? `gap ${formatPercent(progress.gap)}` : "no design yet"}`;
  return `${formatValue(progress.points)} points`;
}

function resultText(
  { hardware, optimal, gap, configs }: CodesignResult,
  of: string,
  seconds: number,
): string {
  const proof = optimal ? `proven optimal (${of})` : `within ${formatPercent(gap)} of the optimum (${of})`;
  return `${sizesText(hardware)}: ${proof} among ${formatValue(configs)} configs, ${formatValue(seconds)} s`;
}
