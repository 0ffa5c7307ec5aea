import { type StudioState, toFragment } from "../state.ts";
import { byId } from "./dom.ts";

/** How far the address may lag behind the sliders. */
const LAG_MS = 200;
const TOLD_MS = 2500;

export interface Address {
  /** Writes the state into the address, soon. */
  remember(): void;
}

/** Keeps the page's address in step with its state, and hands it out as a link. */
export function createAddress(state: () => StudioState): Address {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writes = 0;
  const write = async (): Promise<string> => {
    clearTimeout(timer);
    const mine = ++writes;
    const link = `${location.href.replace(/#.*/, "")}#${await toFragment(state())}`;
    // Packing a table takes its time: what was begun later has the later state.
    if (mine === writes) history.replaceState(null, "", link);
    return link;
  };
  const button = byId("share", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const link = await write();
    try {
      await navigator.clipboard.writeText(link);
      button.textContent = "Link copied";
    } catch {
      button.textContent = "Link is in the address bar";
    }
    setTimeout(() => {
      button.textContent = "Copy link";
    }, TOLD_MS);
  });
  return {
    remember() {
      clearTimeout(timer);
      timer = setTimeout(() => void write(), LAG_MS);
    },
  };
}
