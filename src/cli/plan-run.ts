/** Does what `holdfast plan` is told: reads, plans, prints. Changes that there are, are no failure. */
import type { Command } from "commander";
import { planJson } from "../harden/policy/forms/plan-json.ts";
import { screenOf } from "../report/screen.ts";
import { forecastFor, readChart } from "./against.ts";
import type { PlanFlags } from "./policy-options.ts";
import { planFor } from "./policy-source.ts";

export async function runPlan(flags: PlanFlags, command: Command): Promise<void> {
  const rendered = flags.against === undefined ? undefined : readChart(flags.against);
  const cluster = await planFor(flags, command);
  const planned =
    rendered === undefined ? cluster : { ...cluster, against: await forecastFor(rendered, cluster, flags) };
  const { stdout } = process;
  switch (flags.output) {
    case "json":
      stdout.write(`${JSON.stringify(planJson(planned), undefined, 2)}\n`);
      return;
    case "yaml": {
      const { stringify } = await import("yaml");
      stdout.write(stringify(planJson(planned), { aliasDuplicateObjects: false }));
      return;
    }
    case "markdown": {
      const { planMarkdown } = await import("../harden/policy/forms/plan-markdown.ts");
      stdout.write(planMarkdown(planned));
      return;
    }
    case "table": {
      const { planText } = await import("../harden/policy/forms/plan-text.ts");
      stdout.write(planText(planned, screenOf(stdout)));
    }
  }
}
