/**
 * Nobody hands out rights that they do not hold: what kube-apiserver checks before a role or a binding is written, unless the
 * writer may "escalate" roles or "bind" to this one. Refusals are worded as its registry words them.
 */
import { deepEqual } from "../../../base/deep.ts";
import { notCovered } from "../../../kube/rbac/covers.ts";
import { describeRules, goList } from "../../../kube/rbac/describe.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { PolicyRule, RoleRef } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import { badRequest, forbidden } from "../errors.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";
import { isMaster } from "./account-user.ts";
import { aggregate, rulesOf } from "./rbac-authorizer.ts";

const GROUP = "rbac.authorization.k8s.io";

/** To gather whatever others grant takes all that there is. */
const FULL_AUTHORITY: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** @throws {StatusError} Forbidden when the caller, who is somebody from outside, would give away more than is theirs */
export function checkPrivileges(
  api: Api,
  request: WriteRequest,
  object: LooseObject,
  old: LooseObject | undefined,
): void {
  const { caller, kind } = request;
  if (kind.group !== GROUP || caller.access === undefined || isMaster(caller.user)) return;
  if (old !== undefined && onlyLetsGo(object, old)) return;
  if (kind.plural === "roles" || kind.plural === "clusterroles") checkRole(request, object, old);
  else checkBinding(api, request, object);
}

function checkRole(request: WriteRequest, role: LooseObject, old: LooseObject | undefined): void {
  const { caller, kind, namespace, name } = request;
  const escalation = {
    type: "resource",
    verb: "escalate",
    group: kind.group,
    resource: kind.plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name ? { name } : {}),
  } as const;
  if (caller.access?.authorize(escalation).allowed) return;
  checkHeld(request, role.metadata.name, (role.rules ?? []) as readonly PolicyRule[]);
  if (!role.aggregationRule && !old?.aggregationRule) return;
  if (notCovered(caller.access?.rulesFor(namespace).rules ?? [], FULL_AUTHORITY).length > 0) {
    throw forbidden(
      kind,
      role.metadata.name,
      "must have cluster-admin privileges to use the aggregationRule",
    );
  }
}

function checkBinding(api: Api, request: WriteRequest, binding: LooseObject): void {
  const { caller, kind, namespace } = request;
  const roleRef = binding.roleRef as RoleRef | undefined;
  const { apiGroup: group = "", kind: roleKind = "", name = "" } = roleRef ?? {};
  const resource = roleKind === "ClusterRole" ? "clusterroles" : "roles";
  const place = namespace === undefined ? {} : { namespace };
  const known = roleKind === "Role" || roleKind === "ClusterRole";
  const binds = { type: "resource", verb: "bind", group, resource, name, ...place } as const;
  if (known && caller.access?.authorize(binds).allowed) return;
  if (!known)
    throw new StatusError("Unknown", `unsupported role reference kind: ${JSON.stringify(roleKind)}`);
  if (roleKind === "Role" && namespace === undefined) throw badRequest("Namespace parameter required.");
  const rules = rulesOf(api, { apiGroup: group, kind: roleKind, name }, namespace);
  if (rules === undefined) {
    // Real servers name the role, but the resource of what was to be written.
    const details = { name, group: kind.group, kind: kind.plural };
    throw new StatusError(
      "NotFound",
      `${kind.plural}.${kind.group} ${JSON.stringify(name)} not found`,
      details,
    );
  }
  checkHeld(request, binding.metadata.name, rules);
}

function checkHeld(
  { caller, kind, namespace }: WriteRequest,
  name: string,
  wanted: readonly PolicyRule[],
): void {
  const held = caller.access?.rulesFor(namespace) ?? { rules: [], errors: [] };
  const lacking = notCovered(held.rules, wanted);
  if (lacking.length === 0) return;
  const { user } = caller;
  const who = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)})`;
  const unresolved = held.errors.length === 0 ? "" : `; resolution errors: [${aggregate(held.errors)}]`;
  const what = `is attempting to grant RBAC permissions not currently held:\n${describeRules(lacking)}`;
  throw forbidden(kind, name, `${who} ${what}${unresolved}`);
}

/** Whether nothing changes but what keeps the object from being collected as garbage. */
function onlyLetsGo(object: LooseObject, old: LooseObject): boolean {
  return deepEqual(bare(object), bare(old));
}

function bare({ metadata, ...rest }: LooseObject): object {
  const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...kept } = metadata;
  return { ...rest, metadata: kept };
}
