import { BASE_STYLE, PLOT_STYLE, THEME_STYLE } from "../report/page/style.ts";

const STUDIO_STYLE = `
fieldset{border:0;margin:0;padding:0;min-width:0}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;background:var(--paper);padding:6px;z-index:3}
.bar{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;padding:10px 16px;border-bottom:1px solid var(--line);background:var(--paper)}
.bar h1{font-size:16px;margin-right:6px}
.actions{display:flex;flex-wrap:wrap;gap:6px;margin-left:auto}
.field{display:flex;gap:6px;align-items:center}
.field label{color:var(--muted);font-size:12.5px}
select,input[type=number],input[type=text]{background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:3px 6px;max-width:100%}
input[type=number]{width:84px;font-variant-numeric:tabular-nums}
input[type=range]{width:100%;accent-color:var(--accent);margin:2px 0}
.file{position:relative;overflow:hidden}
.file input{position:absolute;inset:0;opacity:0;cursor:pointer;font-size:0}
.file:focus-within{outline:2px solid var(--accent);outline-offset:2px}
.layout{display:grid;grid-template-columns:292px minmax(0,1fr);align-items:start}
aside{padding:16px;border-right:1px solid var(--grid);position:sticky;top:0;max-height:100vh;overflow:auto}
.panel+.panel{margin-top:22px;padding-top:14px;border-top:1px solid var(--grid)}
.small{font-size:12.5px;overflow-wrap:anywhere}
.panel p{margin:6px 0}
.tabs{display:flex;gap:6px;margin-bottom:10px}
.slider{margin-bottom:12px}
.slider .row{display:flex;justify-content:space-between;align-items:center;gap:8px}
.slider .ends{display:flex;justify-content:space-between;color:var(--muted);font-size:11px;font-variant-numeric:tabular-nums}
main{padding:16px 20px 48px;min-width:0}
main:focus{outline:none}
.results{margin-top:22px;padding-top:14px;border-top:1px solid var(--grid)}
.head{display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}
.tall{max-height:520px}
#predicted{margin-top:8px;min-height:64px;transition:opacity .3s}
#predicted[aria-busy=true]{opacity:.6}
#answer{margin-top:6px}
#message{border:1px solid var(--dram);border-left-width:4px;padding:6px 10px;margin-bottom:12px;border-radius:3px}
.compare td,.compare th{font-size:13px;white-space:normal}
.compare td:first-child{color:var(--muted)}
body.dropping{outline:3px dashed var(--accent);outline-offset:-6px}
.figures figure svg{width:auto;max-width:100%}
@media (max-width:860px){.layout{grid-template-columns:minmax(0,1fr)}aside{position:static;max-height:none;border-right:0;border-bottom:1px solid var(--grid)}.actions{margin-left:0}main{padding:14px 16px 40px}}
`;

/** The studio's style sheets, by file. */
export const STYLE_SHEETS: Readonly<Record<string, string>> = {
  "studio.css": THEME_STYLE + BASE_STYLE + STUDIO_STYLE,
  "plots.css": PLOT_STYLE,
};
