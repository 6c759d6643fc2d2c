import type { Kind } from "../../../../kube/kind.ts";
import type { Fields, LooseObject } from "../../loose.ts";
import type { DeleteParameters, PatchParameters, UserInfo } from "../../server.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { ReviewVersion } from "./hooks.ts";

/** An object as a webhook is shown it: in the version that it asked for. */
export interface Shown {
  readonly object: LooseObject | undefined;
  readonly old: LooseObject | undefined;
}

/** What an AdmissionReview asks, but for its number. `kind` is the version in which the webhook sees the resource. */
export function reviewRequest(request: AdmissionRequest, kind: Kind, shown: Shown): Fields {
  const { caller, namespace, operation, subresource, dryRun } = request;
  const name = request.ofCollection ? "" : request.name || shown.object?.metadata?.name || "";
  return {
    kind: kindFields(kind, subresource),
    resource: resourceFields(kind),
    ...(subresource === undefined ? {} : { subResource: subresource }),
    requestKind: kindFields(request.kind, subresource),
    requestResource: resourceFields(request.kind),
    ...(subresource === undefined ? {} : { requestSubResource: subresource }),
    ...(name === "" ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    userInfo: userFields(caller.user),
    object: shown.object === undefined ? null : withoutEmptyFields(shown.object),
    oldObject: shown.old ?? null,
    dryRun,
    options: optionFields(request),
  };
}

/** The whole document. */
export function reviewDocument(version: ReviewVersion, uid: string, request: Fields): Fields {
  return {
    kind: "AdmissionReview",
    apiVersion: `admission.k8s.io/${version}`,
    request: { uid, ...request },
  };
}

function kindFields(kind: Kind, subresource: string | undefined): Fields {
  const { group, version, kind: name } = (subresource && kind.subresources[subresource]) || kind;
  return { group, version, kind: name };
}

function resourceFields({ group, version, plural }: Kind): Fields {
  return { group, version, resource: plural };
}

function userFields({ name, uid, groups, extra }: UserInfo): Fields {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

/** What is not stored yet has no version, and says so by leaving it out. */
function withoutEmptyFields(object: LooseObject): LooseObject {
  if (object.metadata?.resourceVersion !== "") return object;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as LooseObject["metadata"] };
}

const OPTION_KINDS = { CREATE: "CreateOptions", UPDATE: "UpdateOptions", DELETE: "DeleteOptions" } as const;

function optionFields({ operation, parameters, dryRun }: AdmissionRequest): Fields | null {
  // There the options are the object.
  if (operation === "CONNECT") return null;
  const { fieldManager, fieldValidation } = parameters as PatchParameters;
  const { gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy } =
    parameters as DeleteParameters;
  const options = {
    kind: OPTION_KINDS[operation],
    apiVersion: "meta.k8s.io/v1",
    gracePeriodSeconds,
    preconditions,
    orphanDependents,
    propagationPolicy,
    ...(dryRun ? { dryRun: ["All"] } : {}),
    fieldManager: fieldManager || undefined,
    // The server's own choice when nobody said anything.
    fieldValidation: fieldValidation === "Warn" ? undefined : fieldValidation,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
