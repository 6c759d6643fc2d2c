import type { Body } from "../../../client/client.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { RegistryContext, WriteRequest } from "../registry/context.ts";
import type { DeleteParameters, TokenIssuer } from "../server.ts";

/** A write to a subresource: the object it belongs to is named. */
export type SubresourceRequest = WriteRequest & { readonly name: string };

/** A subresource that is not simply a part of its object. */
export interface Subresource {
  get?(context: SubresourceContext, request: SubresourceRequest): KubeObject;
  create?(context: SubresourceContext, request: SubresourceRequest, body: Body): KubeObject;
  update?(context: SubresourceContext, request: SubresourceRequest, body: Body): KubeObject;
}

/** What subresources need besides the registry. */
export interface SubresourceContext extends RegistryContext {
  readonly issueToken: TokenIssuer | undefined;
  deletePod(request: SubresourceRequest, parameters: DeleteParameters): KubeObject;
}
