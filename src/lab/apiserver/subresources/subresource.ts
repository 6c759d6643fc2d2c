import type { Body } from "../../../client/client.ts";
import { apiVersionOf } from "../../../kube/kind.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { AccountTokens } from "../access/account-tokens.ts";
import type { Api } from "../api.ts";
import type { Fields, LooseObject } from "../loose.ts";
import type { RegistryContext } from "../registry/context.ts";
import type { NamedRequest } from "../registry/update.ts";
import type { DeleteParameters, WriteAnswer, WriteParameters } from "../server.ts";

/** What subresources need besides the registry. */
export interface SubresourceContext extends RegistryContext {
  /** In the server's own name. */
  readonly api: Api;
  readonly tokens: AccountTokens;
  /** Deletes the object that the request names, in the caller's name; no plugin is asked again. */
  delete(request: NamedRequest, parameters: DeleteParameters): KubeObject;
}

/**
 * A subresource with an object of its own, such as a Scale. Those that are parts of their object, such as its status,
 * have no file here: they are updates of the object, confined by its strategy.
 */
export interface Subresource {
  get?(context: SubresourceContext, request: NamedRequest): KubeObject;
  create?(
    context: SubresourceContext,
    request: NamedRequest,
    body: Body,
    parameters?: WriteParameters,
  ): KubeObject;
  /** PUT and PATCH. */
  update?(context: SubresourceContext, request: NamedRequest, change: SubresourceChange): WriteAnswer;
}

/** What a client wants a subresource to become. */
export interface SubresourceChange {
  /** Makes the new subresource object of the present one, with its managers. */
  make(present: LooseObject): LooseObject;
}

/** What a client sent to a subresource that has objects of its own, placed where the request is. */
export function ownObject({ kind, subresource = "", namespace }: NamedRequest, body: Body): LooseObject {
  const row = kind.subresources[subresource] ?? kind;
  const metadata = {
    ...(body.metadata as Fields | undefined),
    ...(namespace === undefined ? {} : { namespace }),
  };
  return { ...body, kind: row.kind, apiVersion: apiVersionOf(row), metadata } as unknown as LooseObject;
}

/** The answer of subresources that have nothing to show. */
export function success(code?: number): KubeObject {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };
  return (code === undefined ? status : { ...status, code }) as unknown as KubeObject;
}
