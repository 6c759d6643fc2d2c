import { TAINT_OUT_OF_SERVICE } from "../../kube/taints.ts";
import type { Remedy } from "./trouble.ts";

/**
 * Ways out with a node that does not answer. That it does not answer is no proof that it is off: it may still write, and a
 * second writer destroys the data. So the sure ways come first, and the taint says what it needs.
 */
export function outOfService(node: string): Remedy[] {
  return [
    { says: `bring ${node} back: when its kubelet answers, everything goes its way by itself` },
    {
      command: `kubectl taint nodes ${node} ${TAINT_OUT_OF_SERVICE}=nodeshutdown:NoExecute`,
      says: `only when you know that ${node} is off (you saw it, or its power was cut by remote control): its pods are deleted by force and its volumes freed at once; take the taint off when it is back`,
    },
  ];
}
