import { escapeMarkdown, markdownTable } from "../../../report/markdown.ts";
import { nameText } from "../check.ts";
import type { CheckResult } from "../run-checks.ts";
import { countsText } from "./wording.ts";

const ROWS_MAX = 50;

/** For pull requests and pages of documentation. */
export function checkMarkdown({ score, findings, assumed }: CheckResult): string {
  const parts = [`## Score ${score.value} of 100: ${countsText(findings)}`];
  if (findings.length > 0) {
    const rows = findings
      .slice(0, ROWS_MAX)
      .map(({ severity, object, field, message, consequence, rule }) => [
        severity,
        nameText(object),
        `${message} (${field})`,
        consequence,
        rule,
      ]);
    parts.push(markdownTable(["Severity", "Object", "What", "What would happen", "Check"], rows));
    if (findings.length > ROWS_MAX) parts.push(`… and ${findings.length - ROWS_MAX} more.`);
  }
  if (score.best !== undefined)
    parts.push(`Mending what ${score.best.rule} found would raise the score most: to ${score.best.value}.`);
  if (assumed.length > 0)
    parts.push("### Assumed", assumed.map((item) => `- ${escapeMarkdown(item)}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
