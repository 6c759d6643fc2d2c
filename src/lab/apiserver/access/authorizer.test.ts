/** Reasons are those that a kube-apiserver 1.34.4 with --authorization-mode=Node,RBAC gave in SubjectAccessReviews. */
import { beforeEach, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../../../test/support/api.ts";
import {
  clusterRoleBindings,
  clusterRoles,
  namespaces,
  nodes,
  pods,
  roleBindings,
  roles,
  secrets,
} from "../../../kube/kinds.ts";
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import type { Subject } from "../../../kube/types/index.ts";
import type { UserInfo } from "./access.ts";
import { type Authorizer, createAuthorizer } from "./authorizer.ts";

const GROUP = "rbac.authorization.k8s.io";

let lab: TestApi;
let authorizer: Authorizer;

beforeEach(() => {
  lab = testApi();
  authorizer = createAuthorizer(lab.server.api("kube-apiserver"));
});

const user = (name: string, ...groups: string[]): UserInfo => ({ name, groups });
const named = (name: string): Subject => ({ kind: "User", apiGroup: GROUP, name });
const pod = (verb: string, more: object = {}): Attributes => ({
  type: "resource",
  verb,
  group: "",
  resource: "pods",
  namespace: "default",
  ...more,
});

function bindRole(subject: Subject, name = "pod-reader") {
  lab.api.create(roles, {
    metadata: { namespace: "default", name },
    rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }],
  });
  return lab.api.create(roleBindings, {
    metadata: { namespace: "default", name: "b" },
    roleRef: { apiGroup: GROUP, kind: "Role", name },
    subjects: [subject],
  });
}

describe("role bindings", () => {
  test("are looked up by user, by group and by service account, and say so", () => {
    bindRole(named("bob"));
    expect(authorizer.authorize(user("bob"), pod("get"))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/default" of Role "pod-reader" to User "bob"',
    });
    expect(authorizer.authorize(user("alice", "bob"), pod("get")).allowed).toBe(false);
    expect(
      authorizer.authorize(user("system:serviceaccount:kube-system:generic-garbage-collector"), pod("list"))
        .reason,
    ).toBe(
      'RBAC: allowed by ClusterRoleBinding "system:controller:generic-garbage-collector" of ClusterRole "system:controller:generic-garbage-collector" to ServiceAccount "generic-garbage-collector/kube-system"',
    );
    expect(
      authorizer.authorize(user("x", "system:authenticated"), { type: "path", verb: "get", path: "/api" })
        .reason,
    ).toBe(
      'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    );
  });

  test("count in their namespace only, from when they are made until they are gone", () => {
    expect(authorizer.authorize(user("bob"), pod("get")).allowed).toBe(false);
    const binding = bindRole(named("bob"));
    lab.api.create(namespaces, { metadata: { name: "other" } });
    expect(authorizer.authorize(user("bob"), pod("get", { namespace: "other" })).allowed).toBe(false);
    const { namespace: _, ...everywhere } = pod("get") as { namespace?: string } & Attributes;
    expect(authorizer.authorize(user("bob"), everywhere as Attributes).allowed).toBe(false);
    lab.api.update(roleBindings, { ...binding, subjects: [named("alice")] });
    expect(authorizer.authorize(user("bob"), pod("get")).allowed).toBe(false);
    expect(authorizer.authorize(user("alice"), pod("get")).allowed).toBe(true);
    lab.api.delete(roleBindings, "default", "b");
    expect(authorizer.authorize(user("alice"), pod("get")).allowed).toBe(false);
  });

  test("follow their role", () => {
    bindRole(named("bob"));
    const role = lab.api.get(roles, "default", "pod-reader");
    lab.api.update(roles, { ...role, rules: [] } as never);
    expect(authorizer.authorize(user("bob"), pod("get"))).toEqual({ allowed: false });
    lab.api.delete(roles, "default", "pod-reader");
    expect(authorizer.authorize(user("bob"), pod("get"))).toEqual({
      allowed: false,
      reason: 'RBAC: role.rbac.authorization.k8s.io "pod-reader" not found',
    });
  });

  test("hold nobody back who is in system:masters", () => {
    expect(authorizer.authorize(user("x", "system:masters"), pod("whatever"))).toEqual({ allowed: true });
  });

  test("a service account of the binding's own namespace need not say so", () => {
    bindRole({ kind: "ServiceAccount", name: "robot" });
    expect(authorizer.authorize(user("system:serviceaccount:default:robot"), pod("get")).allowed).toBe(true);
    expect(authorizer.authorize(user("system:serviceaccount:kube-system:robot"), pod("get")).allowed).toBe(
      false,
    );
  });

  test("make up what somebody may do, bindings of the cluster first", () => {
    bindRole(named("bob"));
    lab.api.create(clusterRoleBindings, {
      metadata: { name: "lost" },
      roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "missing" },
      subjects: [named("bob")],
    });
    const { rules, errors } = authorizer.rulesFor(user("bob", "system:authenticated"), "default");
    expect(rules.map(({ resources, nonResourceURLs }) => resources?.[0] ?? nonResourceURLs?.[0])).toEqual([
      "selfsubjectaccessreviews",
      "selfsubjectreviews",
      "/api",
      "/healthz",
      "pods",
    ]);
    expect(errors).toEqual(['clusterrole.rbac.authorization.k8s.io "missing" not found']);
  });
});

describe("the stock roles", () => {
  test("are all there, aggregated ones filled", () => {
    expect(lab.api.list(clusterRoles)).toHaveLength(68);
    expect(lab.api.list(clusterRoleBindings)).toHaveLength(49);
    expect(lab.api.list(roles)).toHaveLength(7);
    expect(lab.api.list(roleBindings)).toHaveLength(7);
    expect(lab.api.get(clusterRoles, undefined, "admin")?.rules?.length).toBeGreaterThan(20);
  });

  test.each(["/healthz", "/livez", "/readyz", "/version", "/version/"])("let everybody see %s", (path) => {
    const anonymous = user("system:anonymous", "system:unauthenticated");
    expect(authorizer.authorize(anonymous, { type: "path", verb: "get", path }).allowed).toBe(true);
    expect(authorizer.authorize(anonymous, { type: "path", verb: "get", path: `${path}x` }).allowed).toBe(
      false,
    );
  });
});

describe("a node", () => {
  const node = user("system:node:node-1", "system:nodes", "system:authenticated");
  const secret = (more: object) => pod("get", { resource: "secrets", ...more });

  beforeEach(() => {
    for (const name of ["node-1", "node-2"]) lab.api.create(nodes, { metadata: { name } });
    lab.api.create(secrets, { metadata: { namespace: "default", name: "key" } });
    lab.api.create(pods, {
      metadata: { namespace: "default", name: "web" },
      spec: {
        nodeName: "node-1",
        containers: [{ name: "c", image: "i" }],
        volumes: [{ name: "key", secret: { secretName: "key" } }],
      },
    });
  });

  test.each<{ name: string; asks: Attributes; reason?: string }>([
    { name: "reads Secrets of its pods", asks: secret({ name: "key" }) },
    {
      name: "reads no other Secret",
      asks: secret({ name: "x" }),
      reason: "no relationship found between node 'node-1' and this object",
    },
    {
      name: "does not list all Secrets",
      asks: { type: "resource", verb: "list", group: "", resource: "secrets" },
      reason: "can only read namespaced object of this type",
    },
    {
      name: "does not list all pods",
      asks: { type: "resource", verb: "list", group: "", resource: "pods" },
      reason: "can only list/watch pods with spec.nodeName field selector",
    },
    { name: "lists its pods", asks: pod("watch", { selectedNode: "node-1" }) },
    { name: "updates a pod's status", asks: pod("patch", { subresource: "status", name: "web" }) },
    {
      name: "reads no other Node",
      asks: { type: "resource", verb: "get", group: "", resource: "nodes", name: "node-2" },
      reason: "node 'node-1' cannot read 'node-2', only its own Node object",
    },
    { name: "sees Services", asks: { type: "resource", verb: "list", group: "", resource: "services" } },
  ])("$name", ({ asks, reason }) => {
    const decision = authorizer.authorize(node, asks);
    expect(decision.allowed ? undefined : decision.reason).toBe(reason);
    expect(decision.allowed).toBe(reason === undefined);
  });
});
