import { nodes } from "../../kube/kinds.ts";
import { type Check, nameOf } from "./check.ts";

const LABELS = [
  "node-role.kubernetes.io/control-plane",
  "node-role.kubernetes.io/master",
  "node-role.kubernetes.io/etcd",
];

/** Two members tolerate no more than one does, and there are two that can be lost. */
export const controlPlaneMembers: Check = {
  id: "control-plane-members",
  severity: "warning",
  title: "The control plane has three members, or another odd number above one",
  *find({ view }) {
    const members = view
      .list(nodes)
      .filter(({ metadata: { labels = {} } }) => LABELS.some((label) => labels[label] !== undefined));
    const [first] = members;
    // A cluster whose control plane is somebody else's has no such nodes.
    if (first === undefined || (members.length > 1 && members.length % 2 === 1)) return;
    const borne = Math.floor((members.length - 1) / 2);
    yield {
      object: nameOf(first),
      field: "metadata.labels",
      message:
        members.length === 1
          ? "it is the only node of the control plane"
          : `the control plane has ${members.length} nodes`,
      consequence:
        members.length === 1
          ? "while it is away nothing is noticed, rescheduled or changed: pods that run go on, and whatever fails meanwhile stays failed"
          : `a quorum of ${Math.floor(members.length / 2) + 1} is needed: it bears the loss of ${borne}, as ${members.length - 1} would, and one more machine can fail`,
    };
  },
};
