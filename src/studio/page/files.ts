import type { Workload } from "../../workload/workload.ts";
import type { WorkerClient } from "../client.ts";
import { byId } from "./dom.ts";

/** Takes files that are opened or dropped anywhere on the page. */
export function takeFiles(
  worker: WorkerClient,
  onWorkload: (workload: Workload) => void,
  onFailure: (error: unknown) => void,
): void {
  const open = async (file: File): Promise<void> => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      onWorkload(await worker.ask("read", { name: file.name, bytes, dims: readDims() }));
    } catch (error) {
      onFailure(error);
    }
  };
  const input = byId("file", HTMLInputElement);
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void open(file);
    // So that the same file, changed, can be opened again.
    input.value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void open(file);
  });
}

/** `batch=1, sequence=128` */
function readDims(): Readonly<Record<string, number>> {
  const parts = byId("dims", HTMLInputElement)
    .value.split(",")
    .map((part) => part.split("="));
  return Object.fromEntries(
    parts.flatMap(([name = "", size]) => (name.trim() === "" ? [] : [[name.trim(), Number(size)]])),
  );
}
