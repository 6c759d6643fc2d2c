import { escapeHtml, htmlPage } from "../report/html.ts";
import { legendHtml, timelineHtml } from "../report/timeline-html.ts";
import type { DrillResult } from "./runner.ts";
import type { Comparison, StoryReport } from "./story-report.ts";
import { loginText, lostText, outageText, percentText, placementText, repairedText } from "./story-text.ts";

/** The story as a page in one file, with a timeline for every failure. */
export function storyHtml(report: StoryReport): string {
  const { cluster } = report;
  const title = `What failures do to ${cluster.app}`;
  const sections = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="soft">${escapeHtml(introduction(report))}</p>`,
    summaryTable(report),
    `<p class="soft">${escapeHtml(placementText(report))}</p>`,
    changes(report),
    remaining(report),
    `<h2>Second by second</h2>\n${legendHtml()}`,
    ...report.comparisons.map(card),
    notes(report),
  ];
  return htmlPage(title, sections.filter((section) => section !== "").join("\n"));
}

function introduction({ cluster, comparisons, seed }: StoryReport): string {
  const database = cluster.database === undefined ? "" : ` with the database ${cluster.database}`;
  return (
    `${comparisons.length} failures, one at a time, each on a fresh copy of a simulated cluster of ${cluster.nodes} nodes ` +
    `(Kubernetes ${cluster.kubernetes}, seed ${seed}) that runs ${cluster.app}${database}: first as its manifests are, then improved. ` +
    "All figures are what simulated clients saw: a request every 250 ms, to the nodes in turn, given up after 1 s. Each pair of figures is before → after."
  );
}

function summaryTable({ comparisons }: StoryReport): string {
  const rows = comparisons.map(({ name, before, after }) => {
    const cell = (title: string, left: string, right: string, better: number) =>
      `<td class="num" data-title="${title}"><span>${left} <span class="${left === right || better === 0 ? "soft" : better > 0 ? "better" : "worse"}">→ ${right}</span></span></td>`;
    const b = before.measured;
    const a = after.measured;
    const never = Number.MAX_VALUE;
    return `<tr><td class="key">${escapeHtml(name)}</td>${cell("Longest outage", outageText(before), outageText(after), b.outageSeconds - a.outageSeconds)}${cell("Failed requests", percentText(b.failedShare), percentText(a.failedShare), b.failedShare - a.failedShare)}${cell("Repaired after", repairedText(b), repairedText(a), (b.repairedSeconds ?? never) - (a.repairedSeconds ?? never))}${cell("Login", loginText(b), loginText(a), Number(a.loginKept) - Number(b.loginKept))}${cell("Writes lost", lostText(b), lostText(a), (b.rowsLost ?? never) - (a.rowsLost ?? never))}</tr>`;
  });
  return `<div class="card"><table class="stack"><thead><tr><th>Failure</th><th class="num">Longest outage</th><th class="num">Failed requests</th><th class="num">Repaired after</th><th class="num">Login</th><th class="num">Writes lost</th></tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

function changes({ after }: StoryReport): string {
  if (after.hardening === undefined) return "";
  const { plan, seconds } = after.hardening;
  const items = plan.steps.flatMap((step) =>
    step.reasons.map(
      (reason) =>
        `<li><strong>${escapeHtml(`${step.target.kind.kind} ${step.target.name}`)}</strong>: ${escapeHtml(reason.text)}</li>`,
    ),
  );
  const refused = plan.refusals.map(
    (r) =>
      `<li><strong>${escapeHtml(`${r.target.kind} ${r.target.name}, ${r.rule}`)}</strong>: ${escapeHtml(r.why)}. <span class="soft">To change that: ${escapeHtml(r.wouldHelp)}.</span></li>`,
  );
  return (
    `<h2>What was changed</h2><p class="soft">It took ${Math.round(seconds)} s to apply.</p><ul>${items.join("")}</ul>` +
    (refused.length === 0 ? "" : `<h2>What was left as it is, and why</h2><ul>${refused.join("")}</ul>`)
  );
}

function remaining({ remaining: items }: StoryReport): string {
  if (items.length === 0) return "";
  const cards = items.map(
    ({ what, why, next }) =>
      `<div class="card"><h3>${escapeHtml(what)}</h3><p>${escapeHtml(`Why: ${why}.`)}</p><p><strong>Next:</strong> ${escapeHtml(next)}.</p></div>`,
  );
  return `<h2>What is still not good</h2>${cards.join("\n")}`;
}

function card({ name, before, after }: Comparison): string {
  const half = (when: string, result: DrillResult) =>
    `<div><div class="when">${when}</div><p>${escapeHtml(sentence(result))}</p>${timelineHtml(result.timeline)}</div>`;
  return `<section class="card"><h3>${escapeHtml(name)}</h3><div class="pair">${half("Before", before)}${half("After", after)}</div></section>`;
}

function sentence(result: DrillResult): string {
  const { measured } = result;
  const answers =
    measured.failedShare === 0
      ? "every request was answered"
      : `no answer for ${outageText(result).replace("> ", "more than ")}, ${percentText(measured.failedShare)} of requests failed`;
  const repaired =
    measured.repairedSeconds === null
      ? "not repaired while watched"
      : `repaired after ${repairedText(measured)}`;
  const unfinished = result.unfinished === undefined ? "" : ` But ${result.unfinished}.`;
  // Names of nodes and pods keep their small letters, even at the beginning.
  return `${result.what}: ${answers}, ${repaired}.${unfinished}`;
}

function notes({ before, after }: StoryReport): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? ""
      : `<h2>${title}</h2><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
  const findings = [...new Set([...before.findings, ...after.findings].map((f) => `${f.where}: ${f.what}`))];
  return list("Assumed", before.assumed) + list("Found on the way", findings);
}
