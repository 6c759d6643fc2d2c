/** Who is behind a field manager: a person's tool, which sets a field once, or a controller, which sets it again. */
import type { ManagerIdentity } from "../kube/managed-fields/entries.ts";
import type { KubeObject } from "../kube/types/index.ts";
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
    "in the repository that Argo CD applies, or list it under ignoreDifferences of the Application, with RespectIgnoreDifferences=true",
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

/**
 * @param object whose field it is: what a controller applies it marks, and a field of such an object is the controller's also where
 *   a person's tool had set it to that value before
 */
export function ownerOf({ manager, subresource }: ManagerIdentity, object?: KubeObject): FieldOwner {
  if (manager === FIELD_MANAGER) return { name: manager, sort: "ours" };
  const marked = object === undefined ? undefined : markedBy(object, manager);
  if (TOOLS.test(manager)) {
    if (marked === undefined) return { name: manager, sort: "person" };
    return { name: `${marked.name} (set by ${manager})`, sort: "controller", changeAt: marked.changeAt };
  }
  const source = SOURCES.find(([pattern]) => pattern.test(manager));
  if (source !== undefined) {
    const [, name, changeAt] = source;
    return { name: `${name} (${manager})`, sort: "controller", changeAt: marked?.changeAt ?? changeAt };
  }
  // Whoever is not known may come back: better asked than fought.
  const changeAt = `in what ${manager} makes it from${subresource === "scale" ? ", as it scales it" : ""}`;
  return { name: manager, sort: "controller", changeAt };
}

/** Which Application, Kustomization or HelmRelease an object is of, as its marks say, where that concerns what this manager set. */
function markedBy(
  { metadata: { labels = {}, annotations = {} } }: KubeObject,
  manager: string,
): { readonly name: string; readonly changeAt: string } | undefined {
  const application = annotations[ARGO_CD_TRACKING]?.split(":")[0] || labels[ARGO_CD_INSTANCE];
  const isTool = TOOLS.test(manager);
  if (application !== undefined && (isTool || manager.startsWith("argocd"))) {
    const changeAt = `in the repository of the Application ${application}, or list it under its ignoreDifferences, with RespectIgnoreDifferences=true`;
    return { name: "Argo CD", changeAt };
  }
  const release = fluxName(labels, HELM_TOOLKIT);
  // Flux's own helm merges as helm does: what it finds as it should be stays whose it was.
  if (release !== undefined && /^(helm|Helm|helm-controller)$/.test(manager))
    return { name: "Flux", changeAt: `in the values of the HelmRelease ${release}` };
  const kustomization = fluxName(labels, KUSTOMIZE_TOOLKIT);
  // It takes all of its fields by force and drops what kubectl owned, so a tool's field is not one of its own.
  if (kustomization !== undefined && manager === "kustomize-controller")
    return { name: "Flux", changeAt: `in the repository of the Kustomization ${kustomization}` };
  return undefined;
}

const ARGO_CD_TRACKING = "argocd.argoproj.io/tracking-id";
const ARGO_CD_INSTANCE = "argocd.argoproj.io/instance";
const HELM_TOOLKIT = "helm.toolkit.fluxcd.io";
const KUSTOMIZE_TOOLKIT = "kustomize.toolkit.fluxcd.io";

function fluxName(labels: Readonly<Record<string, string>>, toolkit: string): string | undefined {
  const name = labels[`${toolkit}/name`];
  return name === undefined ? undefined : `${labels[`${toolkit}/namespace`]}/${name}`;
}

/** The one of a field's owners that would take it back, if there is one. */
export function controllerAmong(
  owners: readonly ManagerIdentity[],
  object: KubeObject,
): FieldOwner | undefined {
  return owners.map((owner) => ownerOf(owner, object)).find(({ sort }) => sort === "controller");
}
