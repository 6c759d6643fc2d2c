/** What became of a component, for a terminal or a pipe. */
import type { Screen } from "../../../report/screen.ts";
import { wrap } from "../../../report/text-table.ts";
import type { ComponentOutcome } from "../../apply/apply-plan.ts";
import { targetText } from "../../step.ts";

const WIDTH_MAX = 120;

/** Lines that are indented under the name of the policy. */
export function outcomeText(outcome: ComponentOutcome, { columns }: Pick<Screen, "columns">): string {
  const width = Math.max(60, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const line = (text: string, indent: number) =>
    `${" ".repeat(indent)}${wrap(text, width - indent, " ".repeat(indent + 2))}\n`;
  const items = (texts: readonly string[]) => texts.map((text) => line(`· ${text}`, 4)).join("");
  const name = targetText(outcome.component);
  if (outcome.kind === "applied")
    return line(`${name}: done, ${outcome.steps} step${outcome.steps === 1 ? "" : "s"}`, 2);
  const why = outcome.why.startsWith(`${name} `) ? `it ${outcome.why.slice(name.length + 1)}` : outcome.why;
  switch (outcome.kind) {
    case "changed":
      return line(`${name}: not done: ${why}`, 2);
    case "rolled-back":
      return line(`${name}: taken back: ${why}`, 2) + items([...outcome.unhealthy, ...outcome.stays]);
    case "left-behind": {
      const left = line("could not be taken back:", 2) + items(outcome.notUndone);
      return line(`${name}: failed: ${why}`, 2) + left + items([...outcome.unhealthy, ...outcome.stays]);
    }
  }
}
