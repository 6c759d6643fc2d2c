import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { HorizontalPodAutoscaler, KubeObject } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";

/** What an autoscaler scales. */
export interface Target {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** The object that the autoscaler names, or why there is none that could be scaled. */
export function findTarget(
  api: Api,
  kinds: KindRegistry,
  { metadata, spec }: HorizontalPodAutoscaler,
): Target | { readonly error: string } {
  const { apiVersion = "v1", kind: kindName, name } = spec.scaleTargetRef;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const isMeant = (kind: Kind) => kind.group === group && kind.kind === kindName;
  const kind = kinds.find(apiVersion, kindName) ?? kinds.all().find(isMeant);
  if (kind === undefined) return { error: `no matches for kind "${kindName}" in group "${group}"` };
  if (kind.subresources.scale === undefined) {
    return { error: "the server could not find the requested resource" };
  }
  const object: KubeObject | undefined = api.get(kind, metadata.namespace, name);
  if (object !== undefined) return { kind, object };
  return { error: `${resourceName(kind)} "${name}" not found` };
}
