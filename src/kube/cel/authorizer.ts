/** Kubernetes' functions that ask whether somebody may do something. */
import { type Functions, member } from "../../base/cel/environment.ts";
import { BOOL, type CelType, STRING, structType } from "../../base/cel/types.ts";
import { CelError, type CelValue, Opaque } from "../../base/cel/values.ts";
import type { Attributes } from "../rbac/attributes.ts";
import { dnsLabel, dnsSubdomain } from "../validation/names.ts";

/** Answers for one user what an expression asks. */
export interface Asked {
  authorize(attributes: Attributes): { readonly allowed: boolean; readonly reason?: string };
  /** The same for a service account. */
  forAccount(namespace: string, name: string): Asked;
}

export const AUTHORIZER = structType("kubernetes.authorization.Authorizer");
const PATH_CHECK = structType("kubernetes.authorization.PathCheck");
const GROUP_CHECK = structType("kubernetes.authorization.GroupCheck");
export const RESOURCE_CHECK = structType("kubernetes.authorization.ResourceCheck");
const DECISION = structType("kubernetes.authorization.Decision");

/** A step on the way to a question; `T` is what is known so far. */
class Step<T> extends Opaque {
  readonly type: CelType;
  readonly known: T;
  constructor(type: CelType, known: T) {
    super();
    this.type = type;
    this.known = known;
  }
  equals(other: Opaque): boolean {
    return other === this;
  }
}

interface ResourceQuestion {
  readonly asked: Asked;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
}

type Verdict = ReturnType<Asked["authorize"]>;

function known<T>(value: CelValue | undefined): T {
  return (value as unknown as Step<T>).known;
}

function text(value: CelValue | undefined): string {
  return value as string;
}

function filled(value: CelValue | undefined, what: string): string {
  if (text(value).trim() === "") throw new CelError(`${what} must not be empty`);
  return text(value);
}

/** `authorizer`. */
export function authorizerOf(asked: Asked): CelValue {
  return new Step(AUTHORIZER, asked);
}

/** `authorizer.requestResource`. */
export function resourceCheckOf(question: ResourceQuestion): CelValue {
  return new Step(RESOURCE_CHECK, question);
}

function refined(field: keyof ResourceQuestion) {
  return (check: CelValue | undefined, value: CelValue | undefined) =>
    resourceCheckOf({ ...known<ResourceQuestion>(check), [field]: value });
}

function account(authorizer?: CelValue, namespace?: CelValue, name?: CelValue): CelValue {
  if (dnsSubdomain(text(name)).length > 0) throw new CelError("Invalid service account name");
  if (dnsLabel(text(namespace)).length > 0) throw new CelError("Invalid service account namespace");
  return authorizerOf(known<Asked>(authorizer).forAccount(text(namespace), text(name)));
}

function checkResource(check: CelValue | undefined, verb: CelValue | undefined): CelValue {
  const { asked, fieldSelector, subresource, namespace, name, group, resource } =
    known<ResourceQuestion>(check);
  const node = /^spec\.nodeName==?([^,!=]+)$/.exec(fieldSelector ?? "")?.[1];
  const verdict = asked.authorize({
    type: "resource",
    verb: text(verb),
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(node === undefined ? {} : { selectedNode: node }),
  });
  return new Step(DECISION, verdict);
}

export const AUTHORIZERS: Functions = {
  path: [
    member("authorizer_path", [AUTHORIZER, STRING], PATH_CHECK, (authorizer, path) => {
      return new Step(PATH_CHECK, { asked: known<Asked>(authorizer), path: filled(path, "path") });
    }),
  ],
  group: [
    member("authorizer_group", [AUTHORIZER, STRING], GROUP_CHECK, (authorizer, group) => {
      return new Step(GROUP_CHECK, { asked: known<Asked>(authorizer), group: text(group) });
    }),
  ],
  serviceAccount: [member("authorizer_serviceaccount", [AUTHORIZER, STRING, STRING], AUTHORIZER, account)],
  resource: [
    member("groupcheck_resource", [GROUP_CHECK, STRING], RESOURCE_CHECK, (group, resource) => {
      const step = known<Pick<ResourceQuestion, "asked" | "group">>(group);
      return resourceCheckOf({ ...step, resource: filled(resource, "resource") });
    }),
  ],
  subresource: [
    member("resourcecheck_subresource", [RESOURCE_CHECK, STRING], RESOURCE_CHECK, refined("subresource")),
  ],
  namespace: [
    member("resourcecheck_namespace", [RESOURCE_CHECK, STRING], RESOURCE_CHECK, refined("namespace")),
  ],
  name: [member("resourcecheck_name", [RESOURCE_CHECK, STRING], RESOURCE_CHECK, refined("name"))],
  fieldSelector: [
    member("authorizer_fieldselector", [RESOURCE_CHECK, STRING], RESOURCE_CHECK, refined("fieldSelector")),
  ],
  // Only rules about nodes look at selectors, and those look at no labels.
  labelSelector: [
    member(
      "authorizer_labelselector",
      [RESOURCE_CHECK, STRING],
      RESOURCE_CHECK,
      (check) => check as CelValue,
    ),
  ],
  check: [
    member("pathcheck_check", [PATH_CHECK, STRING], DECISION, (check, verb) => {
      const { asked, path } = known<{ readonly asked: Asked; readonly path: string }>(check);
      return new Step(DECISION, asked.authorize({ type: "path", verb: text(verb), path }));
    }),
    member("resourcecheck_check", [RESOURCE_CHECK, STRING], DECISION, checkResource),
  ],
  // The lab's authorizer always comes to a decision.
  errored: [member("decision_errored", [DECISION], BOOL, () => false)],
  error: [member("decision_error", [DECISION], STRING, () => "")],
  allowed: [member("decision_allowed", [DECISION], BOOL, (decision) => known<Verdict>(decision).allowed)],
  reason: [
    member("decision_reason", [DECISION], STRING, (decision) => known<Verdict>(decision).reason ?? ""),
  ],
};
