/** The page: the score, then workload by workload what is wrong, what would happen and what mends it. One file, without a script. */
import { stringify } from "yaml";
import { escapeHtml, htmlPage, notes, tile } from "../../../report/html.ts";
import { type Finding, type Fix, nameText, SEVERITIES, type Severity } from "../check.ts";
import type { CheckResult } from "../run-checks.ts";
import { byWorkload, countsText, countText, proofSentences } from "./wording.ts";

export function checkHtml({ score, findings, assumed }: CheckResult): string {
  const title = `Score ${score.value} of 100: ${countsText(findings)}`;
  const body = [
    "<h1>What would hurt</h1>",
    `<p class="soft">${escapeHtml(title)}</p>`,
    `<div class="tiles">${tiles({ score, findings }).join("")}</div>`,
    ...byWorkload(findings).map(([name, theirs]) => card(name, theirs)),
    notes("Assumed", assumed),
  ];
  return htmlPage(title, `<style>${STYLE}</style>\n${body.filter(Boolean).join("\n")}`);
}

function tiles({ score, findings }: Pick<CheckResult, "score" | "findings">): string[] {
  const counted = SEVERITIES.map((severity) =>
    tile(String(findings.filter((finding) => finding.severity === severity).length), severity),
  );
  const { best } = score;
  return [
    tile(`${score.value}`, "score, of 100"),
    ...counted,
    ...(best === undefined ? [] : [tile(`→ ${best.value}`, `score without what ${best.rule} found`)]),
  ];
}

/** Open where something is critical. */
function card(name: string, findings: readonly Finding[]): string {
  const counts = SEVERITIES.flatMap((severity) => {
    const text = countText(findings, severity);
    return text === "" ? [] : [chip(severity, text)];
  });
  const open = findings.some(({ severity }) => severity === "critical") ? " open" : "";
  return `<details class="card"${open}><summary><b>${escapeHtml(name)}</b>${counts.join(" ")}</summary><div>${findings.map(findingHtml).join("")}</div></details>`;
}

function findingHtml({
  rule,
  severity,
  object,
  workload,
  field,
  message,
  consequence,
  patch,
  proof,
}: Finding): string {
  const where = workload === undefined ? field : `${nameText(object)} ${field}`;
  const proved = proof === undefined ? [] : proofSentences(proof);
  return [
    `<div class="what"><p>${chip(severity, severity)} <b>${escapeHtml(message)}</b></p>`,
    `<p>${escapeHtml(consequence)}</p>`,
    ...proved.map(({ text, kind }) => `<p class="${kind ?? "soft"}">${escapeHtml(text)}</p>`),
    `<p class="soft">${escapeHtml(rule)} · <code>${escapeHtml(where)}</code></p>`,
    patch === undefined
      ? ""
      : `<details><summary>The ${patch.action === "create" ? "object" : "patch"} that mends it</summary><pre>${escapeHtml(manifestOf(patch))}</pre></details>`,
    "</div>",
  ].join("");
}

/** In the order in which people write. */
function manifestOf({ object: { apiVersion, kind, metadata, ...fields } }: Fix): string {
  return stringify({ apiVersion, kind, metadata, ...fields });
}

function chip(severity: Severity, text: string): string {
  return `<span class="chip s-${severity}">${text}</span>`;
}

const STYLE = `
.s-critical { --c: #c5352d; } .s-warning { --c: #e0b030; color: #2a2106; } .s-advice { --c: #3f79b8; }
.what pre { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; font-size: .82rem; margin: .4rem 0 0; }
.what details summary { display: list-item; padding: .2rem 0; color: var(--soft); font-size: .86rem; }
.what .better, .what .worse { font-weight: normal; }
`;
