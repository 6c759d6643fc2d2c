import type { Asked } from "../../../../kube/cel/authorizer.ts";
import type { PolicyInput } from "../../../../kube/cel/policy-program.ts";
import { type Kind, resourceName } from "../../../../kube/kind.ts";
import { namespaces } from "../../../../kube/kinds.ts";
import type { KubeObject } from "../../../../kube/types/index.ts";
import { accountGroups, accountUserName } from "../../access/account-user.ts";
import type { Api } from "../../api.ts";
import type { Fields } from "../../loose.ts";
import type { Caller } from "../../server.ts";
import type { AdmissionRequest } from "../chain.ts";
import { shownAs } from "../shown.ts";
import { reviewRequest } from "../webhooks/review.ts";
import { type PolicyContext, requestedName, requestedNamespace } from "./matching.ts";

/** What expressions see of a request whose objects are shown as those of a kind. */
export function policyInput(
  context: PolicyContext,
  request: AdmissionRequest,
  kind: Kind,
  params: KubeObject | undefined,
): PolicyInput {
  const { caller, subresource } = request;
  const { group, plural: resource } = request.kind;
  const name = requestedName(request);
  const namespace = requestedNamespace(request);
  const place = {
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === "" ? {} : { name }),
  };
  const shown = shownAs(context, request, kind);
  return {
    object: shown.object ?? null,
    oldObject: shown.old ?? null,
    request: requestFields(request, reviewRequest(request, kind, shown)),
    params: params ?? null,
    namespaceObject: namespaceObject(context.api, request),
    asked: askedOf(caller),
    resource: { group, resource, ...place },
  };
}

/** The request as webhooks are told it, but for its objects. */
function requestFields(request: AdmissionRequest, told: Fields): Fields {
  const { object: _, oldObject: __, name: ___, ...fields } = told;
  const [name, namespace] = [requestedName(request), requestedNamespace(request)];
  return { ...fields, ...(name === "" ? {} : { name }), ...(namespace ? { namespace } : {}) };
}

/** The namespace of a request, as far as expressions may see it. */
function namespaceObject(api: Api, { kind, namespace }: AdmissionRequest): unknown {
  if (namespace === undefined || resourceName(kind) === "namespaces") return null;
  const found = api.get(namespaces, undefined, namespace);
  if (found === undefined) return null;
  const { managedFields: _, ownerReferences: __, ...metadata } = found.metadata;
  return { metadata, spec: found.spec ?? {}, status: found.status ?? {} };
}

/** The lab's own parts may do everything. */
const ALLOWED: Asked = { authorize: () => ({ allowed: true }), forAccount: () => ALLOWED };

function askedOf({ access }: Caller): Asked {
  if (access === undefined) return ALLOWED;
  return {
    authorize: (attributes) => access.authorize(attributes),
    forAccount(namespace, name) {
      const user = {
        name: accountUserName({ namespace, name }),
        groups: [...accountGroups(namespace), "system:authenticated"],
      };
      return askedOf({ user, agent: "", access: access.as(user) });
    },
  };
}
