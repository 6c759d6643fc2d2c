import { nodes } from "../../kube/kinds.ts";
import type { Node } from "../../kube/types/index.ts";
import { ZONE_LABEL } from "../../prove/losses/losses.ts";
import { domainOf } from "../placement.ts";
import { type Check, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { consequenceOf } from "./consequence.ts";
import type { Subject } from "./subject.ts";

/** What the rules allow is one thing; where the pods are is what a loss takes. */
export const placedTogether: Check = {
  id: "placed-together",
  severity: "critical",
  title: "The pods of a workload are on more than one node, and in more than one zone, now",
  *find(cluster) {
    const byName = new Map(cluster.view.list(nodes).map((node) => [node.metadata.name, node]));
    for (const subject of cluster.subjects) {
      const placed = subject.pods.flatMap((pod) => byName.get(pod.spec.nodeName ?? "") ?? []);
      if (placed.length < 2) continue;
      const place = commonPlace(placed, subject);
      if (place === undefined) continue;
      yield {
        object: nameOf(subject.workload),
        field: "status",
        ...(place.kind === "zone" && { severity: "warning" as const }),
        message: `all ${placed.length} of its pods are ${place.kind === "node" ? "on" : "in zone"} ${place.name}`,
        consequence: consequence(cluster, subject, place.kind),
      };
    }
  },
};

interface Place {
  readonly kind: "node" | "zone";
  readonly name: string;
}

/** A zone counts only where the pods might be in another one. */
function commonPlace(placed: readonly Node[], { eligibleNodes }: Subject): Place | undefined {
  const names = new Set(placed.map(({ metadata: { name } }) => name));
  const [name = ""] = names;
  if (names.size === 1) return { kind: "node", name };
  const zones = new Set(placed.map((node) => domainOf(node, ZONE_LABEL)));
  const possible = new Set(eligibleNodes.map((node) => domainOf(node, ZONE_LABEL)));
  const [zone] = zones;
  return zones.size === 1 && zone !== undefined && possible.size > 1
    ? { kind: "zone", name: zone }
    : undefined;
}

function consequence(cluster: CheckedCluster, { workload }: Subject, kind: Place["kind"]): string {
  return kind === "node"
    ? consequenceOf(
        cluster,
        workload,
        ["node"],
        "the loss of that node takes all of them at once; deleting one lets the scheduler put it elsewhere",
      )
    : consequenceOf(cluster, workload, ["zone"], "the loss of that zone takes all of them at once");
}
