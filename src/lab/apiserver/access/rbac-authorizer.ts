import { clusterRoles, roles } from "../../../kube/kinds.ts";
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import { ruleAllows } from "../../../kube/rbac/policy-rule.ts";
import type { PolicyRule, RoleBinding, RoleRef, Subject } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import type { Decision, RulesHeld, UserInfo } from "./access.ts";
import { BindingIndex, type Grant } from "./binding-index.ts";

const NO_RULES: readonly PolicyRule[] = [];

/** Role-based access control over the roles and bindings of a server. */
export class RbacAuthorizer {
  readonly #api: Api;
  readonly #bindings: BindingIndex;

  constructor(api: Api) {
    this.#api = api;
    this.#bindings = new BindingIndex(api);
  }

  authorize(user: UserInfo, attributes: Attributes): Decision {
    const errors: string[] = [];
    const namespace = attributes.type === "resource" ? attributes.namespace : undefined;
    for (const place of namespace === undefined ? [undefined] : [undefined, namespace]) {
      for (const grant of this.#bindings.grants(user, place)) {
        const rules = rulesOf(this.#api, grant.binding.roleRef, place);
        if (rules === undefined) errors.push(missing(grant.binding.roleRef));
        else if (rules.some((rule) => ruleAllows(rule, attributes))) {
          return { allowed: true, reason: `RBAC: allowed by ${describe(grant)}` };
        }
      }
    }
    return errors.length === 0 ? DENIED : { allowed: false, reason: `RBAC: ${aggregate(errors)}` };
  }

  rulesFor(user: UserInfo, namespace: string | undefined): RulesHeld {
    const found: PolicyRule[] = [];
    const errors: string[] = [];
    for (const place of namespace === undefined ? [undefined] : [undefined, namespace]) {
      for (const binding of byName(this.#bindings.grants(user, place))) {
        const rules = rulesOf(this.#api, binding.roleRef, place);
        if (rules === undefined) errors.push(missing(binding.roleRef));
        else found.push(...rules);
      }
    }
    return { rules: found, errors };
  }
}

const DENIED: Decision = Object.freeze({ allowed: false });

/** The rules of the role that a binding in a namespace refers to; `undefined` when there is no such role. */
export function rulesOf(
  api: Api,
  { kind, name }: RoleRef,
  namespace: string | undefined,
): readonly PolicyRule[] | undefined {
  const role = kind === "Role" ? api.get(roles, namespace, name) : api.get(clusterRoles, undefined, name);
  return role === undefined ? undefined : (role.rules ?? NO_RULES);
}

/** Bindings once each, in the order in which a server lists them. */
function byName(grants: Iterable<Grant>): readonly RoleBinding[] {
  const bindings = new Set([...grants].map(({ binding }) => binding));
  return [...bindings].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function missing({ kind, name }: RoleRef): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

/** Several errors as Go's aggregate prints them: equal ones once. */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? `${distinct[0]}` : `[${distinct.join(", ")}]`;
}

function describe({ binding, subject }: Grant): string {
  const { metadata, roleRef } = binding;
  const { name, namespace } = metadata;
  const kind = namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
  const which = namespace === undefined ? name : `${name}/${namespace}`;
  return `${kind} ${JSON.stringify(which)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${who(subject, namespace)}`;
}

function who({ kind, name, namespace }: Subject, bindingNamespace = ""): string {
  const which = kind === "ServiceAccount" ? `${name}/${namespace || bindingNamespace}` : name;
  return `${kind} ${JSON.stringify(which)}`;
}
