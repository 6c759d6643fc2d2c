/** Commands as people type them, and names as they read them. */
import * as kinds from "../../kube/kinds.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Remedy } from "./trouble.ts";

type Named = Pick<KubeObject, "kind" | "metadata">;

/** " -n shop", or nothing for what has no namespace. */
export function inNamespace({ metadata: { namespace } }: Pick<KubeObject, "metadata">): string {
  return namespace === undefined ? "" : ` -n ${namespace}`;
}

/** "deployment/web -n shop" */
export function typed(object: Named): string {
  return `${object.kind.toLowerCase()}/${object.metadata.name}${inNamespace(object)}`;
}

/** A patch of an object's fields, with who would take it back. */
export function patchRemedy(
  object: Named,
  patch: Readonly<Record<string, unknown>>,
  says: string,
  type: "strategic" | "merge" = "strategic",
): Remedy {
  return {
    command: `kubectl patch ${typed(object)} --type=${type} -p '${JSON.stringify(patch)}'`,
    says: `${says}${takenBackBy(object)}`,
  };
}

export function scaleRemedy(object: Named, replicas: number, says: string): Remedy {
  return {
    command: `kubectl scale ${typed(object)} --replicas=${replicas}`,
    says: `${says}${takenBackBy(object)}`,
  };
}

/** What is set by hand on an object that a chart or a repository makes holds until that makes it again. */
export function takenBackBy({ metadata }: Pick<KubeObject, "metadata">): string {
  const { annotations = {}, labels = {} } = metadata;
  const release = annotations["meta.helm.sh/release-name"];
  if (release !== undefined)
    return `; set it in the values of Helm release ${release} too, or its next upgrade takes it back`;
  if (annotations["argocd.argoproj.io/tracking-id"] ?? labels["argocd.argoproj.io/instance"])
    return "; set it in the repository that Argo CD applies too, or it is taken back";
  if (labels["kustomize.toolkit.fluxcd.io/name"] !== undefined)
    return "; set it in the repository that Flux applies too, or it is taken back";
  if (annotations["objectset.rio.cattle.io/owner-gvk"]?.includes("Addon"))
    return "; K3s applies this addon again when it starts: set it in a HelmChartConfig or a manifest of its own too";
  return "";
}

/** Constraints that keep a workload's pods on different nodes as long as there are enough. */
export function spreadPatch(
  workload: KubeObject,
  matchLabels: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const constraint = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels },
    ...(workload.kind === kinds.deployments.kind && { matchLabelKeys: ["pod-template-hash"] }),
  };
  return { spec: { template: { spec: { topologySpreadConstraints: [constraint] } } } };
}

/** "a", "a and b", "a, b and 3 more" */
export function listed(names: readonly string[], max = 4): string {
  if (names.length > max) return `${names.slice(0, max - 1).join(", ")} and ${names.length - max + 1} more`;
  return names.length < 2 ? (names[0] ?? "none") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** "1 pod", "2 pods" */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : what.endsWith("s") ? "es" : "s"}`;
}
