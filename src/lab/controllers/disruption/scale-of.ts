import { deployments, replicaSets, replicationControllers, statefulSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import type { KubeObject, OwnerReference } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import { resolveController } from "../shared/owners.ts";
import { readScale } from "../shared/scale.ts";

/** A controller of pods and the number that it was asked to keep. */
export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

/** Why the number is not to be had; `undefined` in its place means that there is no such controller any more. */
export type ScaleAnswer = ControllerScale | { readonly error: string } | undefined;

type Sized = KubeObject & { readonly spec: { readonly replicas: number } };

/** The controller at the top that decides how many pods there are: for a Deployment's ReplicaSet, the Deployment. */
export function scaleOf(
  api: Api,
  kinds: KindRegistry,
  namespace: string | undefined,
  reference: OwnerReference,
): ScaleAnswer {
  switch (`${groupOf(reference)}/${reference.kind}`) {
    case "/ReplicationController":
      return sizeOf(resolveController(api, replicationControllers, namespace, reference));
    case "apps/ReplicaSet":
      return replicaSetScale(api, namespace, reference);
    case "apps/StatefulSet":
      return sizeOf(resolveController(api, statefulSets, namespace, reference));
    default:
      return scaleBySubresource(api, kinds, namespace, reference);
  }
}

function replicaSetScale(api: Api, namespace: string | undefined, reference: OwnerReference): ScaleAnswer {
  const set = resolveController(api, replicaSets, namespace, reference);
  const owner = set && controllerOf(set);
  if (owner?.kind !== "Deployment") return sizeOf(set);
  return groupOf(owner) === "apps"
    ? sizeOf(resolveController(api, deployments, namespace, owner))
    : undefined;
}

/** Other kinds tell through their scale subresource. */
function scaleBySubresource(
  api: Api,
  kinds: KindRegistry,
  namespace: string | undefined,
  reference: OwnerReference,
): ScaleAnswer {
  const kind = kinds.find(reference.apiVersion, reference.kind);
  if (kind === undefined) {
    const [group, version] = splitVersion(reference.apiVersion);
    const where = group === "" ? `"${version}"` : `"${group}/${version}"`;
    return { error: `no matches for kind "${reference.kind}" in version ${where}` };
  }
  if (kind.subresources.scale === undefined) {
    const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    return { error: `${resource} does not implement the scale subresource` };
  }
  const owner = resolveController(api, kind, namespace, reference);
  if (owner === undefined) return undefined;
  return { uid: owner.metadata.uid, replicas: readScale(api, kind, owner).replicas };
}

function sizeOf(owner: Sized | undefined): ControllerScale | undefined {
  return owner && { uid: owner.metadata.uid, replicas: owner.spec.replicas };
}

function groupOf({ apiVersion }: OwnerReference): string {
  return splitVersion(apiVersion)[0];
}

function splitVersion(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}
