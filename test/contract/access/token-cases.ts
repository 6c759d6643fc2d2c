import { expect } from "vitest";
import type { AccessCase, AccessWorld } from "./access-contract.ts";
import { failure, type Reply } from "./door.ts";

const REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
const WHOAMI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const GROUP = "authentication.k8s.io";

/** Whom tokens are from, and for unless they say otherwise: clusters differ. */
async function issuerOf({ admin }: AccessWorld): Promise<string> {
  return String((await admin("GET /.well-known/openid-configuration")).body.issuer);
}

/** Makes the case's service account, and asks for tokens of it. */
async function account({ admin, name, namespace }: AccessWorld) {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const { body } = await admin(`POST ${accounts}`, { metadata: { name } });
  const uid = body.metadata?.uid ?? "";
  return {
    uid,
    user: `system:serviceaccount:${namespace}:${name}`,
    request: (spec: object = {}, more: object = {}) =>
      admin(`POST ${accounts}/${name}/token`, { ...more, spec }),
    remove: () => admin(`DELETE ${accounts}/${name}`),
  };
}

function tokenIn({ body }: Reply): string {
  return (body.status as { token?: string } | undefined)?.token ?? "";
}

function claimsIn(token: string): Record<string, never> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

const tooShort = "may not specify a duration less than 10 minutes";
const tooLong = "may not specify a duration larger than 2^32 seconds";

/** Bounds of a token's time. */
const WRONG_TIMES = [
  { seconds: 599, why: tooShort },
  { seconds: -1, why: tooShort },
  { seconds: 2 ** 32 + 1, why: tooLong },
];

/** Objects that a token cannot be bound to. $NAME is the case's. */
const WRONG_BONDS = [
  {
    ref: { kind: "Pod", apiVersion: "v1", name: "nope" },
    answer: failure(404, "NotFound", 'pods "nope" not found', { name: "nope", kind: "pods" }),
  },
  {
    ref: { kind: "Secret", apiVersion: "v1", name: "nope" },
    answer: failure(404, "NotFound", 'secrets "nope" not found', { name: "nope", kind: "secrets" }),
  },
  {
    ref: { kind: "Node", apiVersion: "v1", name: "nope" },
    answer: failure(404, "NotFound", 'nodes "nope" not found', { name: "nope", kind: "nodes" }),
  },
  {
    ref: { kind: "Deployment", apiVersion: "apps/v1", name: "nope" },
    answer: failure(400, "BadRequest", "cannot bind token to object of type apps/v1, Kind=Deployment"),
  },
];

export const tokenCases: readonly AccessCase[] = [
  {
    name: "are for the API server and an hour unless something else is asked for",
    async run(world) {
      const issuer = await issuerOf(world);
      const { request, uid, user } = await account(world);
      const reply = await request();
      const token = tokenIn(reply);
      expect(reply.code).toBe(201);
      expect(reply.body).toEqual({
        kind: "TokenRequest",
        apiVersion: `${GROUP}/v1`,
        metadata: {
          name: world.name,
          namespace: world.namespace,
          uid,
          creationTimestamp: expect.any(String),
          managedFields: [
            expect.objectContaining({
              subresource: "token",
              fieldsV1: { "f:spec": { "f:expirationSeconds": {} } },
            }),
          ],
        },
        spec: { audiences: [issuer], expirationSeconds: 3600, boundObjectRef: null },
        status: { token, expirationTimestamp: expect.any(String) },
      });
      const claims = claimsIn(token) as Record<string, number>;
      expect(claims).toEqual({
        aud: [issuer],
        exp: (claims.iat ?? 0) + 3600,
        iat: expect.any(Number),
        iss: issuer,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        "kubernetes.io": { namespace: world.namespace, serviceaccount: { name: world.name, uid } },
        nbf: claims.iat,
        sub: user,
      });
    },
  },
  {
    name: "let their account in, and say who it is",
    async run(world) {
      const { request, uid, user } = await account(world);
      const token = tokenIn(await request());
      const { body } = await world.holding(token)(`POST ${WHOAMI}`, {});
      expect(body).toMatchObject({
        status: {
          userInfo: {
            username: user,
            uid,
            groups: [
              "system:serviceaccounts",
              `system:serviceaccounts:${world.namespace}`,
              "system:authenticated",
            ],
            extra: { "authentication.kubernetes.io/credential-id": [`JTI=${claimsIn(token).jti}`] },
          },
        },
      });
      const pods = await world.holding(token)(`GET /api/v1/namespaces/${world.namespace}/pods`);
      expect([pods.code, pods.body.message]).toEqual([
        403,
        expect.stringContaining(`User "${user}" cannot list`),
      ]);
    },
  },
  ...WRONG_TIMES.map(({ seconds, why }) => ({
    name: `cannot be had for ${seconds} s`,
    async run(world: AccessWorld) {
      const { request } = await account(world);
      const message = `Invalid value: ${seconds}: ${why}`;
      expect((await request({ expirationSeconds: seconds })).body).toEqual(
        failure(
          422,
          "Invalid",
          `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: ${message}`,
          {
            group: GROUP,
            kind: "TokenRequest",
            causes: [{ reason: "FieldValueInvalid", message, field: "spec.expirationSeconds" }],
          },
        ),
      );
    },
  })),
  ...[600, 2 ** 32].map((seconds) => ({
    name: `can be had for ${seconds} s`,
    async run(world: AccessWorld) {
      const { request } = await account(world);
      const reply = await request({ expirationSeconds: seconds });
      const { exp = 0, iat = 0 } = claimsIn(tokenIn(reply)) as { exp?: number; iat?: number };
      expect(exp - iat).toBe(seconds);
    },
  })),
  ...WRONG_BONDS.map(({ ref, answer }) => ({
    name: `cannot be bound to a ${ref.kind} ${ref.name}`,
    async run(world: AccessWorld) {
      const { request } = await account(world);
      expect((await request({ boundObjectRef: ref })).body).toEqual(answer);
    },
  })),
  {
    name: "cannot be bound to a pod of another account",
    async run(world) {
      const { request } = await account(world);
      const { admin, name, namespace } = world;
      await admin(`POST /api/v1/namespaces/${namespace}/serviceaccounts`, {
        metadata: { name: `${name}-b` },
      });
      const containers = [{ name: "c", image: "registry.k8s.io/pause:3.10" }];
      const spec = { serviceAccountName: `${name}-b`, schedulerName: "nobody", containers };
      await admin(`POST /api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec });
      const { body } = await request({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name } });
      expect(body).toEqual(
        failure(
          400,
          "BadRequest",
          `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`,
        ),
      );
    },
  },
  {
    name: "of a pod that asked for nothing are good for a year, and stale after an hour",
    async run(world) {
      const { request } = await account(world);
      const { admin, holding, name, namespace } = world;
      const containers = [{ name: "c", image: "registry.k8s.io/pause:3.10" }];
      const spec = { serviceAccountName: name, schedulerName: "nobody", containers };
      const made = await admin(`POST /api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec });
      const uid = made.body.metadata?.uid;
      const boundObjectRef = { kind: "Pod", apiVersion: "v1", name, uid };
      const token = tokenIn(await request({ expirationSeconds: 3607, boundObjectRef }));
      const claims = claimsIn(token) as unknown as {
        exp: number;
        iat: number;
        "kubernetes.io": { warnafter: number; pod: object };
      };
      expect(claims.exp - claims.iat).toBe(31_536_000);
      expect(claims["kubernetes.io"].warnafter - claims.iat).toBe(3607);
      expect(claims["kubernetes.io"].pod).toEqual({ name, uid });
      const { body } = await holding(token)(`POST ${WHOAMI}`, {});
      expect(body).toMatchObject({
        status: {
          userInfo: {
            extra: {
              "authentication.kubernetes.io/pod-name": [name],
              "authentication.kubernetes.io/pod-uid": [uid],
            },
          },
        },
      });
      const other = tokenIn(await request({ expirationSeconds: 3607, audiences: ["q"], boundObjectRef }));
      expect(claimsIn(other)).not.toHaveProperty("kubernetes.io.warnafter");
    },
  },
  {
    name: "cannot be bound to an object that was another",
    async run(world) {
      const { request } = await account(world);
      const { admin, name, namespace } = world;
      await admin(`POST /api/v1/namespaces/${namespace}/secrets`, { metadata: { name } });
      const boundObjectRef = { kind: "Secret", apiVersion: "v1", name, uid: "y" };
      expect((await request({ boundObjectRef })).body).toEqual(
        failure(
          409,
          "Conflict",
          `Operation cannot be fulfilled on Secret "${name}": the UID in the bound object reference (y) does not match the UID in record. The object might have been deleted and then recreated`,
          { name, kind: "Secret" },
        ),
      );
    },
  },
  {
    name: "are not given out under another name, or in another namespace",
    async run(world) {
      const { request } = await account(world);
      const message = 'Invalid value: "other": must match the service account name if specified';
      expect((await request({}, { metadata: { name: "other" } })).body).toEqual(
        failure(
          422,
          "Invalid",
          `TokenRequest.authentication.k8s.io "${world.name}" is invalid: metadata.name: ${message}`,
          {
            name: world.name,
            group: GROUP,
            kind: "TokenRequest",
            causes: [{ reason: "FieldValueInvalid", message, field: "metadata.name" }],
          },
        ),
      );
      expect((await request({}, { metadata: { namespace: "other" } })).body).toEqual(
        failure(
          400,
          "BadRequest",
          "the namespace of the provided object does not match the namespace sent on the request",
        ),
      );
    },
  },
  {
    name: "for others do not open the issuer server",
    async run(world) {
      const issuer = await issuerOf(world);
      const { request } = await account(world);
      const token = tokenIn(await request({ audiences: ["foo", "bar"] }));
      const { body } = await world.holding(token)("GET /api");
      expect(body).toEqual(failure(401, "Unauthorized", "Unauthorized"));
      const review = (spec: object) => world.admin(`POST ${REVIEWS}`, { spec: { token, ...spec } });
      expect((await review({})).body).toMatchObject({
        status: {
          user: {},
          error: `[invalid bearer token, token audiences ["foo" "bar"] is invalid for the target audiences ["${issuer}"]]`,
        },
      });
      expect((await review({ audiences: ["bar", "foo", "x"] })).body).toMatchObject({
        status: { authenticated: true, audiences: ["bar", "foo"] },
      });
    },
  },
  {
    name: "with anything changed in them open nothing",
    async run(world) {
      const { request } = await account(world);
      const token = tokenIn(await request());
      const [header, , signature] = token.split(".");
      const claims = Buffer.from(JSON.stringify({ ...claimsIn(token), exp: 9e9 })).toString("base64url");
      for (const forged of [
        `${token}x`,
        [header, claims, signature].join("."),
        token.replace(/\.[^.]+$/, "."),
      ]) {
        expect((await world.holding(forged)("GET /api")).code).toBe(401);
      }
    },
  },
  {
    name: "end with their account",
    async run(world) {
      const { remove, request } = await account(world);
      // One that was never used: a server may remember for some seconds those that were.
      const token = tokenIn(await request());
      await remove();
      const { body } = await world.admin(`POST ${REVIEWS}`, { spec: { token } });
      expect(body).toMatchObject({
        status: { user: {}, error: `[invalid bearer token, serviceaccounts "${world.name}" not found]` },
      });
      expect((await world.holding(token)("GET /api")).code).toBe(401);
    },
  },
  {
    name: "are reviewed",
    async run(world) {
      const issuer = await issuerOf(world);
      const { request, uid, user } = await account(world);
      const token = tokenIn(await request());
      const { code, body } = await world.admin(`POST ${REVIEWS}`, { spec: { token } });
      expect(code).toBe(201);
      expect(body).toMatchObject({
        kind: "TokenReview",
        spec: { token },
        status: { authenticated: true, user: { username: user, uid }, audiences: [issuer] },
      });
      const unknown = await world.admin(`POST ${REVIEWS}`, { spec: { token: "guessed" } });
      expect(unknown.body).toMatchObject({ status: { user: {}, error: "invalid bearer token" } });
      const missing = await world.admin(`POST ${REVIEWS}`, { spec: {} });
      expect(missing.body).toEqual(
        failure(400, "BadRequest", "token is required for TokenReview in authentication"),
      );
    },
  },
  {
    name: "can be checked by others, with the keys that the server publishes",
    async run(world) {
      const issuer = await issuerOf(world);
      const { request } = await account(world);
      const reader = world.holding(tokenIn(await request()));
      const about = await reader("GET /.well-known/openid-configuration");
      expect(about.headers["content-type"]).toBe("application/json");
      expect(about.headers["cache-control"]).toBe("public, max-age=3600");
      expect(about.body).toEqual({
        issuer: issuer,
        jwks_uri: expect.stringMatching(/^https:.*\/openid\/v1\/jwks$/),
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [expect.stringMatching(/^[ER]S256$/)],
      });
      const keys = await reader("GET /openid/v1/jwks");
      expect(keys.headers["content-type"]).toBe("application/jwk-set+json");
      expect(keys.body).toMatchObject({ keys: [{ use: "sig", kid: expect.any(String) }] });
    },
  },
];
