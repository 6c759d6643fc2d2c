import { type Kind, resourceName } from "../../../kube/kind.ts";
import { bindingSubresource } from "./binding.ts";
import type { Subresource } from "./subresource.ts";

const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  "pods/binding": bindingSubresource,
};

/** What answers for a kind's subresource, or `undefined` where it is a part of the object itself, such as its status. */
export function subresourceOf(kind: Kind, subresource: string): Subresource | undefined {
  return SUBRESOURCES[`${resourceName(kind)}/${subresource}`];
}
