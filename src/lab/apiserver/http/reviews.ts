/**
 * Reviews: questions about who may do what, and whose a token is. They look like objects that are created, but nothing is
 * stored; the answer is the object back with a status. They live in the skin because who is asking is known only here.
 */
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import { formatTime } from "../../../kube/time.ts";
import type { UserInfo } from "../access/access.ts";
import type { Authorizer } from "../access/authorizer.ts";
import { aggregate } from "../access/rbac-authorizer.ts";
import { decodeObject as decodeWhole } from "../decode.ts";
import { badRequest } from "../errors.ts";
import { withOwners } from "../field-owners.ts";
import { type Fields, type LooseObject, withMeta } from "../loose.ts";
import { accessStatus, rulesStatus } from "./access-reviews.ts";
import type { TokenAuthenticator } from "./authenticate.ts";
import { decodeObject } from "./decode.ts";
import { type Answer, type Exchange, objectAnswer } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { methodNotAllowed, noSuchResource } from "./refusals.ts";
import type { ResourceRequest } from "./request-info.ts";

/** What reviews ask. */
export interface ReviewContext {
  readonly tokens: TokenAuthenticator;
  readonly authorizer: Authorizer;
  readonly nowMs: number;
}

/** A review as it was sent, decoded, with its managers. */
interface Question {
  readonly user: UserInfo;
  readonly review: LooseObject;
  readonly namespace: string | undefined;
}

type Reviewer = (context: ReviewContext, question: Question) => Fields;

const REVIEWERS: Readonly<Record<string, Reviewer>> = {
  "authorization.k8s.io/selfsubjectaccessreviews": ({ authorizer }, { user, review, namespace }) => ({
    ...asSent(review),
    status: accessStatus(authorizer, user, "self", review, namespace),
  }),
  "authorization.k8s.io/subjectaccessreviews": ({ authorizer }, { user, review, namespace }) => ({
    ...asSent(review),
    status: accessStatus(authorizer, user, "anybody", review, namespace),
  }),
  "authorization.k8s.io/localsubjectaccessreviews": ({ authorizer }, { user, review, namespace = "" }) => {
    const placed = withMeta(review, { namespace });
    return { ...asSent(placed), status: accessStatus(authorizer, user, "namespace", placed, namespace) };
  },
  "authorization.k8s.io/selfsubjectrulesreviews": ({ authorizer }, { user, review }) => ({
    metadata: {},
    spec: {},
    status: rulesStatus(authorizer, user, review),
  }),
  "authentication.k8s.io/selfsubjectreviews": ({ nowMs }, { user }) => ({
    metadata: { creationTimestamp: formatTime(nowMs) },
    status: { userInfo: userFields(user) },
  }),
  "authentication.k8s.io/tokenreviews": ({ tokens }, { review }) => {
    const { managedFields } = review.metadata;
    return { metadata: { managedFields }, spec: review.spec, status: tokenStatus(tokens, review) };
  },
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
  if (info.name !== undefined || info.subresource !== undefined) throw noSuchResource();
  if (info.verb !== "create") throw methodNotAllowed();
  if (kind.namespaced !== (info.namespace !== undefined)) throw noSuchResource();
  const { value, ...found } = decodeObject(exchange.body, kind.kind);
  const parameters = writeParameters("CreateOptions", exchange.query, found);
  const { caller } = exchange;
  const body = (value ?? {}) as Readonly<Record<string, unknown>>;
  const decoded = decodeWhole({ kind, parameters, caller }, body);
  const { nowMs } = context;
  const owned = { kind, schema: undefined, caller, parameters, subresource: undefined, nowMs };
  const review = withOwners(owned, undefined, decoded);
  return objectAnswer(201, kind, {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    ...reviewer(context, { user: caller.user, review, namespace: info.namespace }),
  });
}

function asSent({ metadata, spec }: LooseObject): Fields {
  return { metadata, spec };
}

function tokenStatus(tokens: TokenAuthenticator, { spec }: LooseObject): Fields {
  const { token, audiences } = (spec ?? {}) as {
    readonly token?: string;
    readonly audiences?: readonly string[];
  };
  if (!token) throw badRequest("token is required for TokenReview in authentication");
  const verdict = !audiences?.length ? tokens(token) : tokens(token, audiences);
  if (!verdict.accepted) return { user: {}, error: aggregate(["invalid bearer token", ...verdict.errors]) };
  return { authenticated: true, user: userFields(verdict.user), audiences: verdict.audiences };
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
