import { type SarifFinding, sarifLog } from "../../../report/sarif.ts";
import type { InputPlace } from "../../../view/input-error.ts";
import { type Finding, nameText, type Severity } from "../check.ts";
import { CHECKS } from "../registry.ts";
import type { CheckResult } from "../run-checks.ts";

const LEVELS: Readonly<Record<Severity, SarifFinding["level"]>> = {
  critical: "error",
  warning: "warning",
  advice: "note",
};

export function checkSarif(
  { findings }: CheckResult,
  placeOf: (finding: Finding) => InputPlace | undefined,
): string {
  const rules = CHECKS.map(({ id, title }) => ({ id: `check/${id}`, text: title }));
  return sarifLog(
    { name: "holdfast", rules },
    findings.map((finding) => ({
      ruleId: `check/${finding.rule}`,
      level: LEVELS[finding.severity],
      message: `${nameText(finding.object)}: ${finding.message}. ${finding.consequence}.`,
      place: placeOf(finding),
      subject: nameText(finding.object),
    })),
  );
}
