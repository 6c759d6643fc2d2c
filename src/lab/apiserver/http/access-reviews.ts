/** Questions about who may do what. They are answered by whoever answers requests, and so by the same rules. */
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import { type StatusCause, StatusError } from "../../../kube/status-error.ts";
import type { UserInfo } from "../access/access.ts";
import type { Authorizer } from "../access/authorizer.ts";
import { aggregate } from "../access/rbac-authorizer.ts";
import { badRequest, invalidValue } from "../errors.ts";
import type { Fields, LooseObject } from "../loose.ts";

interface PathQuestion {
  readonly path?: string;
  readonly verb?: string;
}

/** The spec of a review, its defaults filled in. */
interface AccessSpec {
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  readonly nonResourceAttributes?: PathQuestion;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: UserInfo["extra"];
}

/** Whom a review is about: who asks, anybody, or anybody in one namespace. */
export type ReviewScope = "self" | "anybody" | "namespace";

/** The status of an access review. @throws {StatusError} Invalid for a question that is none */
export function accessStatus(
  authorizer: Authorizer,
  asking: UserInfo,
  scope: ReviewScope,
  review: LooseObject,
  namespace: string | undefined,
): Fields {
  const spec = withoutNulls(review.spec ?? {}) as AccessSpec;
  const causes = [
    ...wrongSpec(spec, scope),
    ...wrongMetadata(review, scope),
    ...(scope === "namespace" ? wrongPlace(spec, namespace ?? "") : []),
  ];
  if (causes.length > 0) throw invalidReview(causes);
  const user = scope === "self" ? asking : subjectOf(spec);
  const { allowed, reason } = authorizer.authorize(user, questionOf(spec));
  return { allowed, ...(reason ? { reason } : {}) };
}

/** Clients write null for what they leave out. */
function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function wrongSpec(spec: AccessSpec, scope: ReviewScope): readonly StatusCause[] {
  const { resourceAttributes: resource, nonResourceAttributes: path, user = "", groups = [] } = spec;
  const causes: StatusCause[] = [];
  if (resource !== undefined && path !== undefined) {
    const why = "cannot be specified in combination with resourceAttributes";
    causes.push(invalidPath(path, why));
  }
  if (resource === undefined && path === undefined) {
    const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    causes.push(invalidValue("spec.resourceAttributes", null, why));
  }
  if (scope !== "self" && user === "" && groups.length === 0) {
    causes.push(invalidValue("spec.user", "", "at least one of user or group must be specified"));
  }
  return causes;
}

function invalidPath({ path = "", verb = "" }: PathQuestion, why: string): StatusCause {
  return invalidValue("spec.nonResourceAttributes", { Path: path, Verb: verb }, why);
}

/** A review is no object that could be found again. */
function wrongMetadata({ metadata }: LooseObject, scope: ReviewScope): readonly StatusCause[] {
  const { managedFields: _, namespace, ...rest } = metadata as Partial<LooseObject["metadata"]>;
  const isEmpty = Object.keys(rest).length === 0 && (scope === "namespace" || !namespace);
  return isEmpty ? [] : [invalidValue("metadata", metadata, "must be empty")];
}

function wrongPlace(spec: AccessSpec, namespace: string): readonly StatusCause[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const causes: StatusCause[] = [];
  if (resource !== undefined && resource.namespace !== namespace) {
    const why = "must match metadata.namespace";
    causes.push(invalidValue("spec.resourceAttributes.namespace", resource.namespace ?? "", why));
  }
  if (path !== undefined) causes.push(invalidPath(path, "disallowed on this kind of request"));
  return causes;
}

function invalidReview(causes: readonly StatusCause[]): StatusError {
  const group = "authorization.k8s.io";
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = texts.length === 1 ? `${texts[0]}` : `[${texts.join(", ")}]`;
  return new StatusError("Invalid", `.${group} "" is invalid: ${all}`, { group, causes });
}

function subjectOf({ user = "", groups = [], uid, extra }: AccessSpec): UserInfo {
  return { name: user, groups, ...(uid ? { uid } : {}), ...(extra === undefined ? {} : { extra }) };
}

function questionOf({ resourceAttributes, nonResourceAttributes }: AccessSpec): Attributes {
  if (nonResourceAttributes !== undefined) {
    const { verb = "", path = "" } = nonResourceAttributes;
    return { type: "path", verb, path };
  }
  const { verb = "", group = "", resource = "", subresource, namespace, name } = resourceAttributes ?? {};
  return {
    type: "resource",
    verb,
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
  };
}

/** The status of a SelfSubjectRulesReview. @throws {StatusError} BadRequest when it names no namespace */
export function rulesStatus(authorizer: Authorizer, asking: UserInfo, review: LooseObject): Fields {
  const { namespace } = (review.spec ?? {}) as { readonly namespace?: string };
  if (!namespace) throw badRequest("no namespace on request");
  const { rules, errors } = authorizer.rulesFor(asking, namespace);
  const ofResources = rules.filter(({ resources = [] }) => resources.length > 0);
  const ofPaths = rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0);
  return {
    resourceRules: ofResources.map(({ nonResourceURLs: _, ...rule }) => rule),
    nonResourceRules: ofPaths.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
    ...(errors.length === 0 ? {} : { evaluationError: aggregate(errors) }),
  };
}
