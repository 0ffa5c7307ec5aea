import { PROFILES } from "../../fidelity/evaluator.ts";
import { formatValue } from "../../report/svg/format.ts";
import { BUILTIN_WORKLOADS } from "../../workload/builtin.ts";
import { macs } from "../../workload/layer.ts";
import type { StudioState } from "../state.ts";
import { byId, create } from "./dom.ts";

/** Fills the lists of built-in networks and of RTL that Starlight predicts. */
export function listChoices(): void {
  byId("profile", HTMLSelectElement).append(
    ...PROFILES.map((name) => create("option", { value: name }, name)),
  );
  const names = [...BUILTIN_WORKLOADS.keys()];
  byId("workload", HTMLSelectElement).append(...names.map((name) => create("option", { value: name }, name)));
}

/** Makes the choices on the page those of the state. */
export function showChoices({ workload, objective, profile, b }: StudioState, editing: "a" | "b"): void {
  const workloads = byId("workload", HTMLSelectElement);
  if (!Array.from(workloads.options).some(({ value }) => value === workload.name)) {
    workloads.append(create("option", { value: workload.name }, `${workload.name} (opened)`));
  }
  workloads.value = workload.name;
  byId("objective", HTMLSelectElement).value = objective.name;
  byId("profile", HTMLSelectElement).value = profile;
  const second = byId("design-b", HTMLButtonElement);
  byId("design-a", HTMLButtonElement).setAttribute("aria-pressed", String(editing === "a"));
  second.setAttribute("aria-pressed", String(editing === "b"));
  second.disabled = !b;
  byId("compare", HTMLButtonElement).textContent = b ? "End comparison" : "Compare";
  byId("workload-facts", HTMLParagraphElement).textContent = factsText(workload);
}

function factsText({ name, layers, note }: StudioState["workload"]): string {
  const total = layers.reduce((sum, { count, shape }) => sum + count * macs(shape), 0);
  return `${name}: ${layers.length} distinct layers, ${formatValue(total / 1e6)} million MACs.${note === undefined ? "" : ` ${note}`}`;
}
