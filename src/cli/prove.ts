import { Command, InvalidArgumentError } from "commander";
import type { LossChoice } from "../prove/losses/losses.ts";
import type { Verdict } from "../prove/result.ts";
import { duration, oneOf, wholeNumber } from "./option-values.ts";
import { FORMS, type ProveFlags } from "./prove-flags.ts";
import { addSourceOptions, checkSource } from "./source-options.ts";

const FINDINGS: readonly Verdict[] = ["outage", "stuck", "data-at-risk", "degraded", "unknown"];
const CHOICES = [
  "nodes",
  "zones",
  "volume-zones",
  "racks=LABEL",
  "pairs",
  "control-plane",
  "drains",
  "rollouts",
  "pods",
] as const;
const DEFAULT_LOSSES: readonly LossChoice[] = [
  { kind: "nodes" },
  { kind: "zones" },
  { kind: "volume-zones" },
  { kind: "control-plane" },
];

/** `holdfast prove`: what would break, for every loss. */
export function proveCommand(): Command {
  // What does the work is loaded only when there is work.
  const command = new Command("prove").description(
    "work through every loss of nodes, zones and control-plane members before it happens",
  );
  return addSourceOptions(command)
    .option(
      "--losses <kinds>",
      `some of ${CHOICES.join(", ")} (nodes,zones,volume-zones,control-plane)`,
      losses,
      DEFAULT_LOSSES,
    )
    .option("--nodes-at-once <k>", "every set of so many nodes too", wholeNumber(2, 100))
    .option("--within <time>", "degraded for longer than this counts as an outage, e.g. 90s or 5m", duration)
    .option("--fail-on <verdicts>", `end with code 1 on these: some of ${FINDINGS.join(", ")}`, verdicts, [
      "outage",
      "stuck",
      "data-at-risk",
    ])
    .option(
      "--baseline <file>",
      "an earlier result (-o json): end with code 1 only on what has got worse since",
    )
    .option(
      "--with <path...>",
      "tell what applying these manifests would change, and end with code 1 only on what gets worse",
    )
    .option("--explain <id>", "play one loss in a lab, second by second, e.g. node/node-1")
    .option("--all", "list what is safe too")
    .option("-o, --output <form>", FORMS.join(", "), oneOf(FORMS), "table")
    .action(async (flags: ProveFlags, command: Command) => {
      checkTogether(flags, command);
      const { runProve } = await import("./prove-run.ts");
      await runProve(flags, command);
    });
}

/** Flags that contradict each other, or would do nothing beside each other. */
function checkTogether(flags: ProveFlags, command: Command): void {
  checkSource(flags, command);
  const refuse = (why: string) => command.error(`error: ${why}`);
  if (flags.explain !== undefined && flags.output !== "table" && flags.output !== "json") {
    refuse("--explain is told as table or json");
  }
  if (flags.with !== undefined && (flags.baseline ?? flags.explain) !== undefined) {
    refuse("--with compares with the cluster as it is: leave --baseline and --explain out");
  }
}

function losses(text: string): LossChoice[] {
  return text.split(",").map((word): LossChoice => {
    const [kind = "", label] = word.split(/=(.*)/s);
    if (kind === "racks" && label) return { kind, label };
    if (kind !== "racks" && label === undefined && CHOICES.some((choice) => choice === kind)) {
      return { kind } as LossChoice;
    }
    throw new InvalidArgumentError(`Expected some of ${CHOICES.join(", ")}, separated by commas.`);
  });
}

function verdicts(text: string): Verdict[] {
  return text.split(",").map((word) => {
    const found = FINDINGS.find((verdict) => verdict === word);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected some of ${FINDINGS.join(", ")}, separated by commas.`);
  });
}
