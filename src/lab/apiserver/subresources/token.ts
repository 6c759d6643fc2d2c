import type { KubeObject } from "../../../kube/types/index.ts";
import { notFound } from "../errors.ts";
import type { Subresource } from "./subresource.ts";

/** serviceaccounts/token: signed by whoever holds the server's key. */
export const token: Subresource = {
  create(context, request, body) {
    const account = request.collection.get(request.namespace, request.name);
    if (account === undefined) throw notFound(request.kind, request.name);
    if (context.issueToken === undefined)
      throw notFound({ ...request.kind, plural: "serviceaccounts/token" }, request.name);
    return context.issueToken(account, body as unknown as KubeObject);
  },
};
