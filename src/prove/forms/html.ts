/**
 * The page: a map of nodes and zones coloured by what their loss does, the losses with a timeline each, a matrix of workloads and
 * losses, what it takes to break each workload. One file, no request to anywhere; a script of its own filters and sorts, and
 * draws only what is looked at, so that a cluster of thousands of nodes stays usable. Without scripts the summary is still there.
 */
import { durationText } from "../../report/duration-text.ts";
import { escapeHtml, htmlPage, notes, tile } from "../../report/html.ts";
import type { Comparison } from "../comparison.ts";
import { ZONE_LABEL } from "../losses/losses.ts";
import type { Model } from "../model/model.ts";
import { type ProveResult, VERDICTS, type Verdict } from "../result.ts";
import { pageData } from "./page-data.ts";
import { PAGE_SCRIPT } from "./page-script.ts";

/** What a place is called whose nodes name no zone. */
const NO_ZONE = "no zone";

export function proveHtml(result: ProveResult, model: Model, comparison?: Comparison): string {
  const title = `What would break: ${model.nodes.length} nodes, ${result.workloads.length} workloads`;
  const data = pageData(
    result,
    model.nodes.map(({ metadata }) => [metadata.name, metadata.labels?.[ZONE_LABEL] ?? NO_ZONE]),
  );
  const body = [
    `<h1>What would break</h1>`,
    `<p class="soft">${escapeHtml(headline(result))}</p>`,
    tiles(result),
    comparison === undefined ? "" : compared(comparison),
    `<div class="legend">${VERDICTS.map((verdict) => `<span><i class="v-${verdict}"></i>${verdict}</span>`).join("")}</div>`,
    `<h2>Nodes and zones</h2><p class="soft">Each square is a node, coloured by the worst that its loss alone does; a zone's name by what the loss of the whole zone does. Choose one to see its losses.</p><div id="map"></div>`,
    `<h2 id="losses-title">Losses</h2>${controls("loss", "Search losses, workloads, causes")}<div id="losses"></div>`,
    `<h2>Workloads and losses</h2>${controls("matrix", "Search workloads")}<div id="matrix" class="scroll"></div>`,
    `<h2>What it takes to break each workload</h2>${controls("workload", "Search workloads")}<div id="workloads"></div>`,
    notes("Before any loss", result.findings),
    notes("Assumed", result.assumed),
    notes("Not modelled", result.notModelled),
    `<noscript><p>The map, the losses and the matrix need a script, which this page brings itself.</p></noscript>`,
    // "<" is the only character that could end the element.
    `<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`,
    `<script>${PAGE_SCRIPT}</script>`,
  ];
  return htmlPage(title, `<style>${STYLE}</style>\n${body.filter(Boolean).join("\n")}`);
}

function headline({ summary }: ProveResult): string {
  const found = VERDICTS.filter((verdict) => summary.losses[verdict] > 0).map(
    (verdict) => `${grouped(summary.losses[verdict])} ${verdict}`,
  );
  return `${grouped(summary.nodes)} nodes, ${grouped(summary.pods)} pods. Losses: ${found.join(", ") || "none looked at"}.`;
}

/** "150,000" */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function tiles({ summary }: ProveResult): string {
  const { nodesMayFail, headroom, safe, evictionClock, pairs } = summary;
  const found = [
    tile(String(nodesMayFail.withoutOutage), "nodes may fail, whichever, before something is down"),
    ...(nodesMayFail.withRoomForAll === null
      ? []
      : [tile(`${nodesMayFail.withRoomForAll}`, "nodes at once whose pods all fit on the others")]),
    ...(headroom === null
      ? []
      : [
          tile(
            `${grouped(headroom.unitsNow)} → ${grouped(headroom.unitsAfterWorstNode)}`,
            `more of the largest pod (${headroom.largestPod.name}): now, and after the worst node is lost`,
          ),
        ]),
    tile(
      grouped(safe.certificate + safe.simulation),
      `times a workload is safe: ${grouped(safe.certificate)} by certificate, ${grouped(safe.simulation)} by simulation`,
    ),
    ...(pairs === undefined
      ? []
      : [
          tile(
            grouped(pairs.count),
            `pairs of nodes: ${VERDICTS.filter((verdict) => pairs.byVerdict[verdict] > 0)
              .map((verdict) => `${grouped(pairs.byVerdict[verdict])} ${verdict}`)
              .join(", ")}`,
          ),
        ]),
    ...evictionClock
      .slice(0, 3)
      .map(({ zone, nodes, secondsToLastNode }) =>
        tile(
          durationText(secondsToLastNode),
          `until the last of ${grouped(nodes)} nodes of ${zone} is emptied when all are lost`,
        ),
      ),
  ];
  return `<div class="tiles">${found.join("")}</div>`;
}

function compared({ worse, better, same }: Comparison): string {
  const items = (changes: Comparison["worse"], kind: string) =>
    changes
      .slice(0, 50)
      .map(
        ({ loss, workload, before, after }) =>
          `<li class="${kind}">${escapeHtml(`${loss}: ${workload} ${before} → ${after}`)}</li>`,
      );
  return `<h2>Compared</h2><p>${worse.length} worse, ${better.length} better, ${same} as before</p><ul>${[...items(worse, "worse"), ...items(better, "better")].join("")}</ul>`;
}

function controls(name: string, placeholder: string): string {
  const verdicts = VERDICTS.map((verdict: Verdict) => `<option>${verdict}</option>`).join("");
  return `<div class="controls"><input type="search" id="${name}-search" placeholder="${placeholder}" aria-label="${placeholder}"><select id="${name}-verdict" aria-label="Verdict"><option value="">all verdicts</option>${verdicts}</select><span class="soft" id="${name}-count"></span></div>`;
}

const STYLE = `
.v-outage { --c: #c5352d; } .v-stuck { --c: #e0662f; } .v-data-at-risk { --c: #9a4fc4; }
.v-degraded { --c: #e0b030; } .v-unknown { --c: #4a86c8; } .v-safe { --c: #2f9e6e; } .v-none { --c: var(--idle); }
i[class^="v-"], .cell { background: var(--c); }
.zone { margin: .6rem 0; } .zone button { font: inherit; font-weight: 600; border: 0; background: none; color: inherit; cursor: pointer; padding: .15rem 0; display: flex; gap: .5rem; align-items: center; }
.zone button i { width: .9rem; height: .9rem; border-radius: .2rem; }
.squares { display: flex; flex-wrap: wrap; gap: 3px; }
.squares button { width: 1.1rem; height: 1.1rem; padding: 0; border: 0; border-radius: .2rem; background: var(--c); cursor: pointer; }
.squares.many button { width: .6rem; height: .6rem; border-radius: .1rem; }
.squares.few button { width: auto; height: auto; padding: .35rem .7rem; color: #fff; font: inherit; font-size: .85rem; }
.few .v-degraded { color: #2a2106; }
.controls { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .6rem 0; }
.controls input, .controls select { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink); }
.controls input { flex: 1 1 14rem; min-width: 0; }
.chip.v-degraded { color: #2a2106; }
.when-bar { position: relative; height: 1rem; margin: .5rem 0 .2rem; border-radius: .2rem; background: color-mix(in srgb, var(--good) 55%, transparent); overflow: hidden; }
.when-bar i { position: absolute; top: 0; bottom: 0; }
.when-bar .sure { background: var(--c); } .when-bar .maybe { background: repeating-linear-gradient(45deg, var(--c) 0 4px, transparent 4px 8px); }
ol.trace { margin: .4rem 0 0; padding: 0; list-style: none; font-size: .86rem; } ol.trace li { display: grid; grid-template-columns: 7.5rem 1fr; gap: .6rem; }
ol.trace b { font-weight: 600; color: var(--soft); font-variant-numeric: tabular-nums; }
.stack td::before { flex: none; }
.scroll { overflow-x: auto; } .matrix { display: grid; gap: 2px; width: max-content; font-size: .78rem; }
.matrix .name { position: sticky; left: 0; background: var(--paper); padding-right: .6rem; max-width: min(22rem, 45vw); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1rem; }
.matrix .col { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 9rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); line-height: 1rem; justify-self: center; }
.cell { width: 1rem; height: 1rem; border-radius: .15rem; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
.more { font: inherit; padding: .4rem .9rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink); cursor: pointer; }
`;
