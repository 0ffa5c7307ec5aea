/** Colours by role. */
export type Theme = Readonly<Record<string, string>>;

/**
 * Okabe and Ito's palette (2008), told apart under every common colour blindness, a little darker on paper and a little lighter
 * on black so that each stands out. Roles never rest on colour alone: shapes, hatching, order and labels say the same.
 */
export const LIGHT: Theme = {
  paper: "#ffffff",
  panel: "#f6f7f8",
  ink: "#1b1f24",
  muted: "#57606a",
  grid: "#e3e6ea",
  line: "#aeb5bd",
  accent: "#0065a8",
  mac: "#0b6fb0",
  register: "#63b3e6",
  accumulator: "#0a8f6a",
  scratchpad: "#e2a11c",
  dram: "#c8500c",
  spare: "#8a929b",
};

export const DARK: Theme = {
  paper: "#111417",
  panel: "#191d21",
  ink: "#e7eaee",
  muted: "#a3acb6",
  grid: "#272d33",
  line: "#5a636d",
  accent: "#62b8f2",
  mac: "#3d9ad8",
  register: "#8fd0f7",
  accumulator: "#2bb58c",
  scratchpad: "#f0b640",
  dram: "#ee7a3b",
  spare: "#7a838d",
};

/** The rules of every plot. `colour` gives a role's colour: a variable in a page, a literal in a file of its own. */
export function plotStyle(colour: (role: string) => string): string {
  const parts = ["mac", "register", "accumulator", "scratchpad", "dram", "spare", "accent", "muted", "ink"];
  return [
    `svg{font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;font-size:11px}`,
    `svg text{fill:${colour("ink")};font-variant-numeric:tabular-nums}`,
    `svg .title,svg .small{fill:${colour("muted")}}`,
    "svg .small{font-size:10px}",
    `svg .code{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace}`,
    "svg .strong{font-weight:600}",
    `svg .grid{stroke:${colour("grid")};fill:none}`,
    `svg .axis{stroke:${colour("line")};fill:none}`,
    `svg .roof{stroke:${colour("ink")};fill:none;stroke-width:1.5}`,
    "svg .dashed{stroke-dasharray:5 3}",
    `svg .box{fill:${colour("panel")};stroke:${colour("line")}}`,
    `svg .track{fill:${colour("grid")}}`,
    `svg .hatch{stroke:${colour("paper")};fill:none}`,
    "svg .across{stroke-dasharray:1.5 3;stroke-dashoffset:1.5}",
    `svg .halo{stroke:${colour("paper")};stroke-width:3;paint-order:stroke;stroke-linejoin:round}`,
    ...parts.map(
      (part) => `svg .f-${part}{fill:${colour(part)}}svg .s-${part}{stroke:${colour(part)};fill:none}`,
    ),
    `svg .open{fill:${colour("paper")}}`,
    "svg .faint{opacity:.35}",
    "svg .wide-line{stroke-width:2}",
    "svg .band{opacity:.18}",
    ...[1, 2, 3, 4, 5].map((step) => `svg .d${step}{fill:${colour("muted")};opacity:${0.12 + 0.14 * step}}`),
  ].join("\n");
}

/** The colours of a theme as custom properties. */
export function themeVariables(theme: Theme): string {
  return Object.entries(theme)
    .map(([role, value]) => `--${role}:${value}`)
    .join(";");
}
