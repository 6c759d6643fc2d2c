/** A plan for a terminal or a pipe: policy by policy, workload by workload, each field with its value, owner, new value and reason. */
import { styleText } from "node:util";
import type { Screen } from "../../../report/screen.ts";
import { wrap } from "../../../report/text-table.ts";
import { byComponent } from "../../apply/apply-plan.ts";
import { ownerOf } from "../../field-owner.ts";
import { fieldText } from "../../fields/field-path.ts";
import { type Refusal, type Step, type StepField, targetText } from "../../step.ts";
import { changeText } from "../plan-proof.ts";
import { policyText } from "../read-policy.ts";
import type { PlanResult } from "./plan-json.ts";
import { short } from "./short-value.ts";
import { upgradeText } from "./upgrade-text.ts";

const WIDTH_MAX = 120;
const CHANGES_MAX = 6;

type Style = Parameters<typeof styleText>[0];

export function planText(
  { plans, proof, assumed, against }: PlanResult,
  { colours, columns }: Screen,
): string {
  const width = Math.max(60, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint = (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const writer = new Writer(width, paint);
  const parts: string[] = [];
  for (const { policy, settings, workloads, plan } of plans) {
    const told = [
      `tier ${settings.tier}`,
      counted(workloads.length, "workload"),
      plan.steps.length === 0 ? "nothing to change" : counted(plan.steps.length, "step"),
    ];
    parts.push(`${paint("bold", policyText(policy))}: ${told.join(", ")}`);
    for (const [component, steps] of byComponent(plan.steps)) {
      const heading = paint("bold", targetText(component));
      parts.push([heading, ...steps.map((step) => writer.step(step))].join("\n"));
    }
    if (plan.refusals.length > 0)
      parts.push(
        [paint("bold", "Not done"), ...plan.refusals.map((each) => writer.refusal(each))].join("\n"),
      );
  }
  if (proof.better.length > 0) {
    const lines = proof.better.slice(0, CHANGES_MAX).map((each) => writer.item(changeText(each)));
    const more = proof.better.length - CHANGES_MAX;
    if (more > 0) lines.push(writer.item(`and ${more} more: -o json`));
    parts.push([paint("bold", "What losses would do then, proved"), ...lines].join("\n"));
  }
  if (against !== undefined) parts.push(upgradeText(against, width, (text) => paint("bold", text)));
  if (assumed.length > 0)
    parts.push([paint("bold", "Assumed"), ...assumed.map((each) => writer.item(each))].join("\n"));
  return `${parts.join("\n\n")}\n`;
}

class Writer {
  readonly #width: number;
  readonly #paint: (style: Style, text: string) => string;

  constructor(width: number, paint: (style: Style, text: string) => string) {
    this.#width = width;
    this.#paint = paint;
  }

  step(step: Step): string {
    const until = step.gate === "none" ? "" : `, until ${GATES[step.gate]}`;
    const verb = step.action === "create" ? this.#paint("green", "create") : this.#paint("yellow", "change");
    const lines = [`  phase ${step.phase}  ${verb} ${targetText(step.target)}${until}`];
    for (const { rule, text } of step.reasons) {
      lines.push(`    ${this.#told(`${rule}: ${text}`, 4)}`);
      if (step.action === "patch")
        lines.push(...step.fields.filter((field) => field.rule === rule).map((field) => this.#field(field)));
    }
    return lines.join("\n");
  }

  refusal({ rule, target, why, wouldHelp }: Refusal): string {
    return `  ${this.#paint("red", "·")} ${this.#told(`${targetText(target)}, ${rule}: ${why}. ${capital(wouldHelp)}.`, 4)}`;
  }

  item(text: string): string {
    return `  · ${this.#told(text, 4)}`;
  }

  #field({ path, before, after, owners }: StepField): string {
    const names = owners.map((owner) => ownerOf(owner).name);
    const owner = names.length === 0 ? "nobody's" : `${[...new Set(names)].join(", ")}'s`;
    const field = this.#told(`${fieldText(path)}`, 6);
    const values = `${short(before)} → ${this.#paint("cyan", short(after))}, ${owner}`;
    const fits = fieldText(path).length + short(before).length + short(after).length + owner.length + 14;
    return fits <= this.#width ? `      ${field}: ${values}` : `      ${field}:\n        ${values}`;
  }

  #told(text: string, indent: number): string {
    return wrap(text, this.#width - indent, " ".repeat(indent));
  }
}

const GATES = {
  "rolled-out": "all its new pods are ready",
  "no-pods": "it has no pods",
  "job-complete": "it is done",
} as const;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
