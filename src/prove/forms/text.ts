/** The result for a terminal or a pipe: what is worst first, then what it takes to break each workload, then the cluster. */
import { styleText } from "node:util";
import { durationText, rangeText } from "../../report/duration-text.ts";
import type { Screen } from "../../report/screen.ts";
import { type Column, displayWidth, textTable, wrap } from "../../report/text-table.ts";
import type { Comparison } from "../comparison.ts";
import {
  type Breaking,
  type LossResult,
  type ProveResult,
  VERDICTS,
  type Verdict,
  type WorkloadResult,
  type WorkloadVerdict,
} from "../result.ts";

const WIDTH_MAX = 140;
const LOSSES_MAX = 12;
const WORKLOADS_MAX = 20;
const NAMES_MAX = 3;

const COLOURS: Readonly<Record<Verdict, Parameters<typeof styleText>[0]>> = {
  outage: ["red", "bold"],
  stuck: "red",
  "data-at-risk": "magenta",
  degraded: "yellow",
  unknown: "blue",
  safe: "green",
};

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export function proveText(
  result: ProveResult,
  { colours, columns }: Screen,
  comparison?: Comparison,
): string {
  const width = Math.max(60, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint: Paint = (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
  const bold = (text: string) => paint("bold", text);
  const parts: string[] = [headline(result, paint)];
  if (comparison !== undefined)
    parts.push(`${bold("Compared")}\n${comparisonText(comparison, width, paint)}`);
  const bad = worstFirst(result.losses);
  if (bad.length > 0) parts.push(`${bold("What would break")}\n${lossesText(bad, width, paint)}`);
  const fixes = fixesOf(bad);
  if (fixes.length > 0) parts.push(`${bold("What would help")}\n${bullets(fixes, width)}`);
  parts.push(`${bold("What it takes to break each workload")}\n${workloadsText(result, width, paint)}`);
  parts.push(`${bold("The cluster")}\n${bullets(clusterLines(result), width)}`);
  if (result.findings.length > 0)
    parts.push(`${bold("Before any loss")}\n${bullets(result.findings, width)}`);
  if (result.assumed.length > 0) parts.push(`${bold("Assumed")}\n${bullets(result.assumed, width)}`);
  if (result.notModelled.length > 0)
    parts.push(`${bold("Not modelled")}\n${bullets(result.notModelled, width)}`);
  return `${parts.join("\n\n")}\n`;
}

function headline({ summary }: ProveResult, paint: Paint): string {
  const looked = total(summary.losses) + (summary.pairs?.count ?? 0);
  const counts = VERDICTS.filter(
    (verdict) => verdict !== "safe" && summary.losses[verdict] + (summary.pairs?.byVerdict[verdict] ?? 0) > 0,
  );
  const figures = counts.map((verdict) =>
    paint(
      COLOURS[verdict],
      `${summary.losses[verdict] + (summary.pairs?.byVerdict[verdict] ?? 0)} ${verdict}`,
    ),
  );
  const cluster = `${counted(summary.nodes, "node")}, ${counted(total(summary.workloads), "workload")}, ${counted(summary.pods, "pod")}`;
  const verdict = figures.length === 0 ? paint(COLOURS.safe, "all safe") : figures.join(", ");
  return `${cluster}; ${counted(looked, "loss", "losses")} looked at: ${verdict}`;
}

/** Losses that are not safe, the worst first and among equals in their own order. */
function worstFirst(losses: readonly LossResult[]): LossResult[] {
  return losses
    .filter(({ verdict }) => verdict !== "safe")
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

const LOSS_COLUMNS: readonly Column[] = [
  { title: "LOSS" },
  { title: "VERDICT" },
  { title: "WORKLOAD" },
  { title: "FOR", align: "right" },
  { title: "WHY" },
];

function lossesText(losses: readonly LossResult[], width: number, paint: Paint): string {
  const shown = losses.slice(0, LOSSES_MAX);
  const rows = shown.flatMap((loss) => lossRows(loss));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(
      ...[LOSS_COLUMNS[column]?.title ?? "", ...rows.map((row) => row.cells[column] ?? "")].map(displayWidth),
    ),
  );
  const room = width - widths.reduce((sum, each) => sum + each + 2, 0);
  const more =
    losses.length > shown.length
      ? `\n… and ${losses.length - shown.length} more; -o json lists all of them`
      : "";
  if (room < 30) return `${shown.map((loss) => lossBlock(loss, width, paint)).join("\n")}${more}`;
  const cells = rows.flatMap(({ cells, verdict }) => {
    const [first = "", ...rest] = wrap(cells[4] ?? "", room).split("\n");
    const painted = cells.map((cell, column) =>
      column === 1 ? paint(COLOURS[verdict], cell) : column === 4 ? first : cell,
    );
    return [painted, ...rest.map((line) => ["", "", "", "", line])];
  });
  return `${textTable(LOSS_COLUMNS, cells)}${more}`;
}

function lossRows(loss: LossResult): { readonly cells: readonly string[]; readonly verdict: Verdict }[] {
  const bad = badOf(loss);
  const rows = bad.slice(0, NAMES_MAX).map((one, index) => ({
    cells: [
      index === 0 ? loss.id : "",
      one.verdict,
      `${one.kind} ${one.namespace}/${one.name}`,
      lasts(one),
      one.cause,
    ],
    verdict: one.verdict,
  }));
  if (bad.length > NAMES_MAX) {
    const rest = bad.slice(NAMES_MAX);
    rows.push({
      cells: ["", (rest[0] as WorkloadVerdict).verdict, `and ${rest.length} more`, "", ""],
      verdict: (rest[0] as WorkloadVerdict).verdict,
    });
  }
  return rows;
}

/** For narrow terminals. */
function lossBlock(loss: LossResult, width: number, paint: Paint): string {
  const bad = badOf(loss);
  const lines = bad.slice(0, NAMES_MAX).map((one) => {
    const time = lasts(one);
    const head = `${paint(COLOURS[one.verdict], one.verdict)} ${one.kind} ${one.namespace}/${one.name}${time === "" ? "" : `, ${time}`}`;
    return `  ${head}\n    ${wrap(one.cause, width - 6, "    ")}`;
  });
  const more = bad.length > NAMES_MAX ? `\n  and ${counted(bad.length - NAMES_MAX, "workload")} more` : "";
  return `${loss.id}\n${lines.join("\n")}${more}`;
}

function badOf({ workloads }: LossResult): WorkloadVerdict[] {
  return workloads
    .filter(({ verdict }) => verdict !== "safe")
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

function lasts({ downSeconds }: WorkloadVerdict): string {
  return downSeconds === undefined ? "" : rangeText(downSeconds);
}

/** Each mend once, with those that it is for. */
function fixesOf(losses: readonly LossResult[]): string[] {
  const workloads = new Map<string, Set<string>>();
  for (const { workloads: verdicts } of losses) {
    for (const { fix, kind, namespace, name } of verdicts) {
      if (fix === undefined) continue;
      const whom = workloads.get(fix) ?? new Set();
      workloads.set(fix, whom.add(`${kind} ${namespace}/${name}`));
    }
  }
  return [...workloads].slice(0, LOSSES_MAX).map(([fix, whom]) => `${names([...whom])}: ${fix}`);
}

function workloadsText({ workloads }: ProveResult, width: number, paint: Paint): string {
  const order = (one: WorkloadResult) => VERDICTS.indexOf(one.verdict);
  const sorted = [...workloads].sort((a, b) => order(a) - order(b));
  const shown = sorted.slice(0, WORKLOADS_MAX);
  const hasZones = workloads.some(({ zonesToBreak }) => zonesToBreak !== null);
  const hasRacks = workloads.some(({ racksToBreak }) => racksToBreak);
  const columns: Column[] = [
    { title: "WORKLOAD" },
    { title: "WORST" },
    { title: "NODES" },
    ...(hasZones ? [{ title: "ZONES" }] : []),
    ...(hasRacks ? [{ title: "RACKS" }] : []),
  ];
  const rows = shown.map(({ kind, namespace, name, verdict, nodesToBreak, zonesToBreak, racksToBreak }) => [
    `${kind} ${namespace}/${name}`,
    paint(COLOURS[verdict], verdict),
    breakingText(nodesToBreak, width),
    ...(hasZones ? [breakingText(zonesToBreak, width)] : []),
    ...(hasRacks ? [breakingText(racksToBreak ?? null, width)] : []),
  ]);
  const more = sorted.length > shown.length ? `\n… and ${sorted.length - shown.length} more` : "";
  return `${textTable(columns, rows)}${more}`;
}

/** "2: node-1, node-2"; the names only where there is room for them. */
function breakingText(breaking: Breaking | null, width: number): string {
  if (breaking === null) return "–";
  const { count, which } = breaking;
  const listed = which.length <= NAMES_MAX ? which.join(", ") : `${which.slice(0, NAMES_MAX).join(", ")}, …`;
  return width < 100 && which.length > 1 ? String(count) : `${count}: ${listed}`;
}

function clusterLines({ summary }: ProveResult): string[] {
  const { nodesMayFail, headroom, evictionClock, safe, pairs, pairsWithRoom } = summary;
  const lines: string[] = [];
  const { withoutOutage, withRoomForAll } = nodesMayFail;
  lines.push(
    withoutOutage === 0
      ? "there is a single node whose loss takes something down"
      : `any ${counted(withoutOutage, "node")} may fail at once before something is down`,
  );
  if (withRoomForAll === 0) lines.push("there is a single node whose pods do not all fit on the others");
  else if (withRoomForAll !== null) {
    lines.push(
      `the pods of any ${withRoomForAll === 1 ? "one node" : `${withRoomForAll} nodes at once`} fit on the others`,
    );
  }
  if (headroom !== null) {
    const { largestPod, unitsNow, unitsAfterWorstNode } = headroom;
    const asks = Object.entries(largestPod.requests).map(([name, amount]) => `${amount} ${name}`);
    const what = `its largest pod (${largestPod.namespace}/${largestPod.name}: ${asks.join(", ") || "no requests"})`;
    lines.push(`room for ${unitsNow} more of ${what}, ${unitsAfterWorstNode} after the worst node is lost`);
  }
  for (const { zone, nodes, secondsToLastNode, partly } of evictionClock) {
    const slow =
      partly.secondsToLastNode === null
        ? "evictions stop"
        : `it takes ${durationText(partly.secondsToLastNode)}`;
    lines.push(
      `${zone}: with all ${nodes} nodes lost, ${durationText(secondsToLastNode)} until the last one's pods are evicted; with ${partly.nodes} of them lost, ${slow}`,
    );
  }
  if (pairs !== undefined)
    lines.push(`${pairs.count} pairs of nodes, ${pairs.byCertificate} decided without simulation`);
  if (pairsWithRoom !== undefined) {
    const { count, byCertificate, unplaced } = pairsWithRoom;
    lines.push(
      `of ${count} pairs of nodes ${unplaced} leave a pod without a node; ${byCertificate} are decided without simulation`,
    );
  }
  const safeCount = safe.certificate + safe.simulation;
  if (safeCount > 0)
    lines.push(
      `${safeCount} times a workload is safe from a loss: ${safe.certificate} by certificate, ${safe.simulation} by simulation`,
    );
  return lines;
}

function comparisonText({ worse, better, same }: Comparison, width: number, paint: Paint): string {
  const line = (change: Comparison["worse"][number]) =>
    `${change.loss}: ${change.workload} ${change.before} → ${change.after}${change.cause === undefined ? "" : `, ${change.cause}`}`;
  const parts = [
    ...worse
      .slice(0, LOSSES_MAX)
      .map((change) => paint("red", wrap(`worse   ${line(change)}`, width - 4, "    "))),
    ...better
      .slice(0, LOSSES_MAX)
      .map((change) => paint("green", wrap(`better  ${line(change)}`, width - 4, "    "))),
    `${counted(worse.length, "verdict")} worse, ${better.length} better, ${same} as before`,
  ];
  return parts.map((part) => `  ${part}`).join("\n");
}

function bullets(items: readonly string[], width: number): string {
  return items.map((item) => `  · ${wrap(item, width - 4, "    ")}`).join("\n");
}

function names(all: readonly string[]): string {
  return all.length > NAMES_MAX
    ? `${all.slice(0, NAMES_MAX).join(", ")} and ${all.length - NAMES_MAX} more`
    : all.join(", ");
}

function total(counts: Readonly<Record<Verdict, number>>): number {
  return VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
