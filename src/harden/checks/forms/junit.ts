import { junitXml } from "../../../report/junit.ts";
import { type Finding, nameText } from "../check.ts";
import { CHECKS } from "../registry.ts";
import type { CheckResult } from "../run-checks.ts";

/** Each check a suite: a case that fails for each finding, or one that passed. */
export function checkJunit({ findings }: CheckResult): string {
  const suites = CHECKS.map(({ id, title }) => {
    const theirs = findings.filter(({ rule }) => rule === id);
    const passed = { name: title, className: `holdfast.check.${id}` };
    return { name: id, cases: theirs.length === 0 ? [passed] : theirs.map(caseOf) };
  });
  return junitXml("holdfast check", suites);
}

function caseOf({ rule, severity, object, field, message, consequence }: Finding) {
  return {
    name: `${nameText(object)} ${field}`,
    className: `holdfast.check.${rule}`,
    failure: { type: severity, message, details: consequence },
  };
}
