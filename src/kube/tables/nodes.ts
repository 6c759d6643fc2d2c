import type { Node } from "../types/index.ts";
import { age } from "./cells.ts";
import { AGE, column, NAME, printer, wide } from "./printer.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";
const ROLE_LABEL = "kubernetes.io/role";

interface NodeInfo {
  readonly kubeletVersion?: string;
  readonly osImage?: string;
  readonly kernelVersion?: string;
  readonly containerRuntimeVersion?: string;
}

export const nodePrinter = printer<Node>({
  columns: [
    NAME,
    column("Status"),
    column("Roles"),
    AGE,
    column("Version"),
    wide("Internal-IP"),
    wide("External-IP"),
    wide("OS-Image"),
    wide("Kernel-Version"),
    wide("Container-Runtime"),
  ],
  cells: (node, nowMs) => {
    const info: NodeInfo = node.status?.nodeInfo ?? {};
    return [
      node.metadata.name,
      statusCell(node),
      rolesOf(node).join(",") || "<none>",
      age(node, nowMs),
      info.kubeletVersion ?? "",
      addressOf(node, "InternalIP"),
      addressOf(node, "ExternalIP"),
      info.osImage || "<unknown>",
      info.kernelVersion || "<unknown>",
      info.containerRuntimeVersion || "<unknown>",
    ];
  },
});

function statusCell({ spec, status }: Node): string {
  const ready = status?.conditions?.findLast(({ type }) => type === "Ready");
  const health = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec?.unschedulable ? `${health},SchedulingDisabled` : health;
}

function rolesOf({ metadata }: Node): string[] {
  const roles = new Set<string>();
  for (const [name, value] of Object.entries(metadata.labels ?? {})) {
    if (name.startsWith(ROLE_PREFIX)) roles.add(name.slice(ROLE_PREFIX.length));
    else if (name === ROLE_LABEL) roles.add(value);
  }
  roles.delete("");
  return [...roles].sort();
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address ?? "<none>";
}
