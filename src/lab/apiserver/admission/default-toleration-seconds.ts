import { TAINT_NOT_READY, TAINT_UNREACHABLE } from "../../../kube/taints.ts";
import type { Pod, PodSpec, Toleration } from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionPlugin } from "./chain.ts";

/** kube-apiserver --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds. */
const TOLERATION_SECONDS = 300;

const DEFAULTS: readonly Toleration[] = [TAINT_NOT_READY, TAINT_UNREACHABLE].map((key) =>
  Object.freeze({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATION_SECONDS }),
);

/** A pod that says nothing else stays five minutes on a node that has gone silent. */
export function defaultTolerationSeconds(): AdmissionPlugin {
  return {
    name: "DefaultTolerationSeconds",
    resources: ["pods"],
    mutate({ subresource }, object) {
      if (subresource !== undefined) return object;
      const { spec } = object as unknown as Pod;
      const tolerant = withDefaultTolerations(spec);
      return tolerant === spec ? object : ({ ...object, spec: tolerant } as unknown as LooseObject);
    },
  };
}

/** The spec with five minutes for silent nodes, unless it says something else; the same reference when it does. */
export function withDefaultTolerations(spec: PodSpec): PodSpec {
  const given = spec.tolerations ?? [];
  const missing = DEFAULTS.filter(({ key }) => !given.some((toleration) => covers(toleration, key)));
  return missing.length === 0 ? spec : { ...spec, tolerations: [...given, ...missing] };
}

function covers({ key, effect }: Toleration, wanted: string | undefined): boolean {
  return (!key || key === wanted) && (!effect || effect === "NoExecute");
}
