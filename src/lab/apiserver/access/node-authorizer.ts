/**
 * What kubelets may do, as kube-apiserver's node authorizer: their own Node, lease and CSINode, the pods bound to them, and
 * of what those pods use only that. Reasons are the real one's. What NodeRestriction would narrow further is not on by default.
 */
import { clusterRoles, persistentVolumes, volumeAttachments } from "../../../kube/kinds.ts";
import type { Attributes, ResourceAttributes } from "../../../kube/rbac/attributes.ts";
import { ruleAllows } from "../../../kube/rbac/policy-rule.ts";
import type { Api } from "../api.ts";
import type { Decision, UserInfo } from "./access.ts";
import { claimsOf, configMapsOf, secretsOf } from "./pod-references.ts";

const NODES = "system:nodes";
const PREFIX = "system:node:";
const LEASE_NAMESPACE = "kube-node-lease";

const READS = new Set(["get", "list", "watch"]);
const WRITES = new Set(["create", "update", "patch"]);
const OWN_VERBS = new Set(["get", "create", "update", "patch", "delete"]);

const ALLOWED: Decision = Object.freeze({ allowed: true });
const NO_OPINION: Decision = Object.freeze({ allowed: false });

type Rule = (api: Api, node: string, attributes: ResourceAttributes) => Decision | undefined;

/** By resource; where there is none, or it gives nothing, the rules of the role system:node decide. */
const RULES: Readonly<Record<string, Rule>> = {
  nodes: ownNode,
  pods: boundPods,
  secrets: readByPods((api, node, { namespace, name = "" }) =>
    api.podsOnNode(node).some((pod) => isIn(namespace, pod) && secretsOf(pod).has(name)),
  ),
  configmaps: readByPods((api, node, { namespace, name = "" }) =>
    api.podsOnNode(node).some((pod) => isIn(namespace, pod) && configMapsOf(pod).has(name)),
  ),
  persistentvolumeclaims: (api, node, attributes) =>
    attributes.subresource === "status"
      ? undefined
      : getOne(attributes, () => usesClaim(api, node, attributes)),
  persistentvolumes: (api, node, attributes) => getOne(attributes, () => usesVolume(api, node, attributes)),
  "volumeattachments.storage.k8s.io": (api, node, attributes) =>
    getOne(attributes, () => {
      const { name = "" } = attributes;
      return api.get(volumeAttachments, undefined, name)?.spec.nodeName === node;
    }),
  serviceaccounts: accountToken,
  "leases.coordination.k8s.io": ownLease,
  "csinodes.storage.k8s.io": ownCsiNode,
};

/** Decides for users that are nodes. */
export class NodeAuthorizer {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** `undefined` when the user is no node. */
  authorize(user: UserInfo, attributes: Attributes): Decision | undefined {
    if (!user.groups.includes(NODES) || !user.name.startsWith(PREFIX)) return undefined;
    const node = user.name.slice(PREFIX.length);
    if (attributes.type === "resource") {
      const { group, resource } = attributes;
      const rule = RULES[group === "" ? resource : `${resource}.${group}`];
      const decision = rule?.(this.#api, node, attributes);
      if (decision !== undefined) return decision.allowed ? decision : withNode(decision, node);
    }
    const rules = this.#api.get(clusterRoles, undefined, "system:node")?.rules ?? [];
    return rules.some((rule) => ruleAllows(rule, attributes)) ? ALLOWED : NO_OPINION;
  }
}

function withNode({ reason }: Decision, node: string): Decision {
  return reason === undefined ? NO_OPINION : { allowed: false, reason: reason.replace("$NODE", `'${node}'`) };
}

function no(reason: string): Decision {
  return { allowed: false, reason };
}

const UNRELATED = no("no relationship found between node $NODE and this object");

function ownNode(
  _api: Api,
  node: string,
  { subresource = "", verb, name = "" }: ResourceAttributes,
): Decision {
  if (subresource === "status") return verb === "update" || verb === "patch" ? ALLOWED : NO_OPINION;
  if (subresource !== "") return NO_OPINION;
  if (WRITES.has(verb)) return ALLOWED;
  if (!READS.has(verb)) return NO_OPINION;
  if (name === node) return ALLOWED;
  const what = name === "" ? "all nodes" : `'${name}'`;
  return no(`node $NODE cannot read ${what}, only its own Node object`);
}

function boundPods(api: Api, node: string, attributes: ResourceAttributes): Decision {
  const { subresource = "", verb, namespace, name, selectedNode } = attributes;
  if (subresource === "status") return verb === "update" || verb === "patch" ? ALLOWED : NO_OPINION;
  if (subresource === "eviction") return verb === "create" ? ALLOWED : NO_OPINION;
  if (subresource !== "") return NO_OPINION;
  if (verb === "create" || verb === "delete") return ALLOWED;
  if (verb === "list" || verb === "watch") {
    if (selectedNode === node) return ALLOWED;
    return no("can only list/watch pods with spec.nodeName field selector");
  }
  if (verb !== "get") return NO_OPINION;
  return getOne(attributes, () =>
    api.podsOnNode(node).some((pod) => isIn(namespace, pod) && pod.metadata.name === name),
  );
}

function isIn(namespace: string | undefined, { metadata }: { metadata: { readonly namespace?: string } }) {
  return metadata.namespace === namespace;
}

type Relation = (api: Api, node: string, attributes: ResourceAttributes) => boolean;

function readByPods(isRelated: Relation): Rule {
  return (api, node, attributes) => {
    const { verb, subresource = "", namespace = "", name = "" } = attributes;
    if (!READS.has(verb)) return no("can only read resources of this type");
    if (subresource !== "") return no("cannot read subresource");
    if (namespace === "") return no("can only read namespaced object of this type");
    if (name === "") return no("No Object name found");
    return isRelated(api, node, attributes) ? ALLOWED : UNRELATED;
  };
}

function getOne(
  { verb, subresource = "", name = "" }: ResourceAttributes,
  isRelated: () => boolean,
): Decision {
  if (verb !== "get") return no("can only get individual resources of this type");
  if (subresource !== "") return no("cannot get subresource");
  if (name === "") return no("No Object name found");
  return isRelated() ? ALLOWED : UNRELATED;
}

function usesClaim(api: Api, node: string, { namespace, name = "" }: ResourceAttributes): boolean {
  return api.podsOnNode(node).some((pod) => isIn(namespace, pod) && claimsOf(pod).has(name));
}

function usesVolume(api: Api, node: string, { name = "" }: ResourceAttributes): boolean {
  const claim = api.get(persistentVolumes, undefined, name)?.spec.claimRef;
  if (claim?.namespace === undefined || claim.name === undefined) return false;
  return api
    .podsOnNode(node)
    .some((pod) => isIn(claim.namespace, pod) && claimsOf(pod).has(claim.name ?? ""));
}

function accountToken(api: Api, node: string, attributes: ResourceAttributes): Decision | undefined {
  const { verb, subresource = "", namespace, name = "" } = attributes;
  if (subresource === "" && verb === "get") return undefined;
  if (verb !== "create" || subresource !== "token")
    return no("can only get service accounts or create tokens for individual service accounts");
  const isRelated = api
    .podsOnNode(node)
    .some((pod) => isIn(namespace, pod) && pod.spec.serviceAccountName === name);
  return isRelated ? ALLOWED : UNRELATED;
}

function ownLease(_api: Api, node: string, { verb, namespace, name }: ResourceAttributes): Decision {
  if (!OWN_VERBS.has(verb)) return no("can only get, create, update, patch, or delete a node lease");
  if (namespace !== LEASE_NAMESPACE)
    return no(`can only access leases in the ${JSON.stringify(LEASE_NAMESPACE)} system namespace`);
  if (verb !== "create" && name !== node)
    return no("can only access node lease with the same name as the requesting node");
  return ALLOWED;
}

function ownCsiNode(_api: Api, node: string, { verb, subresource = "", name }: ResourceAttributes): Decision {
  if (!OWN_VERBS.has(verb)) return no("can only get, create, update, patch, or delete a CSINode");
  if (subresource !== "") return no("cannot authorize CSINode subresources");
  if (verb !== "create" && name !== node)
    return no("can only access CSINode with the same name as the requesting node");
  return ALLOWED;
}
