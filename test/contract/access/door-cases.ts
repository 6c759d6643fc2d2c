import { expect } from "vitest";
import type { AccessCase, AccessWorld } from "./access-contract.ts";
import { failure } from "./door.ts";

const REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const ANONYMOUS = "system:anonymous";

/** What the role system:public-info-viewer opens, and what it does not. */
const PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const CLOSED = [
  "/",
  "/api",
  "/api/v1",
  "/apis",
  "/healthz/ping",
  "/livez/ping",
  "/metrics",
  "/openapi/v2",
  "/openapi/v3",
  "/.well-known/openid-configuration",
  "/openid/v1/jwks",
  "/nope",
];
/** What everybody who is somebody sees on top. */
const DISCOVERY = ["/api", "/api/v1", "/apis", "/apis/apps/v1", "/openapi/v2", "/openapi/v3"];

interface Forbidden {
  readonly line: string;
  readonly message: string;
  readonly details: object;
}

/** Refusals of somebody without rights; $USER and $NS stand for the case's. */
const FORBIDDEN: readonly Forbidden[] = [
  {
    line: "GET /api/v1/nodes",
    message:
      'nodes is forbidden: User "$USER" cannot list resource "nodes" in API group "" at the cluster scope',
    details: { kind: "nodes" },
  },
  {
    line: "GET /api/v1/nodes/n1",
    message:
      'nodes "n1" is forbidden: User "$USER" cannot get resource "nodes" in API group "" at the cluster scope',
    details: { name: "n1", kind: "nodes" },
  },
  {
    line: "GET /api/v1/namespaces/$NS/pods?watch=1",
    message:
      'pods is forbidden: User "$USER" cannot watch resource "pods" in API group "" in the namespace "$NS"',
    details: { kind: "pods" },
  },
  {
    line: "GET /api/v1/watch/namespaces/$NS/pods/x",
    message:
      'pods "x" is forbidden: User "$USER" cannot watch resource "pods" in API group "" in the namespace "$NS"',
    details: { name: "x", kind: "pods" },
  },
  {
    line: "GET /api/v1/namespaces/$NS/pods?fieldSelector=metadata.name%3Dfoo",
    message:
      'pods "foo" is forbidden: User "$USER" cannot list resource "pods" in API group "" in the namespace "$NS"',
    details: { name: "foo", kind: "pods" },
  },
  {
    line: "DELETE /api/v1/namespaces/$NS/pods",
    message:
      'pods is forbidden: User "$USER" cannot deletecollection resource "pods" in API group "" in the namespace "$NS"',
    details: { kind: "pods" },
  },
  {
    line: "GET /api/v1/namespaces/$NS/pods/x/log",
    message:
      'pods "x" is forbidden: User "$USER" cannot get resource "pods/log" in API group "" in the namespace "$NS"',
    details: { name: "x", kind: "pods" },
  },
  {
    line: "PUT /api/v1/namespaces/$NS/pods/x/status",
    message:
      'pods "x" is forbidden: User "$USER" cannot update resource "pods/status" in API group "" in the namespace "$NS"',
    details: { name: "x", kind: "pods" },
  },
  {
    line: "PATCH /apis/apps/v1/namespaces/$NS/deployments/x/scale",
    message:
      'deployments.apps "x" is forbidden: User "$USER" cannot patch resource "deployments/scale" in API group "apps" in the namespace "$NS"',
    details: { name: "x", group: "apps", kind: "deployments" },
  },
  {
    line: "GET /api/v1/namespaces/$NS",
    message:
      'namespaces "$NS" is forbidden: User "$USER" cannot get resource "namespaces" in API group "" in the namespace "$NS"',
    details: { name: "$NS", kind: "namespaces" },
  },
  {
    line: "PUT /api/v1/namespaces/$NS/finalize",
    message:
      'namespaces "$NS" is forbidden: User "$USER" cannot update resource "namespaces/finalize" in API group "" in the namespace "$NS"',
    details: { name: "$NS", kind: "namespaces" },
  },
  {
    line: "GET /apis/nope.example/v1/foos",
    message:
      'foos.nope.example is forbidden: User "$USER" cannot list resource "foos" in API group "nope.example" at the cluster scope',
    details: { group: "nope.example", kind: "foos" },
  },
  {
    line: "POST /nope",
    message: 'forbidden: User "$USER" cannot post path "/nope"',
    details: {},
  },
];

const filled = <T>(value: T, user: string, namespace: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll("$USER", user).replaceAll("$NS", namespace));

/** Acting as somebody: the headers, and who that is. */
const ACTING: readonly { readonly headers: Record<string, string>; readonly user: object }[] = [
  {
    headers: { "impersonate-user": "bob" },
    user: { username: "bob", groups: ["system:authenticated"] },
  },
  {
    headers: { "impersonate-user": "bob", "impersonate-group": "dev" },
    user: { username: "bob", groups: ["dev", "system:authenticated"] },
  },
  {
    headers: { "impersonate-user": "bob", "impersonate-group": "system:authenticated" },
    user: { username: "bob", groups: ["system:authenticated"] },
  },
  {
    headers: {
      "impersonate-user": "bob",
      "impersonate-uid": "u1",
      "impersonate-extra-scopes": "x",
      "impersonate-extra-acme.com%2fproject": "z",
    },
    user: {
      username: "bob",
      uid: "u1",
      groups: ["system:authenticated"],
      extra: { "acme.com/project": ["z"], scopes: ["x"] },
    },
  },
  {
    headers: { "impersonate-user": "system:serviceaccount:default:robot" },
    user: {
      username: "system:serviceaccount:default:robot",
      groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
    },
  },
  {
    headers: { "impersonate-user": "system:serviceaccount:default:robot", "impersonate-group": "a" },
    user: { username: "system:serviceaccount:default:robot", groups: ["a", "system:authenticated"] },
  },
];

/** Headers that name no user, and how they are told. */
const USERLESS: readonly { readonly headers: Record<string, string>; readonly told: string }[] = [
  { headers: { "impersonate-group": "a" }, told: "{Group  a    }" },
  { headers: { "impersonate-uid": "a" }, told: "{UID  a  authentication.k8s.io/v1  }" },
  { headers: { "impersonate-extra-scopes": "a" }, told: "{UserExtra  a  authentication.k8s.io/v1  scopes}" },
];

/** What somebody without the right to impersonate is told. */
const NOT_ACTING: readonly { readonly headers: Record<string, string>; readonly message: string }[] = [
  {
    headers: { "impersonate-user": "alice" },
    message:
      'users "alice" is forbidden: User "$USER" cannot impersonate resource "users" in API group "" at the cluster scope',
  },
  {
    headers: { "impersonate-user": "system:serviceaccount:default:robot" },
    message:
      'serviceaccounts "robot" is forbidden: User "$USER" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"',
  },
];

export const doorCases: readonly AccessCase[] = [
  ...PUBLIC.map((path) => ({
    name: `anybody sees ${path}`,
    run: async ({ nobody }: AccessWorld) => expect((await nobody(`GET ${path}`)).code).toBe(200),
  })),
  ...CLOSED.map((path) => ({
    name: `nobody sees ${path}`,
    async run({ nobody }: AccessWorld) {
      const { code, body } = await nobody(`GET ${path}`);
      expect(code).toBe(403);
      const message = `forbidden: User "${ANONYMOUS}" cannot get path "${path}"`;
      expect(body).toEqual(failure(403, "Forbidden", message, {}));
    },
  })),
  ...DISCOVERY.map((path) => ({
    name: `somebody sees ${path}`,
    run: async ({ as, name }: AccessWorld) => expect((await as(name)(`GET ${path}`)).code).toBe(200),
  })),
  ...FORBIDDEN.map(({ line, message, details }) => ({
    name: `without rights: ${line}`,
    async run({ as, name, namespace }: AccessWorld) {
      const { code, body } = await as(name)(
        line.replace("$NS", namespace),
        line.startsWith("GET") ? undefined : {},
      );
      expect(code).toBe(403);
      expect(body).toEqual(filled(failure(403, "Forbidden", message, details), name, namespace));
    },
  })),
  ...["/api/v1/nodes", "/healthz", "/version", "/nope"].map((path) => ({
    name: `a token that nobody has opens nothing, not even ${path}`,
    async run({ holding }: AccessWorld) {
      const { code, body } = await holding("guessed")(`GET ${path}`);
      expect(code).toBe(401);
      expect(body).toEqual(failure(401, "Unauthorized", "Unauthorized"));
    },
  })),
  {
    name: "another way to say who one is counts for nothing",
    async run({ nobody }: AccessWorld) {
      const { code, body } = await nobody("GET /api/v1/nodes", undefined, { authorization: "Basic YTpi" });
      expect([code, body.message]).toEqual([403, expect.stringContaining(`User "${ANONYMOUS}" cannot list`)]);
    },
  },
  ...ACTING.map(({ headers, user }) => ({
    name: `acting as ${JSON.stringify(headers)}`,
    async run({ admin }: AccessWorld) {
      const { body } = await admin(`POST ${REVIEW}`, {}, headers);
      expect(body).toMatchObject({ status: { userInfo: user } });
    },
  })),
  {
    name: "acting as nobody is being nobody",
    async run({ admin }: AccessWorld) {
      const { code, body } = await admin(`POST ${REVIEW}`, {}, { "impersonate-user": ANONYMOUS });
      expect([code, body.message]).toEqual([
        403,
        expect.stringContaining(`User "${ANONYMOUS}" cannot create`),
      ]);
    },
  },
  ...USERLESS.map(({ headers, told }) => ({
    name: `acting as no user with ${JSON.stringify(headers)}`,
    async run({ admin }: AccessWorld) {
      const { code, text } = await admin(`POST ${REVIEW}`, {}, headers);
      expect(code).toBe(500);
      expect(text.trim()).toBe(
        `Internal Server Error: "${REVIEW}": requested [${told}] without impersonating a user`,
      );
    },
  })),
  ...NOT_ACTING.map(({ headers, message }) => ({
    name: `without the right to: acting as ${JSON.stringify(headers)}`,
    async run({ admin, namespace, name, holding }: AccessWorld) {
      // Who acts as somebody cannot act as somebody else: this takes credentials of one's own.
      await admin(`POST /api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
      const { body: given } = await admin(
        `POST /api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
        {},
      );
      const token = (given.status as { token?: string } | undefined)?.token ?? "";
      const { code, body } = await holding(token)(`POST ${REVIEW}`, {}, headers);
      const user = `system:serviceaccount:${namespace}:${name}`;
      expect([code, body.message]).toEqual([403, message.replace("$USER", user)]);
    },
  })),
] satisfies readonly AccessCase[];
