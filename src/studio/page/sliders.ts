import { type HardwareParameters, MAX_MEMORY_KIB, MAX_PE_DIM } from "../../hardware/hardware.ts";
import { create } from "./dom.ts";

type Parameter = "peDim" | "scratchpadKib" | "accumulatorKib";

/** A slider moves over the powers of two, memories in eighths between them; the number beside it takes every integer. */
const SLIDERS: readonly {
  readonly parameter: Parameter;
  readonly text: string;
  readonly least: number;
  readonly most: number;
  readonly steps: number;
}[] = [
  { parameter: "peDim", text: "PEs a side of the array", least: 2, most: MAX_PE_DIM, steps: 1 },
  { parameter: "scratchpadKib", text: "scratchpad (KiB)", least: 1, most: MAX_MEMORY_KIB, steps: 8 },
  { parameter: "accumulatorKib", text: "accumulator (KiB)", least: 1, most: MAX_MEMORY_KIB, steps: 8 },
];

export interface Sliders {
  show(hardware: HardwareParameters): void;
}

/** The controls of the three choices an architect makes. */
export function createSliders(
  host: HTMLElement,
  onChange: (change: Partial<HardwareParameters>) => void,
): Sliders {
  const shows = SLIDERS.map(({ parameter, text, least, most, steps }) => {
    const id = `slider-${parameter}`;
    const first = Math.log2(least) * steps;
    const last = Math.log2(most) * steps;
    const range = create("input", { type: "range", id, min: String(first), max: String(last), step: "1" });
    const number = create("input", {
      type: "number",
      min: String(least),
      max: String(most),
      step: "1",
      "aria-label": `${text}, exactly`,
    });
    const toValue = (place: number): number => Math.round(2 ** (place / steps));
    const show = (value: number): void => {
      range.value = String(Math.round(Math.log2(value) * steps));
      range.setAttribute("aria-valuetext", String(value));
      number.value = String(value);
    };
    range.addEventListener("input", () => {
      const value = toValue(Number(range.value));
      range.setAttribute("aria-valuetext", String(value));
      number.value = String(value);
      onChange({ [parameter]: value });
    });
    number.addEventListener("change", () => {
      const value = Math.min(most, Math.max(least, Math.round(Number(number.value)) || least));
      show(value);
      onChange({ [parameter]: value });
    });
    host.append(
      create(
        "div",
        { class: "slider" },
        create("div", { class: "row" }, create("label", { for: id }, text), number),
        range,
        create(
          "div",
          { class: "ends", "aria-hidden": "true" },
          create("span", {}, String(least)),
          create("span", {}, String(most)),
        ),
      ),
    );
    return (hardware: HardwareParameters): void => show(hardware[parameter]);
  });
  return {
    show: (hardware) => {
      for (const showOne of shows) showOne(hardware);
    },
  };
}
