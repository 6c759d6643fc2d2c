/** Text that must not be taken for markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A page in one file: no script, no font, no request to anywhere. Follows the reader's choice of light or dark, and reads
 * on a phone.
 */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** One figure of a page, and what it counts. */
export function tile(figure: string, text: string): string {
  return `<div class="card tile"><b>${escapeHtml(figure)}</b><span>${escapeHtml(text)}</span></div>`;
}

/** A list under a title; nothing without items. */
export function notes(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return `<h2>${title}</h2><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}

const STYLE = `
:root {
  --ink: #1c2430; --soft: #5a6675; --paper: #f6f7f9; --card: #ffffff; --line: #dde2e8;
  --good: #2f9e6e; --partial: #e0a526; --bad: #d5473f; --off: #8c97a5; --idle: #c3cad3;
  --good-ink: #17754d; --bad-ink: #b42a23;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7ebf0; --soft: #9aa6b4; --paper: #12161c; --card: #1a2028; --line: #2c3540;
    --good: #3aa877; --partial: #d9a02c; --bad: #dc5a52; --off: #66717f; --idle: #465160;
    --good-ink: #63c99a; --bad-ink: #f08a83;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; max-width: 70ch; }
.soft { color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.1rem; margin: .9rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .45rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; }
td.num, th.num { text-align: right; white-space: nowrap; }
.better { color: var(--good-ink); font-weight: 600; }
.worse { color: var(--bad-ink); font-weight: 600; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; margin-top: .8rem; }
.pair > div { min-width: 0; }
.when { font-size: .8rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); }
.lane { display: grid; grid-template-columns: 9.5rem 1fr; gap: .6rem; align-items: center; margin: .2rem 0; }
.lane span { font-size: .78rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { position: relative; height: .8rem; background: color-mix(in srgb, var(--line) 45%, transparent); border-radius: .2rem; overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 1px; }
.lane.requests .track { height: 1.3rem; }
.good { background: var(--good); }
.partial { background: repeating-linear-gradient(45deg, var(--partial) 0 4px, color-mix(in srgb, var(--partial) 65%, transparent) 4px 8px); }
.bad { background: var(--bad); }
.off { background: repeating-linear-gradient(90deg, var(--off) 0 3px, transparent 3px 6px); }
.idle { background: var(--idle); }
.track b { position: absolute; top: 0; bottom: 0; width: 2px; background: var(--ink); }
.axis { position: relative; height: 1.2rem; margin-left: calc(9.5rem + .6rem); font-size: .72rem; color: var(--soft); }
.axis em { position: absolute; font-style: normal; transform: translateX(-50%); white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .85rem; color: var(--soft); margin: .6rem 0; }
.legend i { display: inline-block; width: 1.1rem; height: .75rem; border-radius: .15rem; margin-right: .4rem; vertical-align: -1px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.tile { margin: 0; } .tile b { display: block; font-size: 1.5rem; line-height: 1.2; } .tile span { font-size: .82rem; color: var(--soft); overflow-wrap: anywhere; }
.chip { display: inline-block; background: var(--c); color: #fff; border-radius: 1rem; padding: .05rem .6rem; font-size: .78rem; font-weight: 600; white-space: nowrap; }
details summary { cursor: pointer; }
details.card { padding: 0; } details.card summary { padding: .7rem 1rem; display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; overflow-wrap: anywhere; }
details.card > div { padding: 0 1rem 1rem; }
.what { border-top: 1px solid var(--line); padding-top: .7rem; margin-top: .7rem; overflow-wrap: anywhere; }
.what p { margin: .2rem 0; } .what code { font-size: .82rem; overflow-wrap: anywhere; }
button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
li, td { overflow-wrap: anywhere; }
@media (max-width: 46rem) {
  main { padding: 1.2rem .8rem 3rem; }
  .pair { grid-template-columns: 1fr; gap: 1rem; }
  .lane { grid-template-columns: 6.2rem 1fr; }
  .axis { margin-left: calc(6.2rem + .6rem); }
  table.stack thead { display: none; }
  table.stack tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  table.stack td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .15rem 0; text-align: right; }
  table.stack td::before { content: attr(data-title); color: var(--soft); text-align: left; }
  table.stack td.key { font-weight: 600; text-align: left; }
  table.stack td.key::before { content: none; }
}
`;
