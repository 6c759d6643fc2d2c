import { type Kind, resourceName } from "../../../kube/kind.ts";
import { binding } from "./binding.ts";
import { eviction } from "./eviction.ts";
import { scale } from "./scale.ts";
import type { Subresource } from "./subresource.ts";
import { token } from "./token.ts";

const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  "pods/binding": binding,
  "pods/eviction": eviction,
  "replicationcontrollers/scale": scale(),
  "serviceaccounts/token": token,
  "deployments.apps/scale": scale(),
  "replicasets.apps/scale": scale(),
  "statefulsets.apps/scale": scale(),
};

/** What answers for a built-in kind's subresource, or `undefined` where it is a part of the object itself. */
export function subresourceOf(kind: Kind, subresource: string): Subresource | undefined {
  return SUBRESOURCES[`${resourceName(kind)}/${subresource}`];
}
