/** The flags that say which cluster is looked at; every verb that reads one takes the same. */
import type { Command } from "commander";

/** What stands on the command line. */
export interface SourceFlags {
  readonly filename?: string[];
  readonly snapshot?: string;
  readonly lab?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly nodes?: string;
  readonly profile?: string;
}

export function addSourceOptions(command: Command): Command {
  return command
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
    .option("--profile <file>", "what manifests do not say about the workloads: start times and the like");
}

/** Ends with code 2 on flags that contradict each other, or would do nothing beside each other. */
export function checkSource(flags: SourceFlags, command: Command): void {
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
  if (flags.namespace !== undefined && flags.allNamespaces) refuse("-n and -A contradict each other");
}

/** Whether the flags lead to a cluster that answers, rather than to files. */
export function isLive({ filename, snapshot }: SourceFlags): boolean {
  return filename === undefined && snapshot === undefined;
}
