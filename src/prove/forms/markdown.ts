import { rangeText } from "../../report/duration-text.ts";
import { escapeMarkdown, markdownTable } from "../../report/markdown.ts";
import type { Comparison } from "../comparison.ts";
import { type Breaking, type ProveResult, VERDICTS } from "../result.ts";

const ROWS_MAX = 50;

/** For pull requests and pages of documentation. */
export function proveMarkdown(
  { summary, losses, workloads, assumed, notModelled, findings }: ProveResult,
  comparison?: Comparison,
): string {
  const counts = VERDICTS.filter((verdict) => summary.losses[verdict] > 0).map(
    (verdict) => `${summary.losses[verdict]} ${verdict}`,
  );
  const parts = [`## Losses: ${counts.join(", ") || "none looked at"}`];
  if (comparison !== undefined) {
    const { worse, better, same } = comparison;
    const rows = [...worse, ...better].slice(0, ROWS_MAX);
    parts.push(`**${worse.length} worse**, ${better.length} better, ${same} as before`);
    if (rows.length > 0) {
      parts.push(
        markdownTable(
          ["Loss", "Workload", "Before", "After", "Why"],
          rows.map((one) => [one.loss, one.workload, one.before, one.after, one.cause ?? ""]),
        ),
      );
    }
  }
  const rows = losses.flatMap(({ id, workloads: verdicts }) =>
    verdicts.filter(({ verdict }) => verdict !== "safe").map((one) => ({ id, one })),
  );
  rows.sort((a, b) => VERDICTS.indexOf(a.one.verdict) - VERDICTS.indexOf(b.one.verdict));
  if (rows.length > 0) {
    const cells = rows
      .slice(0, ROWS_MAX)
      .map(({ id, one }) => [
        id,
        one.verdict,
        `${one.kind} ${one.namespace}/${one.name}`,
        one.downSeconds ? rangeText(one.downSeconds) : "",
        one.cause,
      ]);
    parts.push(markdownTable(["Loss", "Verdict", "Workload", "For", "Why"], cells));
    if (rows.length > ROWS_MAX) parts.push(`… and ${rows.length - ROWS_MAX} more.`);
  }
  const sorted = [...workloads].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  parts.push(
    "### What it takes to break each workload",
    markdownTable(
      ["Workload", "Worst", "Nodes", "Zones"],
      sorted
        .slice(0, ROWS_MAX)
        .map(({ kind, namespace, name, verdict, nodesToBreak, zonesToBreak }) => [
          `${kind} ${namespace}/${name}`,
          verdict,
          breakingText(nodesToBreak),
          breakingText(zonesToBreak),
        ]),
    ),
  );
  for (const [title, items] of [
    ["Before any loss", findings],
    ["Assumed", assumed],
    ["Not modelled", notModelled],
  ] as const) {
    if (items.length > 0)
      parts.push(`### ${title}`, items.map((item) => `- ${escapeMarkdown(item)}`).join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function breakingText(breaking: Breaking | null): string {
  if (breaking === null) return "–";
  const { count, which } = breaking;
  return `${count}: ${which.slice(0, 3).join(", ")}${which.length > 3 ? ", …" : ""}`;
}
