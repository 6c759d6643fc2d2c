import { markdownTable } from "../../../report/markdown.ts";
import { ownerOf } from "../../field-owner.ts";
import { fieldText } from "../../fields/field-path.ts";
import { targetText } from "../../step.ts";
import { policyText } from "../read-policy.ts";
import type { PlanResult } from "./plan-json.ts";
import { upgradeMarkdown } from "./upgrade-text.ts";

/** For pull requests: a row for each field and each object that is made. */
export function planMarkdown({ plans, against }: PlanResult): string {
  const parts = plans.map(({ policy, settings, plan }) => {
    const rows = plan.steps.flatMap((step) => {
      const why = (rule: string) => step.reasons.find((reason) => reason.rule === rule)?.text ?? "";
      const object = targetText(step.target);
      if (step.action === "create")
        return [[object, "", "none", "made", "", step.reasons.map(({ text }) => text).join("; ")]];
      return step.fields.map(({ path, before, after, owners, rule }) => [
        object,
        fieldText(path),
        before === undefined ? "none" : JSON.stringify(before),
        after === undefined ? "none" : JSON.stringify(after),
        owners.map((owner) => ownerOf(owner).name).join(", "),
        why(rule),
      ]);
    });
    const refused = plan.refusals.map(({ target, why, wouldHelp }) => [targetText(target), why, wouldHelp]);
    return [
      `## ${policyText(policy)}, tier ${settings.tier}`,
      rows.length === 0
        ? "Nothing to change."
        : markdownTable(["Object", "Field", "Value", "New value", "Owner", "Reason"], rows),
      ...(refused.length === 0 ? [] : [markdownTable(["Not done for", "Why", "What would help"], refused)]),
    ].join("\n\n");
  });
  if (against !== undefined) parts.push(upgradeMarkdown(against));
  return `${parts.join("\n\n")}\n`;
}
