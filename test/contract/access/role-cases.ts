import { expect } from "vitest";
import type { AccessCase, AccessWorld } from "./access-contract.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const GROUP = "rbac.authorization.k8s.io";

/** Gives the case's user a role in the case's namespace, or in the whole cluster. */
export async function grant(world: AccessWorld, rules: readonly object[], where: "namespace" | "cluster") {
  const { admin, name, namespace } = world;
  const [kind, place] =
    where === "cluster" ? ["ClusterRole", RBAC] : ["Role", `${RBAC}/namespaces/${namespace}`];
  const plural = `${kind.toLowerCase()}s`;
  const metadata = { name, labels: { run: namespace } };
  const role = await admin(`POST ${place}/${plural}`, { metadata, rules });
  const binding = await admin(`POST ${place}/${plural.replace("roles", "rolebindings")}`, {
    metadata,
    roleRef: { apiGroup: GROUP, kind, name },
    subjects: [{ kind: "User", apiGroup: GROUP, name }],
  });
  expect([role.code, binding.code]).toEqual([201, 201]);
}

/** The server follows roles by watching them: a moment may pass. */
export async function eventually(attempt: () => Promise<number>, code: number): Promise<void> {
  await expect.poll(attempt, { timeout: 5_000 }).toBe(code);
}

interface Allowance {
  readonly name: string;
  readonly rule: object;
  readonly where?: "namespace" | "cluster";
  /** Lines, $NS standing for the namespace, that are answered otherwise than by 403. */
  readonly opens: readonly string[];
  readonly keepsShut: readonly string[];
}

const CONFIG = "/api/v1/namespaces/$NS/configmaps";

const ALLOWANCES: readonly Allowance[] = [
  {
    name: "a verb on a resource",
    rule: { verbs: ["list"], apiGroups: [""], resources: ["configmaps"] },
    opens: [`GET ${CONFIG}`],
    keepsShut: [
      `GET ${CONFIG}/x`,
      `GET ${CONFIG}?watch=1`,
      "GET /api/v1/configmaps",
      "GET /api/v1/namespaces/$NS/pods",
    ],
  },
  {
    name: "objects by name",
    rule: { verbs: ["get", "list"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["one"] },
    opens: [`GET ${CONFIG}/one`, `GET ${CONFIG}?fieldSelector=metadata.name%3Done`],
    keepsShut: [`GET ${CONFIG}/two`, `GET ${CONFIG}`],
  },
  {
    name: "a subresource",
    rule: { verbs: ["get"], apiGroups: [""], resources: ["pods/status"] },
    opens: ["GET /api/v1/namespaces/$NS/pods/x/status"],
    keepsShut: ["GET /api/v1/namespaces/$NS/pods/x", "GET /api/v1/namespaces/$NS/pods/x/log"],
  },
  {
    name: "a subresource of everything",
    rule: { verbs: ["get"], apiGroups: ["apps"], resources: ["*/scale"] },
    opens: [
      "GET /apis/apps/v1/namespaces/$NS/deployments/x/scale",
      "GET /apis/apps/v1/namespaces/$NS/statefulsets/x/scale",
    ],
    keepsShut: ["GET /apis/apps/v1/namespaces/$NS/deployments/x"],
  },
  {
    name: "everything in a namespace",
    rule: { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    opens: [`GET ${CONFIG}`, "GET /api/v1/namespaces/$NS", `DELETE ${CONFIG}/nope`],
    keepsShut: ["GET /api/v1/namespaces", "GET /api/v1/nodes", "GET /metrics"],
  },
  {
    name: "everything in the cluster, but no paths",
    where: "cluster",
    rule: { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    opens: [`GET ${CONFIG}`, "GET /api/v1/nodes", "GET /apis/nope.example/v1/foos"],
    keepsShut: ["GET /metrics", "GET /"],
  },
  {
    name: "paths",
    where: "cluster",
    rule: { verbs: ["get"], nonResourceURLs: ["/healthz/*", "/openid/v1/jwks"] },
    opens: ["GET /healthz/ping", "GET /openid/v1/jwks"],
    keepsShut: ["GET /livez/ping", "POST /openid/v1/jwks", "GET /openid/v1"],
  },
];

export const roleCases: readonly AccessCase[] = [
  ...ALLOWANCES.map(({ name: title, rule, where = "namespace", opens, keepsShut }) => ({
    name: title,
    async run(world: AccessWorld) {
      const { as, name, namespace } = world;
      const line = (text: string) => text.replace("$NS", namespace);
      const codeOf = async (text: string) =>
        (await as(name)(line(text), text.startsWith("POST") ? {} : undefined)).code;
      for (const text of opens) expect(await codeOf(text)).toBe(403);
      await grant(world, [rule], where);
      const first = opens[0] ?? "";
      await expect.poll(() => codeOf(first), { timeout: 5_000 }).not.toBe(403);
      for (const text of opens) expect([text, (await codeOf(text)) === 403]).toEqual([text, false]);
      for (const text of keepsShut) expect([text, await codeOf(text)]).toEqual([text, 403]);
    },
  })),
  {
    name: "a group has what is bound to it, and a service account is in the groups of all of them",
    async run({ admin, as, name, namespace }) {
      const pods = `GET /api/v1/namespaces/${namespace}/pods`;
      await admin(`POST ${RBAC}/namespaces/${namespace}/roles`, {
        metadata: { name },
        rules: [{ verbs: ["list"], apiGroups: [""], resources: ["pods"] }],
      });
      await admin(`POST ${RBAC}/namespaces/${namespace}/rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: GROUP, kind: "Role", name },
        subjects: [
          { kind: "Group", apiGroup: GROUP, name: `${name}-readers` },
          { kind: "Group", apiGroup: GROUP, name: `system:serviceaccounts:${name}` },
        ],
      });
      await eventually(async () => (await as("somebody", `${name}-readers`)(pods)).code, 200);
      expect((await as("somebody")(pods)).code).toBe(403);
      expect((await as(`system:serviceaccount:${name}:robot`)(pods)).code).toBe(200);
      expect((await as("system:serviceaccount:elsewhere:robot")(pods)).code).toBe(403);
      expect((await as(`system:serviceaccount:${name}:robot`)(pods.replace("pods", "secrets"))).code).toBe(
        403,
      );
    },
  },
  {
    name: "a binding to a role that is not there tells why nothing is allowed",
    async run({ admin, as, name, namespace }) {
      const path = `/api/v1/namespaces/${namespace}/pods`;
      await admin(`POST ${RBAC}/namespaces/${namespace}/rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "missing" },
        subjects: [{ kind: "User", apiGroup: GROUP, name }],
      });
      const told = async () => (await as(name)(`GET ${path}`)).body.message;
      await expect
        .poll(told, { timeout: 5_000 })
        .toBe(
          `pods is forbidden: User "${name}" cannot list resource "pods" in API group "" in the namespace "${namespace}": RBAC: clusterrole.rbac.authorization.k8s.io "missing" not found`,
        );
    },
  },
  {
    name: "what is taken back is gone",
    async run(world) {
      const { admin, as, name, namespace } = world;
      const line = `GET /api/v1/namespaces/${namespace}/configmaps`;
      await grant(world, [{ verbs: ["list"], apiGroups: [""], resources: ["configmaps"] }], "namespace");
      await eventually(async () => (await as(name)(line)).code, 200);
      await admin(`DELETE ${RBAC}/namespaces/${namespace}/rolebindings/${name}`);
      await eventually(async () => (await as(name)(line)).code, 403);
    },
  },
];
