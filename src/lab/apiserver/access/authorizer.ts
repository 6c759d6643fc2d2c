/**
 * Who may do what: first those whom no rule holds back, then nodes, then role-based access control, as a stock
 * kube-apiserver with --authorization-mode=Node,RBAC asks. Each has its file; this one asks them in turn.
 */
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import type { Api } from "../api.ts";
import type { Decision, RulesHeld, UserInfo } from "./access.ts";
import { isMaster } from "./account-user.ts";
import { NodeAuthorizer } from "./node-authorizer.ts";
import { RbacAuthorizer } from "./rbac-authorizer.ts";

/** Decides, and tells what is allowed. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: Attributes): Decision;
  /** What role bindings allow a user in a namespace, or at the cluster scope alone. */
  rulesFor(user: UserInfo, namespace: string | undefined): RulesHeld;
}

/** The authorizer of a server, which follows the roles and bindings in it. */
export function createAuthorizer(api: Api): Authorizer {
  const rbac = new RbacAuthorizer(api);
  const nodes = new NodeAuthorizer(api);
  return {
    authorize(user, attributes) {
      if (isMaster(user)) return ALLOWED;
      const asNode = nodes.authorize(user, attributes);
      if (asNode?.allowed === true) return asNode;
      const byRole = rbac.authorize(user, attributes);
      if (byRole.allowed || asNode?.reason === undefined) return byRole;
      return { allowed: false, reason: [asNode.reason, byRole.reason].filter((text) => text).join(", ") };
    },
    rulesFor: (user, namespace) => rbac.rulesFor(user, namespace),
  };
}

const ALLOWED: Decision = Object.freeze({ allowed: true });
