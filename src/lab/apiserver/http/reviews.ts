/**
 * Reviews: questions about who may do what, and whose a token is. They look like objects that are created, but nothing is
 * stored; the answer is the object back with a status. They live in the skin because who is asking is known only here.
 */
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { UserInfo } from "../server.ts";
import type { TokenAuthenticator } from "./authenticate.ts";
import type { Authorizer } from "./authorize.ts";
import { decodeObject } from "./decode.ts";
import { type Answer, type Exchange, objectAnswer } from "./exchange.ts";
import { methodNotAllowed } from "./refusals.ts";
import type { RequestInfo, ResourceRequest } from "./request-info.ts";

/** What reviews ask. */
export interface ReviewContext {
  readonly tokens: TokenAuthenticator;
  readonly authorize: Authorizer;
  readonly nowMs: number;
}

type Fields = Readonly<Record<string, unknown>>;
type Reviewer = (context: ReviewContext, exchange: Exchange, spec: Fields, kind: Kind) => Fields;

const REVIEWERS: Readonly<Record<string, Reviewer>> = {
  "authorization.k8s.io/selfsubjectaccessreviews": (context, { caller }, spec, kind) => ({
    status: accessStatus(context, caller.user, spec, kind),
  }),
  "authorization.k8s.io/subjectaccessreviews": (context, _exchange, spec, kind) => ({
    status: accessStatus(context, subjectOf(spec, kind), spec, kind),
  }),
  "authorization.k8s.io/localsubjectaccessreviews": (context, _exchange, spec, kind) => ({
    status: accessStatus(context, subjectOf(spec, kind), spec, kind),
  }),
  "authorization.k8s.io/selfsubjectrulesreviews": () => ({
    // The lab's rules are "everything" for everybody who is somebody.
    status: {
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    },
  }),
  "authentication.k8s.io/selfsubjectreviews": ({ nowMs }, { caller }) => ({
    metadata: { creationTimestamp: formatTime(nowMs) },
    status: { userInfo: userFields(caller.user) },
  }),
  "authentication.k8s.io/tokenreviews": ({ tokens }, _exchange, spec) => ({
    status: tokenStatus(tokens, spec),
  }),
};

/** The answer to a review; undefined for every other resource. @throws {StatusError} for questions that are none */
export function reviewAnswer(
  context: ReviewContext,
  exchange: Exchange,
  kind: Kind,
  info: ResourceRequest,
): Answer | undefined {
  const reviewer = REVIEWERS[`${info.group}/${info.resource}`];
  if (reviewer === undefined) return undefined;
  if (info.verb !== "create" || info.name !== undefined) throw methodNotAllowed();
  const { value } = decodeObject(exchange.body, kind.kind);
  const body = (value ?? {}) as Fields;
  const spec = (body.spec ?? {}) as Fields;
  return objectAnswer(201, kind, {
    metadata: body.metadata ?? {},
    ...(body.spec === undefined ? {} : { spec }),
    ...reviewer(context, exchange, spec, kind),
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
  });
}

function accessStatus({ authorize }: ReviewContext, user: UserInfo, spec: Fields, kind: Kind): Fields {
  const { allowed, reason } = authorize(user, requestIn(spec, kind));
  return { allowed, ...(reason === undefined ? {} : { reason }) };
}

/** The request that an access review is about. */
function requestIn(spec: Fields, kind: Kind): RequestInfo {
  const resource = spec.resourceAttributes as Record<string, string> | undefined;
  const path = spec.nonResourceAttributes as Record<string, string> | undefined;
  if ((resource === undefined) === (path === undefined)) {
    const field = resource === undefined ? "spec.resourceAttributes" : "spec.nonResourceAttributes";
    const value = resource === undefined ? "null" : JSON.stringify(path);
    const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    throw invalidReview(kind, field, `Invalid value: ${value}: ${why}`);
  }
  if (path !== undefined) return { type: "path", verb: path.verb ?? "", path: path.path ?? "" };
  const { verb = "", group = "", version = "", namespace, name, subresource } = resource ?? {};
  return {
    type: "resource",
    verb,
    group,
    version,
    resource: resource?.resource ?? "",
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(subresource ? { subresource } : {}),
    rest: [],
    path: "",
  };
}

function subjectOf(spec: Fields, kind: Kind): UserInfo {
  const name = typeof spec.user === "string" ? spec.user : "";
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  if (name === "" && groups.length === 0) {
    const why = "at least one of user or group must be specified";
    throw invalidReview(kind, "spec.user", `Invalid value: "": ${why}`);
  }
  return { name, groups };
}

function tokenStatus(tokens: TokenAuthenticator, spec: Fields): Fields {
  if (typeof spec.token !== "string" || spec.token === "") {
    throw new StatusError("BadRequest", "token is required for TokenReview in authentication");
  }
  const user = tokens(spec.token);
  if (user === undefined) return { user: {}, error: "invalid bearer token" };
  return { authenticated: true, user: userFields(user), audiences: ["https://kubernetes.default.svc"] };
}

function userFields(user: UserInfo): Fields {
  const { name, uid, groups, extra } = user;
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

function invalidReview(kind: Kind, field: string, message: string): StatusError {
  const details = { group: kind.group, causes: [{ reason: "FieldValueInvalid", message, field }] };
  return new StatusError("Invalid", `.${kind.group} "" is invalid: ${field}: ${message}`, details);
}
