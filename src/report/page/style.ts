import { DARK, LIGHT, plotStyle, themeVariables } from "../svg/theme.ts";

/** Variables of both themes: as the system says, unless the reader has chosen; paper is always light. */
export const THEME_STYLE = `
:root{color-scheme:light;${themeVariables(LIGHT)}}
:root[data-theme=dark]{color-scheme:dark;${themeVariables(DARK)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${themeVariables(DARK)}}}
@media print{:root,:root:not([data-theme=light]){color-scheme:light;${themeVariables(LIGHT)}}}
`;

/** Rules of plots inside a page. */
export const PLOT_STYLE = plotStyle((role) => `var(--${role})`);

/** What report and studio share: type, tables, buttons, figures. */
export const BASE_STYLE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
h1{font-size:20px;line-height:1.25;margin:0;font-weight:650;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 8px;font-weight:650}
h3{font-size:13px;margin:0;font-weight:650}
p{margin:0}
a{color:var(--accent)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.muted{color:var(--muted)}
code,.code{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:12px;overflow-wrap:anywhere}
button,select,input,.button{font:inherit;color:inherit}
button,.button{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:3px 9px;cursor:pointer;text-decoration:none;display:inline-block;white-space:nowrap}
button:hover,.button:hover{border-color:var(--ink)}
button[aria-pressed=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:12.5px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:3px 12px 3px 0;text-align:right;vertical-align:top;border-bottom:1px solid var(--grid);white-space:nowrap}
th{font-weight:600;color:var(--muted)}
th:first-child,td:first-child,td.text,th.text{text-align:left}
.scroll{overflow:auto;max-height:320px}
.scroll thead th{position:sticky;top:0;background:var(--paper)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:28px 32px;align-items:start}
figure{margin:0;min-width:0;break-inside:avoid}
figcaption p{font-size:12.5px;color:var(--muted);max-width:75ch;margin:2px 0 6px}
figure svg{display:block;width:100%;height:auto;max-width:620px}
.narrow{display:none}
.tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin-top:6px;font-size:12px}
details summary{cursor:pointer;font-size:12.5px;color:var(--muted);padding:2px 0}
.kpis{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));border:1px solid var(--grid);border-radius:6px;overflow:hidden;margin:0}
.kpis div{padding:8px 12px;box-shadow:1px 1px 0 var(--grid)}
.kpis dt{font-size:12px;color:var(--muted)}
.kpis dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.kpis dd small{font-size:12px;font-weight:400;color:var(--muted)}
.kpis dd.beside{font-size:12px;font-weight:400;color:var(--muted)}
@media (max-width:599px){.wide{display:none}.narrow{display:block}.kpis{grid-template-columns:repeat(2,1fr)}}
@media print{
.tools,.no-print,details:not([open]){display:none}
h2,.note{break-inside:avoid;break-after:avoid}
.figures{break-before:avoid}
section:has(.provenance){break-inside:avoid}
.kpis{grid-template-columns:repeat(5,auto)}
.kpis dd{font-size:15px}
.figures{grid-template-columns:1fr 1fr;gap:20px 24px}
.wide{display:none}
.narrow{display:block}
figure:has(details[open]){grid-column:1/-1}
.scroll{max-height:none;overflow:visible}
th,td{white-space:normal}
tr{break-inside:avoid}
}
`;

/** The report's own. */
export const REPORT_STYLE = `
main{max-width:1180px;margin:0 auto;padding:20px 16px 48px}
header{display:flex;gap:16px;justify-content:space-between;align-items:flex-start}
.claim{color:var(--muted);margin:2px 0 14px}
section{margin-top:30px;padding-top:14px;border-top:1px solid var(--line)}
.provenance th{width:96px;vertical-align:top;text-align:left}
.provenance td{text-align:left;white-space:normal;overflow-wrap:anywhere}
.note{margin:-4px 0 12px;font-size:12.5px;color:var(--muted);max-width:90ch}
`;
