import { hasTaint, TAINT_NOT_READY } from "../../../kube/taints.ts";
import type { Node, Taint } from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionPlugin } from "./chain.ts";

const NOT_READY: Taint = Object.freeze({ key: TAINT_NOT_READY, effect: "NoSchedule" });

/** A node takes no pods before the node controller has seen it ready. */
export function taintNodesByCondition(): AdmissionPlugin {
  return {
    name: "TaintNodesByCondition",
    resources: ["nodes"],
    mutate({ operation, subresource }, object) {
      if (operation !== "CREATE" || subresource !== undefined) return object;
      const { spec } = object as unknown as Node;
      if (hasTaint(spec?.taints, NOT_READY)) return object;
      const taints = [...(spec?.taints ?? []), NOT_READY];
      return { ...object, spec: { ...spec, taints } } as unknown as LooseObject;
    },
  };
}
