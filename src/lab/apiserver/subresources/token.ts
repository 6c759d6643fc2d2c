/** serviceaccounts/token: gives out a token for an account, for the time and the audiences that a TokenRequest asks for. */
import type { Kind } from "../../../kube/kind.ts";
import { nodes, pods, secrets } from "../../../kube/kinds.ts";
import { type StatusCause, StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, ObjectMeta, Pod, ServiceAccount } from "../../../kube/types/index.ts";
import { API_AUDIENCE } from "../access/access.ts";
import type { TokenWish } from "../access/account-tokens.ts";
import type { Reference } from "../access/bound-token.ts";
import type { Api } from "../api.ts";
import { decodeObject } from "../decode.ts";
import { badRequest, invalid, invalidValue, notFound } from "../errors.ts";
import { withOwners } from "../field-owners.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import type { NamedRequest } from "../registry/update.ts";
import type { Subresource } from "./subresource.ts";

const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;
const SECONDS_DEFAULT = 3_600;
/** What kubelets ask for on behalf of pods that asked for nothing: such a token is good for a year, and stale after this. */
const SECONDS_OF_PODS = 3_607;
const YEAR_SECONDS = 365 * 24 * 3_600;

interface BoundObjectRef {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

interface TokenRequestSpec {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly boundObjectRef: BoundObjectRef | null;
}

export const token: Subresource = {
  create(context, request, body, parameters = {}) {
    const { caller, namespace = "", name } = request;
    const account = request.collection.get(request.namespace, name) as ServiceAccount | undefined;
    if (account === undefined) throw notFound(request.kind, name);
    const kind = requestKind(request);
    const nowMs = context.engine.now();
    const decoded = decodeObject({ kind, parameters, caller }, body);
    const asked = specOf(decoded);
    const owned = withOwners(
      { kind, schema: undefined, caller, parameters, subresource: "token", nowMs },
      undefined,
      asWritten(decoded, asked),
    );
    checkPlace(kind, owned, namespace, name);
    context.admission.mutate(request, { operation: "CREATE", object: owned, old: undefined });
    const causes = wrongSpec(asked);
    if (causes.length > 0) throw invalid(kind, "", causes);
    context.admission.validate(request, { operation: "CREATE", object: owned, old: undefined });
    const wish = wishFor(context.api, request, asked);
    const signed = context.tokens.issue(account, wish);
    return {
      ...withMeta(owned, {
        name,
        namespace,
        uid: account.metadata.uid,
        creationTimestamp: formatTime(nowMs),
      }),
      spec: { ...asked, audiences: wish.audiences },
      status: {
        token: signed,
        expirationTimestamp: formatTime(Math.floor(nowMs / 1_000) * 1_000 + asked.expirationSeconds * 1_000),
      },
    } as unknown as KubeObject;
  },
};

function requestKind({ kind }: NamedRequest): Kind {
  return {
    ...kind,
    group: "authentication.k8s.io",
    version: "v1",
    kind: "TokenRequest",
    plural: "tokenrequests",
  };
}

/** What is asked for, with its defaults. Clients write null for what they do not ask for. */
function specOf({ spec }: LooseObject): TokenRequestSpec {
  const { audiences, expirationSeconds, boundObjectRef } = (spec ?? {}) as Partial<TokenRequestSpec>;
  return {
    audiences: audiences ?? [],
    expirationSeconds: expirationSeconds ?? SECONDS_DEFAULT,
    boundObjectRef: boundObjectRef ?? null,
  };
}

/** The request without what nobody wrote: managers own what they wrote, and the default time. */
function asWritten(object: LooseObject, { audiences, expirationSeconds, boundObjectRef }: TokenRequestSpec) {
  const { status: _, ...request } = object;
  const spec = {
    expirationSeconds,
    ...(audiences.length === 0 ? {} : { audiences }),
    ...(boundObjectRef === null ? {} : { boundObjectRef }),
  };
  return { ...request, spec } as LooseObject;
}

function checkPlace(kind: Kind, { metadata }: LooseObject, namespace: string, name: string): void {
  const given: Partial<ObjectMeta> = metadata;
  if (given.namespace && given.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (!given.name || given.name === name) return;
  const why = "must match the service account name if specified";
  throw invalid(kind, name, [invalidValue("metadata.name", given.name, why)]);
}

function wrongSpec({ expirationSeconds: seconds }: TokenRequestSpec): readonly StatusCause[] {
  const why =
    seconds < SECONDS_MIN
      ? "may not specify a duration less than 10 minutes"
      : seconds > SECONDS_MAX
        ? "may not specify a duration larger than 2^32 seconds"
        : undefined;
  return why === undefined ? [] : [invalidValue("spec.expirationSeconds", seconds, why)];
}

function wishFor(api: Api, request: NamedRequest, spec: TokenRequestSpec): TokenWish {
  const audiences = spec.audiences.length === 0 ? [API_AUDIENCE] : spec.audiences;
  const bound = spec.boundObjectRef === null ? undefined : boundTo(api, request, spec.boundObjectRef);
  const isForPod =
    spec.expirationSeconds === SECONDS_OF_PODS &&
    bound?.pod !== undefined &&
    audiences.every((audience) => audience === API_AUDIENCE);
  return {
    audiences,
    expirationSeconds: isForPod ? YEAR_SECONDS : spec.expirationSeconds,
    ...(bound === undefined ? {} : { bound }),
    ...(isForPod ? { warnAfterSeconds: SECONDS_OF_PODS } : {}),
  };
}

function boundTo(
  api: Api,
  { namespace, name: account }: NamedRequest,
  ref: BoundObjectRef,
): NonNullable<TokenWish["bound"]> {
  const { kind = "", apiVersion = "", name = "" } = ref;
  const isCore = apiVersion === "v1" || apiVersion === "";
  switch (isCore ? kind : "") {
    case "Pod": {
      const pod = existing(pods, api.get(pods, namespace, name), ref);
      if (pod.spec.serviceAccountName !== account) {
        throw badRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
        );
      }
      checkUid(ref, pod);
      return { ...nodeOf(api, pod), pod: reference(pod) };
    }
    case "Secret": {
      const secret = existing(secrets, api.get(secrets, namespace, name), ref);
      checkUid(ref, secret);
      return { secret: reference(secret) };
    }
    case "Node": {
      const node = existing(nodes, api.get(nodes, undefined, name), ref);
      checkUid(ref, node);
      return { node: reference(node) };
    }
    default:
      throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  }
}

function existing<T extends KubeObject>(
  kind: Kind<T>,
  object: T | undefined,
  { name = "" }: BoundObjectRef,
): T {
  if (object === undefined) throw notFound(kind, name);
  return object;
}

function nodeOf(api: Api, { spec }: Pod): { readonly node?: Reference } {
  const node = spec.nodeName ? api.get(nodes, undefined, spec.nodeName) : undefined;
  return node === undefined ? {} : { node: reference(node) };
}

function reference({ metadata }: KubeObject): Reference {
  return { name: metadata.name, uid: metadata.uid };
}

function checkUid({ kind = "", name = "", uid }: BoundObjectRef, { metadata }: KubeObject): void {
  if (!uid || uid === metadata.uid) return;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw new StatusError(
    "Conflict",
    `Operation cannot be fulfilled on ${kind} ${JSON.stringify(name)}: ${why}`,
    {
      name,
      kind,
    },
  );
}
