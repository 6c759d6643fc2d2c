import { styleText } from "node:util";
import type { Screen } from "../report/screen.ts";
import { type Column, displayWidth, textTable, wrap } from "../report/text-table.ts";
import type { DrillResult, Measured } from "./runner.ts";
import type { Comparison, StoryReport } from "./story-report.ts";

const COLUMNS: readonly Column[] = [
  { title: "FAILURE" },
  { title: "OUTAGE", align: "right" },
  { title: "→ AFTER", align: "right" },
  { title: "FAILED", align: "right" },
  { title: "→ AFTER", align: "right" },
  { title: "REPAIRED", align: "right" },
  { title: "→ AFTER", align: "right" },
  { title: "LOGIN" },
  { title: "WRITES LOST" },
];

/** Longer lines are hard to read even where there is room. */
const WIDTH_MAX = 100;

/** The story for a terminal or a pipe; with colours only where they are shown, and no line wider than the terminal. */
export function storyText(report: StoryReport, { colours, columns }: Screen): string {
  const width = Math.max(40, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const bold = (text: string) => paint("bold", text);
  const rows = report.comparisons.map((comparison) => row(comparison, paint));
  const bullets = (items: readonly string[]) =>
    items.map((item) => `  · ${wrap(item, width - 4, "    ")}`).join("\n");

  const wide = textTable(COLUMNS, rows);
  const tableWidth = Math.max(...wide.split("\n").map(displayWidth));
  const table = columns !== undefined && tableWidth > columns ? blocks(rows) : wide;
  const places = paint("dim", wrap(placementText(report), width));
  const parts = [bold("Before and after"), `${table}\n${places}`];
  const { hardening } = report.after;
  if (hardening !== undefined) {
    const changes = hardening.plan.steps.flatMap((step) =>
      step.reasons.map((reason) => `${step.target.kind.kind} ${step.target.name}: ${reason.text}`),
    );
    parts.push(
      bold(`What was changed (in ${Math.round(hardening.seconds)} s)`),
      changes.length === 0 ? "  nothing" : bullets(changes),
    );
    const refused = hardening.plan.refusals.map(
      (r) => `${r.target.name}, ${r.rule}: ${r.why}. ${sentence(r.wouldHelp)}`,
    );
    if (refused.length > 0) parts.push(bold("What was left as it is, and why"), bullets(refused));
  }
  if (report.remaining.length > 0) {
    const remaining = report.remaining.map((r) => `${r.what}.\nWhy: ${r.why}.\nNext: ${r.next}.`);
    const text = remaining
      .map(
        (item) =>
          `  · ${item
            .split("\n")
            .map((line) => wrap(line, width - 4, "    "))
            .join("\n    ")}`,
      )
      .join("\n");
    parts.push(bold("What is still not good"), text);
  }
  if (report.before.assumed.length > 0) parts.push(bold("Assumed"), bullets(report.before.assumed));
  const findings = [
    ...new Set([...report.before.findings, ...report.after.findings].map((f) => `${f.where}: ${f.what}`)),
  ];
  if (findings.length > 0) parts.push(bold("Found on the way"), bullets(findings));
  return `${parts.map((part, i) => (i % 2 === 0 ? part : `${part}\n`)).join("\n")}\n`;
}

/** Where the pods were, so that nobody takes for a change what is another place. */
export function placementText({ before, after }: StoryReport): string {
  const places = Object.keys(before.placement).map((name) => {
    const [was, is] = [before.placement[name] ?? [], after.placement[name] ?? []].map((nodes) =>
      nodes.length === 0 ? "nowhere" : `on ${listed(nodes)}`,
    );
    return was === is ? `${name} ran ${was} both times` : `${name} ran ${was} before and ${is} after`;
  });
  return `${places.join("; ")}.`;
}

/** "a", "a and b", "a, b and c" */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The table's rows as blocks of short lines, for a terminal that the table does not fit on. */
function blocks(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([name, outage, outageAfter, failed, failedAfter, repaired, repairedAfter, login, lost]) => {
      const lines = [
        `outage       ${outage} → ${outageAfter}`,
        `failed       ${failed} → ${failedAfter}`,
        `repaired     ${repaired} → ${repairedAfter}`,
        `login        ${login}`,
        `writes lost  ${lost}`,
      ];
      return [name, ...lines.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n");
}

function row(comparison: Comparison, paint: (style: "green" | "red", text: string) => string): string[] {
  const { before, after } = comparison;
  // What reads the same is the same: a hundredth of a second is no news.
  const compared = (was: string, now: string, change: number) =>
    was === now || change === 0 ? now : paint(change < 0 ? "green" : "red", now);
  const never = Number.MAX_VALUE;
  const logins = [loginText(before.measured), loginText(after.measured)];
  const lost = [lostText(before.measured), lostText(after.measured)];
  return [
    comparison.name,
    outageText(before),
    compared(
      outageText(before),
      outageText(after),
      after.measured.outageSeconds - before.measured.outageSeconds,
    ),
    percentText(before.measured.failedShare),
    compared(
      percentText(before.measured.failedShare),
      percentText(after.measured.failedShare),
      after.measured.failedShare - before.measured.failedShare,
    ),
    repairedText(before.measured),
    compared(
      repairedText(before.measured),
      repairedText(after.measured),
      (after.measured.repairedSeconds ?? never) - (before.measured.repairedSeconds ?? never),
    ),
    logins[0] === logins[1] ? `${logins[0]}` : logins.join(" → "),
    lost[0] === lost[1] ? `${lost[0]}` : lost.join(" → "),
  ];
}

/** "12.3 s", "2 min 5 s", "> 15 min" */
export function outageText({ measured, outageGoesOn }: DrillResult): string {
  return `${outageGoesOn ? "> " : ""}${durationText(measured.outageSeconds)}`;
}

export function repairedText({ repairedSeconds }: Measured): string {
  return repairedSeconds === null ? "never" : durationText(repairedSeconds);
}

export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function loginText({ loginKept }: Measured): string {
  return loginKept === null ? "–" : loginKept ? "kept" : "lost";
}

export function lostText({ rowsAcknowledged, rowsLost }: Measured): string {
  if (rowsAcknowledged === 0) return "–";
  return rowsLost === null ? "unknown" : `${rowsLost}`;
}

function durationText(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = `${Math.floor(whole / 60)} min`;
  return whole % 60 === 0 ? minutes : `${minutes} ${whole % 60} s`;
}

function sentence(text: string): string {
  return `To change that: ${text}.`;
}
