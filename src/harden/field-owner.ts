/** Who is behind a field manager: a person's tool, which sets a field once, or a controller, which sets it again. */
import type { ManagerIdentity } from "../kube/managed-fields/entries.ts";
import { FIELD_MANAGER } from "./fields/field-owners.ts";

/** `person`: may be taken once that was said and confirmed. `controller`: would take it back. `ours`: set by Holdfast before. */
export type OwnerSort = "person" | "controller" | "ours";

export interface FieldOwner {
  readonly name: string;
  readonly sort: OwnerSort;
  /** Where the field is to be changed instead. */
  readonly changeAt?: string;
}

/** Tools that somebody calls; what they set stays until somebody calls them again. */
const TOOLS =
  /^(kubectl(-.*)?|helm|Helm|k9s|Lens|OpenLens|freelens|headlamp|okteto|kustomize|oc|curl|Mozilla|before-first-apply|Go-http-client|python-requests|node-fetch|OpenAPI-Generator|terraform|Terraform|HashiCorp|pulumi|pulumi-.*|ansible|ancient-changes)$/;

/** Controllers that write what is kept elsewhere, each with where that is. */
const SOURCES: readonly (readonly [pattern: RegExp, name: string, changeAt: string])[] = [
  [
    /^argocd/,
    "Argo CD",
    "in the repository that Argo CD applies, or list it under ignoreDifferences of the Application",
  ],
  [/^kustomize-controller$/, "Flux", "in the repository that Flux applies"],
  [
    /^helm-controller$/,
    "the Helm controller",
    "in the values of its HelmRelease, HelmChart or HelmChartConfig",
  ],
  [
    /^deploy@/,
    "the addon manager of K3s",
    "in a HelmChartConfig, or a manifest of its own in the server's manifests folder",
  ],
  [
    /^longhorn-manager$|^longhorn-driver-deployer$/,
    "Longhorn",
    "in Longhorn's settings (the replica counts of its CSI parts)",
  ],
  [
    /^(kube-controller-manager|horizontal-pod-autoscaler|keda)/,
    "an autoscaler",
    "in its HorizontalPodAutoscaler: minReplicas",
  ],
  [/^vpa-/, "the vertical autoscaler", "in its VerticalPodAutoscaler"],
];

export function ownerOf({ manager, subresource }: ManagerIdentity): FieldOwner {
  if (manager === FIELD_MANAGER) return { name: manager, sort: "ours" };
  if (TOOLS.test(manager)) return { name: manager, sort: "person" };
  const source = SOURCES.find(([pattern]) => pattern.test(manager));
  if (source !== undefined)
    return { name: `${source[1]} (${manager})`, sort: "controller", changeAt: source[2] };
  // Whoever is not known may come back: better asked than fought.
  const changeAt = `in what ${manager} makes it from${subresource === "scale" ? ", as it scales it" : ""}`;
  return { name: manager, sort: "controller", changeAt };
}

/** The one of a field's owners that would take it back, if there is one. */
export function controllerAmong(owners: readonly ManagerIdentity[]): FieldOwner | undefined {
  return owners.map(ownerOf).find(({ sort }) => sort === "controller");
}
