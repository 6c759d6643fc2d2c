/** Which nodes the control plane stands on, as far as the cluster's objects tell. */
import type { Model } from "../model/model.ts";

export interface ControlPlane {
  /** Indexes of the nodes that hold a member of etcd, ascending. None: it runs elsewhere, or somebody else runs it. */
  readonly members: readonly number[];
  /** How many members have to be there for anything to be decided. */
  readonly quorum: number;
  /** Indexes of the nodes on which a controller manager may run. */
  readonly managers: ReadonlySet<number>;
}

const ETCD_ROLE = "node-role.kubernetes.io/etcd";
const CONTROL_PLANE_ROLES = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** By the static pods of kubeadm, else by the roles that distributions write on nodes. */
export function controlPlaneOf(model: Model): ControlPlane {
  const byPods = new Set<number>();
  for (const { prototype, index } of model.classes) {
    const { labels, namespace } = prototype.metadata;
    if (namespace !== "kube-system" || labels?.component !== "etcd" || labels.tier !== "control-plane")
      continue;
    for (const pod of model.podsOfClass(index)) {
      const node = model.nodeOf[pod] as number;
      if (node >= 0) byPods.add(node);
    }
  }
  const withRole = (...roles: readonly string[]) =>
    [...model.nodes.keys()].filter((node) =>
      roles.some((role) => model.nodes[node]?.metadata.labels?.[role] !== undefined),
    );
  const managers = new Set(withRole(...CONTROL_PLANE_ROLES));
  const found = [[...byPods], withRole(ETCD_ROLE), [...managers]].find((nodes) => nodes.length > 0) ?? [];
  const members = found.sort((a, b) => a - b);
  return { members, quorum: Math.floor(members.length / 2) + 1, managers };
}

/** Whether the control plane goes on deciding without those nodes. */
export function survives({ members, quorum }: ControlPlane, lost: ReadonlySet<number>): boolean {
  if (members.length === 0) return true;
  return members.filter((node) => !lost.has(node)).length >= quorum;
}
