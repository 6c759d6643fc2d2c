import { expect } from "vitest";
import type { AccessCase, AccessWorld } from "./access-contract.ts";
import { failure, type Reply } from "./door.ts";
import { eventually, grant } from "./role-cases.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const GROUP = "rbac.authorization.k8s.io";

const MANAGES = {
  verbs: ["create", "update", "patch", "get"],
  apiGroups: [GROUP],
  resources: ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
};
const PODS = { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] };

/** Makes the case's user one who may write roles and bindings, and read pods. */
async function manager(world: AccessWorld, ...more: object[]): Promise<void> {
  await grant(world, [MANAGES, PODS, ...more], "cluster");
  const roles = `${RBAC}/namespaces/${world.namespace}/roles/nope`;
  await eventually(async () => (await world.as(world.name)(`GET ${roles}`)).code, 404);
}

/** What follows "attempting to grant …". */
function lacking({ body }: Reply): readonly string[] {
  return (body.message ?? "").split("\n").slice(1);
}

interface Attempt {
  readonly name: string;
  readonly rules: readonly object[];
  readonly lacks: readonly string[];
}

const ATTEMPTS: readonly Attempt[] = [
  {
    name: "verbs and resources that one lacks",
    rules: [{ verbs: ["get", "delete"], apiGroups: [""], resources: ["pods", "secrets"] }],
    lacks: [
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}',
    ],
  },
  {
    name: "everything",
    rules: [{ verbs: ["*"], apiGroups: [""], resources: ["*"] }],
    lacks: ['{APIGroups:[""], Resources:["*"], Verbs:["*"]}'],
  },
  {
    name: "single objects",
    rules: [{ verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["x"] }],
    lacks: ['{APIGroups:[""], Resources:["secrets"], ResourceNames:["x"], Verbs:["get"]}'],
  },
  {
    name: "paths",
    rules: [{ verbs: ["get"], nonResourceURLs: ["/foo/*", "/bar"] }],
    lacks: ['{NonResourceURLs:["/bar"], Verbs:["get"]}', '{NonResourceURLs:["/foo/*"], Verbs:["get"]}'],
  },
];

/** Somebody's request for a certificate, signed by a key that was thrown away. */
const CERTIFICATE_REQUEST =
  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISE1HNENBUUF3RERFS01BZ0dBMVVFQXd3QmVEQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQQpCSGhTVHZYVmhzdGkvRnQyKzBJcHNPWjVLZGIxL1podVR5V2lucjNHQTkwMmxLeXNPNWRHSGlPQWd2ZUhWakY4CjFLSEwxM0lUVTJGSmpvY2tsVCt6UWs2Z0FEQUtCZ2dxaGtqT1BRUURBZ05KQURCR0FpRUE1bHp4Z2ZQOExsRnkKVFVyQStHb1FhYjBXZ0oyQXozTTlFZ2NLT1JCY1prRUNJUURxaTdnaHl1cm05ZXlHUzdvdytUZVBXS2N6UUhFUwpiL0djL25KQ3F3Y2pQQT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=";

/** Bindings that name no role that there could be. */
const BAD_REFERENCES = [
  {
    roleRef: { apiGroup: GROUP, kind: "Role", name: "nope" },
    answer: failure(404, "NotFound", 'rolebindings.rbac.authorization.k8s.io "nope" not found', {
      name: "nope",
      group: GROUP,
      kind: "rolebindings",
    }),
  },
  {
    roleRef: { apiGroup: GROUP, kind: "Widget", name: "nope" },
    answer: {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'unsupported role reference kind: "Widget"',
      code: 500,
    },
  },
];

export const grantCases: readonly AccessCase[] = [
  {
    name: "what one holds, one may give",
    async run(world) {
      await manager(world);
      const { as, name, namespace } = world;
      const place = `${RBAC}/namespaces/${namespace}`;
      expect((await as(name)(`POST ${place}/roles`, { metadata: { name }, rules: [PODS] })).code).toBe(201);
      const roleRef = { apiGroup: GROUP, kind: "Role", name };
      const binding = await as(name)(`POST ${place}/rolebindings`, { metadata: { name }, roleRef });
      expect(binding.code).toBe(201);
    },
  },
  ...ATTEMPTS.map(({ name: title, rules, lacks }) => ({
    name: `nobody gives ${title}`,
    async run(world: AccessWorld) {
      await manager(world);
      const { as, name } = world;
      const reply = await as(name)(`POST ${RBAC}/clusterroles`, {
        metadata: { name: `${name}-more` },
        rules,
      });
      const { body } = reply;
      expect(body).toMatchObject({
        reason: "Forbidden",
        details: { name: `${name}-more`, group: GROUP, kind: "clusterroles" },
      });
      expect(body.message?.split("\n")[0]).toBe(
        `clusterroles.rbac.authorization.k8s.io "${name}-more" is forbidden: user "${name}" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:`,
      );
      expect(lacking(reply)).toEqual(lacks);
    },
  })),
  {
    name: "nobody adds to a role what they lack, but may change the rest of it",
    async run(world) {
      await manager(world);
      const { as, name, namespace } = world;
      const role = `${RBAC}/namespaces/${namespace}/roles`;
      await as(name)(`POST ${role}`, { metadata: { name }, rules: [PODS] });
      const more = { rules: [{ ...PODS, verbs: ["get", "watch"] }] };
      expect(lacking(await as(name)(`PATCH ${role}/${name}`, more))).toEqual([
        '{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}',
      ]);
      expect((await as(name)(`PATCH ${role}/${name}`, { metadata: { labels: { a: "b" } } })).code).toBe(200);
    },
  },
  {
    name: "nobody binds a role that holds more than they do",
    async run(world) {
      await manager(world);
      const { as, name, namespace } = world;
      const reply = await as(name)(`POST ${RBAC}/namespaces/${namespace}/rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "cluster-admin" },
      });
      expect(lacking(reply)).toEqual([
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
        '{NonResourceURLs:["*"], Verbs:["*"]}',
      ]);
    },
  },
  ...BAD_REFERENCES.map(({ roleRef, answer }) => ({
    name: `a binding to a ${roleRef.kind} that is not there is refused`,
    async run(world: AccessWorld) {
      await manager(world);
      const { as, name, namespace } = world;
      const place = `${RBAC}/namespaces/${namespace}/rolebindings`;
      expect((await as(name)(`POST ${place}`, { metadata: { name }, roleRef })).body).toEqual(answer);
    },
  })),
  {
    name: "a ClusterRoleBinding to a Role is refused",
    async run(world) {
      await manager(world);
      const { as, name } = world;
      const roleRef = { apiGroup: GROUP, kind: "Role", name: "nope" };
      const { body } = await as(name)(`POST ${RBAC}/clusterrolebindings`, {
        metadata: { name: `${name}-x` },
        roleRef,
      });
      expect(body).toEqual(failure(400, "BadRequest", "Namespace parameter required."));
    },
  },
  {
    name: "to gather what others grant takes everything",
    async run(world) {
      await manager(world);
      const { as, name } = world;
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: name } }] };
      const { body } = await as(name)(`POST ${RBAC}/clusterroles`, {
        metadata: { name: `${name}-all` },
        aggregationRule,
      });
      expect(body.message).toBe(
        `clusterroles.rbac.authorization.k8s.io "${name}-all" is forbidden: must have cluster-admin privileges to use the aggregationRule`,
      );
    },
  },
  {
    name: "who may escalate roles may write any",
    async run(world) {
      await manager(world, { verbs: ["escalate"], apiGroups: [GROUP], resources: ["roles"] });
      const { as, name, namespace } = world;
      const rules = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
      const made = await as(name)(`POST ${RBAC}/namespaces/${namespace}/roles`, {
        metadata: { name },
        rules,
      });
      expect(made.code).toBe(201);
      const label = { name: `${name}-c`, labels: { run: namespace } };
      const cluster = await as(name)(`POST ${RBAC}/clusterroles`, { metadata: label, rules });
      expect(cluster.code).toBe(403);
    },
  },
  {
    name: "who may bind a role may bind that one",
    async run(world) {
      const bind = {
        verbs: ["bind"],
        apiGroups: [GROUP],
        resources: ["clusterroles"],
        resourceNames: ["cluster-admin"],
      };
      await manager(world, bind);
      const { as, name, namespace } = world;
      const codeFor = async (role: string) =>
        (
          await as(name)(`POST ${RBAC}/namespaces/${namespace}/rolebindings`, {
            metadata: { name: `${name}-${role}` },
            roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: role },
          })
        ).code;
      expect([await codeFor("cluster-admin"), await codeFor("system:node")]).toEqual([201, 403]);
    },
  },
  ...(["approval", "status"] as const).map((part) => ({
    name: `the ${part} of a certificate request takes the right to its signer`,
    async run(world: AccessWorld) {
      const verb = part === "approval" ? "approve" : "sign";
      const rules = [
        {
          verbs: ["patch"],
          apiGroups: ["certificates.k8s.io"],
          resources: [`certificatesigningrequests/${part}`],
        },
        {
          verbs: [verb],
          apiGroups: ["certificates.k8s.io"],
          resources: ["signers"],
          resourceNames: ["example.com/*"],
        },
      ];
      await grant(world, rules, "cluster");
      const { admin, as, name } = world;
      const place = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
      const type = part === "approval" ? "Approved" : "Failed";
      const status = { conditions: [{ type, status: "True", reason: "Test", message: "" }] };
      const attempt = async (domain: string) => {
        const metadata = { name: `${name}-${domain}` };
        const spec = { request: CERTIFICATE_REQUEST, signerName: `${domain}/s`, usages: ["client auth"] };
        await admin(`POST ${place}`, { metadata, spec });
        const reply = await as(name)(`PATCH ${place}/${metadata.name}/${part}`, { status });
        return reply.code === 200 ? reply.code : reply.body.message;
      };
      await expect.poll(() => attempt("example.com"), { timeout: 5_000 }).toBe(200);
      expect(await attempt("example.org")).toBe(
        `certificatesigningrequests.certificates.k8s.io "${name}-example.org" is forbidden: user not permitted to ${verb} requests with signerName "example.org/s"`,
      );
      for (const domain of ["example.com", "example.org"]) await admin(`DELETE ${place}/${name}-${domain}`);
    },
  })),
];
