import { type Kind, resourceName } from "../../../../kube/kind.ts";
import { namespaces } from "../../../../kube/kinds.ts";
import { type CompiledSelector, compileSelector } from "../../../../kube/selectors.ts";
import type { Api } from "../../api.ts";
import { notFound } from "../../errors.ts";
import type { KindRegistry } from "../../kind-registry.ts";
import type { LooseObject } from "../../loose.ts";
import type { AdmissionRequest } from "../chain.ts";
import { ruleSelects } from "../rules.ts";
import type { MatchResources, NamedRule } from "./policy-objects.ts";

/** The cluster as policies look at it. */
export interface PolicyContext {
  readonly api: Api;
  readonly kinds: KindRegistry;
  /** A request's object in another version of its kind. */
  show(request: AdmissionRequest, kind: Kind, object: LooseObject): LooseObject;
}

/** The version of the resource that a request is to be shown in when it is one of those meant; `undefined` when it is not.
 * @throws {StatusError} NotFound when there is no such namespace to look at */
export function matchedKind(
  { api, kinds }: PolicyContext,
  resources: MatchResources,
  request: AdmissionRequest,
): Kind | undefined {
  const {
    namespaceSelector,
    objectSelector,
    matchPolicy,
    resourceRules = [],
    excludeResourceRules,
  } = resources;
  const objects = compileSelector(objectSelector ?? {});
  if (!objectMatches(objects, request)) return undefined;
  const isExact = matchPolicy !== "Equivalent";
  if (selectedKind(kinds, excludeResourceRules ?? [], isExact, request) !== undefined) return undefined;
  const kind =
    resourceRules.length === 0 ? request.kind : selectedKind(kinds, resourceRules, isExact, request);
  if (kind === undefined) return undefined;
  return namespaceMatches(api, compileSelector(namespaceSelector ?? {}), request) ? kind : undefined;
}

function objectMatches(selector: CompiledSelector, { object, old }: AdmissionRequest): boolean {
  if (selector.selectsEverything) return true;
  return [object, old].some((each) => each !== undefined && selector.matches(each.metadata?.labels));
}

/** A namespace happens in itself. What happens in none is never spared. */
function namespaceMatches(
  api: Api,
  selector: CompiledSelector,
  { kind, namespace, name, object, subresource }: AdmissionRequest,
): boolean {
  if (selector.selectsEverything) return true;
  const isNamespace = resourceName(kind) === "namespaces";
  if (isNamespace && object !== undefined && subresource === undefined) {
    return selector.matches(object.metadata.labels);
  }
  const wanted = isNamespace ? name : namespace;
  if (!wanted) return true;
  const found = api.get(namespaces, undefined, wanted);
  if (found === undefined) throw notFound(namespaces, wanted);
  return selector.matches(found.metadata.labels);
}

function selectedKind(
  kinds: KindRegistry,
  rules: readonly NamedRule[],
  isExact: boolean,
  request: AdmissionRequest,
): Kind | undefined {
  const { kind } = request;
  if (rules.some((rule) => namedRuleSelects(rule, kind, request))) return kind;
  if (isExact) return undefined;
  const storage = kinds.storageOf(kind);
  const others = kinds.all().filter((each) => each !== kind && kinds.storageOf(each) === storage);
  return others.find((each) => rules.some((rule) => namedRuleSelects(rule, each, request)));
}

function namedRuleSelects(rule: NamedRule, kind: Kind, request: AdmissionRequest): boolean {
  const { resourceNames = [] } = rule;
  return (
    ruleSelects(rule, kind, request.operation, request.subresource ?? "") &&
    (resourceNames.length === 0 || resourceNames.includes(requestedName(request)))
  );
}

/** The name that a request asks for; one that the server makes up is there once it is made: after everything that changes objects. */
export function requestedName({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || "";
}

/** The namespace that a request happens in; a namespace is in itself. */
export function requestedNamespace(request: AdmissionRequest): string | undefined {
  return resourceName(request.kind) === "namespaces" ? requestedName(request) : request.namespace;
}
