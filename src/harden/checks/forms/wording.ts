/** What every form says of findings in the same words and the same order. */
import { rangeText } from "../../../report/duration-text.ts";
import { type Finding, nameText, SEVERITIES, type Severity } from "../check.ts";
import type { FixProof, ProvedChange } from "../fix-proof.ts";

/** "2 critical, 1 warning" */
export function countsText(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => countText(findings, severity));
  return counts.filter(Boolean).join(", ") || "nothing found";
}

/** "4 warnings"; empty where there is none. */
export function countText(findings: readonly Finding[], severity: Severity): string {
  const count = findings.filter((finding) => finding.severity === severity).length;
  return count === 0 ? "" : `${count} ${severity}${severity === "warning" && count > 1 ? "s" : ""}`;
}

export interface ProofSentence {
  readonly text: string;
  /** Absent where nothing changes. */
  readonly kind?: "better" | "worse";
}

const CHANGES_MAX = 4;

/** What a patch would do, the worse first. */
export function proofSentences({ better, worse }: FixProof): ProofSentence[] {
  if (better.length + worse.length === 0)
    return [{ text: "with the patch: as before for every loss looked at" }];
  const line = ({ loss, workload, before, after }: ProvedChange) =>
    `with the patch, ${loss}: ${workload} ${judgedText(before)} → ${judgedText(after)}`;
  return [
    ...worse
      .slice(0, CHANGES_MAX)
      .map((change) => ({ text: `worse ${line(change)}`, kind: "worse" as const })),
    ...better.slice(0, CHANGES_MAX).map((change) => ({ text: line(change), kind: "better" as const })),
  ];
}

function judgedText({ verdict, downSeconds }: ProvedChange["before"]): string {
  return downSeconds === undefined ? verdict : `${verdict} ${rangeText(downSeconds)}`;
}

/** In the order of their worst findings. */
export function byWorkload(findings: readonly Finding[]): [name: string, findings: Finding[]][] {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = nameText(finding.workload ?? finding.object);
    const known = found.get(name);
    if (known === undefined) found.set(name, [finding]);
    else known.push(finding);
  }
  return [...found];
}
