import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../base/duration.ts";
import type { LossChoice } from "../prove/losses/losses.ts";
import type { Verdict } from "../prove/result.ts";
import { FORMS, type ProveFlags } from "./prove-flags.ts";

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
  return new Command("prove")
    .description("work through every loss of nodes, zones and control-plane members before it happens")
    .option("-f, --filename <path...>", "manifests, or what kubectl get -o json prints: files, folders or -")
    .option("--snapshot <file>", "a cluster that was saved as one file")
    .option("--lab <url|file>", "the running lab at this address, or that this kubeconfig leads to")
    .option(
      "--kubeconfig <file>",
      "the kubeconfig of the cluster to read, in place of KUBECONFIG and ~/.kube/config",
    )
    .option("--context <name>", "the context of the kubeconfig")
    .option(
      "-n, --namespace <name>",
      "tell of the workloads of this namespace only; all others still take their room",
    )
    .option("-A, --all-namespaces", "tell of the workloads of all namespaces, as without -n")
    .option("-l, --selector <labels>", "tell of the workloads with these labels only")
    .option(
      "--nodes <n[,cpu=…,memory=…,zones=…]>",
      "the nodes that files without any are put on (3,cpu=4,memory=8Gi,zones=1)",
    )
    .option("--profile <file>", "what manifests do not say about the workloads: start times and the like")
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
    .option("--explain <id>", "play one loss in a lab, second by second, e.g. node/node-1 (with -f)")
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
  const sources = [
    ["-f", flags.filename],
    ["--snapshot", flags.snapshot],
    ["--lab", flags.lab],
    ["--kubeconfig", flags.kubeconfig],
  ].filter(([, value]) => value !== undefined);
  const refuse = (why: string) => command.error(`error: ${why}`);
  if (sources.length > 1)
    refuse(`${sources.map(([name]) => name).join(" and ")} name two clusters; name one`);
  if (flags.nodes !== undefined && flags.filename === undefined) {
    refuse("--nodes is for files that define no node: name them with -f");
  }
  if (flags.context !== undefined && (flags.filename ?? flags.snapshot ?? flags.lab) !== undefined) {
    refuse("--context is for a kubeconfig; what is looked at is named otherwise");
  }
  if (flags.explain !== undefined && flags.output !== "table" && flags.output !== "json") {
    refuse("--explain is told as table or json");
  }
  if (flags.with !== undefined && (flags.baseline ?? flags.explain) !== undefined) {
    refuse("--with compares with the cluster as it is: leave --baseline and --explain out");
  }
  if (flags.namespace !== undefined && flags.allNamespaces) refuse("-n and -A contradict each other");
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

function duration(text: string): number {
  const read = parseDuration(text);
  if (read.ok && read.value >= 0) return read.value;
  throw new InvalidArgumentError("Expected a duration such as 90s, 5m or 1h30m.");
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected one of ${allowed.join(", ")}.`);
  };
}
