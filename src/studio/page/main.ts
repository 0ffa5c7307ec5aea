import type { Profile } from "../../fidelity/evaluator.ts";
import type { HardwareParameters } from "../../hardware/hardware.ts";
import { parseObjective } from "../../mapper/objective.ts";
import { BUILTIN_WORKLOADS, builtinWorkload } from "../../workload/builtin.ts";
import type { Workload } from "../../workload/workload.ts";
import { newestOnly, openWorker, WorkerFailure } from "../client.ts";
import type { MappedDesign } from "../protocol.ts";
import { DEFAULT_STATE, fromFragment, parseProfile, type StudioState } from "../state.ts";
import { createAddress } from "./address.ts";
import { listChoices, showChoices } from "./controls.ts";
import { byId } from "./dom.ts";
import { saveDesign, saveReport, saveTable } from "./export.ts";
import { takeFiles } from "./files.ts";
import { createPredictions } from "./predictions.ts";
import { createResults } from "./results.ts";
import { createSearchPanel } from "./search-panel.ts";
import { createSliders } from "./sliders.ts";

type Slot = "a" | "b";
const SLOTS = ["a", "b"] as const;

const WORKER = new URL("./worker.js", import.meta.url);
const worker = openWorker(WORKER);

let state: StudioState = DEFAULT_STATE;
/** The design that the controls change and the plots show. */
let editing: Slot = "a";
const mapped: Partial<Record<Slot, MappedDesign>> = {};
/** Workloads from files and links, to come back to. */
const opened = new Map<string, Workload>();

const results = createResults();
const address = createAddress(() => state);
const sliders = createSliders(byId("sliders", HTMLFieldSetElement), (change) =>
  update({ [editing]: { ...hardwareOf(editing), ...change } }),
);
const searchPanel = createSearchPanel({
  worker: WORKER,
  state: () => state,
  onArea: (maxAreaMm2) => update({ maxAreaMm2 }),
  onFound: (hardware) => update({ [editing]: hardware }),
});

function hardwareOf(slot: Slot): HardwareParameters {
  return (slot === "b" ? state.b : undefined) ?? state.a;
}

/** One map at a time for each design; while it runs only the newest question waits. */
const map = { a: newestOnly(askMap), b: newestOnly(askMap) };

function askMap(slot: Slot): Promise<MappedDesign> {
  const { workload, objective } = state;
  return worker.ask("map", { workload, objective, hardware: hardwareOf(slot) });
}

const predictions = createPredictions(SLOTS, worker, showPredictions, (error) => fail(toText(error)));

/** Changes the state, and asks for what that changes. */
function update(change: Partial<StudioState>): void {
  const before = state;
  const next = { ...state, ...change };
  const all = before.workload !== next.workload || before.objective !== next.objective;
  replace(
    next,
    SLOTS.filter((slot) => all || before[slot] !== next[slot]),
  );
}

function replace(next: StudioState, slots: readonly Slot[]): void {
  const asked = performance.now();
  fail("");
  state = next;
  showControls();
  address.remember();
  for (const slot of slots) if (state[slot]) void refresh(slot, asked);
}

async function refresh(slot: Slot, asked: number): Promise<void> {
  const { workload, objective } = state;
  try {
    const answer = await map[slot](slot);
    // A newer question stands for this one, or nobody asks this any more.
    if (!answer || workload !== state.workload || objective !== state.objective || !state[slot]) return;
    mapped[slot] = answer;
    show(asked);
    predictions.follow(slot, answer, state.profile);
  } catch (error) {
    fail(toText(error));
  }
}

function show(asked: number): void {
  const { a, b } = mapped;
  if (a) results.show({ a, b: state.b ? b : undefined, plotted: editing, objective: state.objective }, asked);
}

function showPredictions(): void {
  results.showPredicted({ a: predictions.of("a"), b: state.b ? predictions.of("b") : undefined });
}

/** The same designs on other RTL. */
function choose(profile: Profile): void {
  update({ profile });
  for (const slot of SLOTS) {
    const design = mapped[slot];
    if (design) predictions.follow(slot, design, profile);
  }
}

function showControls(): void {
  showChoices(state, editing);
  sliders.show(hardwareOf(editing));
  searchPanel.show(state);
}

function select(slot: Slot): void {
  editing = slot;
  showControls();
  show(performance.now());
  showPredictions();
}

/** Begins a comparison with a second design, the same at first; or ends it. */
function compare(): void {
  const { b, ...alone } = state;
  if (b) {
    state = alone;
    delete mapped.b;
    predictions.forget("b");
    select("a");
    address.remember();
    return;
  }
  if (mapped.a) mapped.b = mapped.a;
  editing = "b";
  update({ b: state.a });
}

async function readAddress(): Promise<void> {
  let next = DEFAULT_STATE;
  let problem = "";
  try {
    next = await fromFragment(location.hash);
  } catch (error) {
    problem = `This link cannot be read: ${toText(error)}`;
  }
  if (!BUILTIN_WORKLOADS.has(next.workload.name)) opened.set(next.workload.name, next.workload);
  editing = "a";
  delete mapped.b;
  predictions.forget("b");
  replace(next, SLOTS);
  fail(problem);
}

function fail(text: string): void {
  const message = byId("message", HTMLParagraphElement);
  message.hidden = text === "";
  message.textContent = text;
}

function toText(error: unknown): string {
  if (error instanceof WorkerFailure && error.hint !== undefined) return `${error.message} (${error.hint})`;
  return error instanceof Error ? error.message : String(error);
}

function onClick(id: string, action: () => unknown): void {
  byId(id, HTMLButtonElement).addEventListener("click", () => void action());
}

/** Saves what is plotted, once something is. */
function onSave(id: string, save: (state: StudioState, shown: MappedDesign) => unknown): void {
  onClick(id, () => {
    const shown = mapped[editing] ?? mapped.a;
    if (shown) void save(state, shown);
  });
}

listChoices();
const workloads = byId("workload", HTMLSelectElement);
workloads.addEventListener("change", () =>
  update({ workload: opened.get(workloads.value) ?? builtinWorkload(workloads.value) }),
);
const objectives = byId("objective", HTMLSelectElement);
objectives.addEventListener("change", () => update({ objective: parseObjective(objectives.value) }));
const profiles = byId("profile", HTMLSelectElement);
profiles.addEventListener("change", () => choose(parseProfile(profiles.value)));
onClick("design-a", () => select("a"));
onClick("design-b", () => select("b"));
onClick("compare", compare);
onSave("save-design", saveDesign);
onSave("save-table", saveTable);
onSave("save-report", saveReport);
takeFiles(
  worker,
  (workload) => {
    opened.set(workload.name, workload);
    update({ workload });
  },
  (error) => fail(toText(error)),
);
addEventListener("hashchange", () => void readAddress());
void readAddress();
