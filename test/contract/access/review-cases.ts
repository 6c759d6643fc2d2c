import { expect } from "vitest";
import type { AccessCase, AccessWorld } from "./access-contract.ts";
import { failure } from "./door.ts";

const ACCESS = "/apis/authorization.k8s.io/v1";
const GROUP = "authorization.k8s.io";
const PODS = { verb: "get", resource: "pods", namespace: "default" };
const NODE = { user: "system:node:nope", groups: ["system:nodes"] };

const EXACTLY_ONE = {
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
  field: "spec.resourceAttributes",
};
const NO_SUBJECT = {
  reason: "FieldValueInvalid",
  message: 'Invalid value: "": at least one of user or group must be specified',
  field: "spec.user",
};

/** The paths that everybody sees who is somebody, and those that everybody sees. */
const DISCOVERY = [
  "/api",
  "/api/*",
  "/apis",
  "/apis/*",
  "/healthz",
  "/livez",
  "/openapi",
  "/openapi/*",
  "/readyz",
  "/version",
  "/version/",
];
const PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/** What SubjectAccessReviews are answered with. */
const ANSWERS: readonly { readonly name: string; readonly spec: object; readonly status: object }[] = [
  {
    name: "somebody without rights",
    spec: { user: "nobody-special", resourceAttributes: PODS },
    status: { allowed: false },
  },
  {
    name: "somebody whom rules do not hold back",
    spec: { user: "x", groups: ["system:masters"], resourceAttributes: PODS },
    status: { allowed: true },
  },
  {
    name: "a path that everybody sees",
    spec: {
      user: "x",
      groups: ["system:authenticated"],
      nonResourceAttributes: { verb: "get", path: "/api" },
    },
    status: {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    },
  },
  {
    name: "a controller",
    spec: {
      user: "system:serviceaccount:kube-system:generic-garbage-collector",
      resourceAttributes: { verb: "list", resource: "secrets" },
    },
    status: {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:controller:generic-garbage-collector" of ClusterRole "system:controller:generic-garbage-collector" to ServiceAccount "generic-garbage-collector/kube-system"',
    },
  },
  {
    name: "a node and a Secret that none of its pods uses",
    spec: {
      ...NODE,
      resourceAttributes: { verb: "get", resource: "secrets", namespace: "default", name: "x" },
    },
    status: { allowed: false, reason: "no relationship found between node 'nope' and this object" },
  },
  {
    name: "a node and everybody's pods",
    spec: { ...NODE, resourceAttributes: { verb: "list", resource: "pods" } },
    status: { allowed: false, reason: "can only list/watch pods with spec.nodeName field selector" },
  },
];

/** Questions that are none. */
const QUESTIONS: readonly { readonly spec: object; readonly causes: readonly object[] }[] = [
  { spec: { resourceAttributes: PODS }, causes: [NO_SUBJECT] },
  { spec: { user: "x" }, causes: [EXACTLY_ONE] },
  { spec: {}, causes: [EXACTLY_ONE, NO_SUBJECT] },
  {
    spec: { user: "x", resourceAttributes: PODS, nonResourceAttributes: { verb: "get", path: "/api" } },
    causes: [
      {
        reason: "FieldValueInvalid",
        message:
          'Invalid value: {"Path":"/api","Verb":"get"}: cannot be specified in combination with resourceAttributes',
        field: "spec.nonResourceAttributes",
      },
    ],
  },
];

export const reviewCases: readonly AccessCase[] = [
  ...ANSWERS.map(({ name, spec, status }) => ({
    name: `of ${name}`,
    async run({ admin }: AccessWorld) {
      const { code, body } = await admin(`POST ${ACCESS}/subjectaccessreviews`, { spec });
      expect(code).toBe(201);
      expect(body).toEqual({
        kind: "SubjectAccessReview",
        apiVersion: `${GROUP}/v1`,
        metadata: { managedFields: [expect.objectContaining({ operation: "Update" })] },
        spec,
        status,
      });
    },
  })),
  ...QUESTIONS.map(({ spec, causes }) => ({
    name: `of ${JSON.stringify(spec)}: no question`,
    async run({ admin }: AccessWorld) {
      const { body } = await admin(`POST ${ACCESS}/subjectaccessreviews`, { spec });
      expect(body).toMatchObject({ code: 422, reason: "Invalid", details: { group: GROUP, causes } });
      expect(body.message).toMatch(/^\.authorization\.k8s\.io "" is invalid: /);
    },
  })),
  {
    name: "of an object with a name: reviews have none",
    async run({ admin }) {
      const spec = { user: "x", resourceAttributes: PODS };
      const { body } = await admin(`POST ${ACCESS}/subjectaccessreviews`, { metadata: { name: "x" }, spec });
      expect(body.message).toMatch(
        /^\.authorization\.k8s\.io "" is invalid: metadata: Invalid value: .*: must be empty$/,
      );
    },
  },
  {
    name: "of oneself, which everybody may ask",
    async run({ as, name }) {
      const spec = { resourceAttributes: PODS };
      const { code, body } = await as(name)(`POST ${ACCESS}/selfsubjectaccessreviews`, { spec });
      expect(code).toBe(201);
      expect(body).toMatchObject({ spec, status: { allowed: false } });
    },
  },
  {
    name: "of others, which not everybody may ask",
    async run({ as, name }) {
      const { code, body } = await as(name)(`POST ${ACCESS}/subjectaccessreviews`, { spec: {} });
      expect(code).toBe(403);
      expect(body).toEqual(
        failure(
          403,
          "Forbidden",
          `subjectaccessreviews.authorization.k8s.io is forbidden: User "${name}" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope`,
          { group: GROUP, kind: "subjectaccessreviews" },
        ),
      );
    },
  },
  {
    name: "in a namespace",
    async run({ admin, namespace }) {
      const path = `${ACCESS}/namespaces/${namespace}/localsubjectaccessreviews`;
      const spec = (place: string) => ({ user: "x", resourceAttributes: { ...PODS, namespace: place } });
      const here = await admin(`POST ${path}`, { spec: spec(namespace) });
      expect(here.body).toMatchObject({ metadata: { namespace }, status: { allowed: false } });
      const elsewhere = await admin(`POST ${path}`, { spec: spec("elsewhere") });
      expect(elsewhere.body).toEqual(
        failure(
          422,
          "Invalid",
          '.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "elsewhere": must match metadata.namespace',
          {
            group: GROUP,
            causes: [
              {
                reason: "FieldValueInvalid",
                message: 'Invalid value: "elsewhere": must match metadata.namespace',
                field: "spec.resourceAttributes.namespace",
              },
            ],
          },
        ),
      );
      const paths = await admin(`POST ${path}`, {
        spec: { user: "x", nonResourceAttributes: { verb: "get", path: "/x" } },
      });
      expect(paths.body.message).toContain(
        'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: disallowed on this kind of request',
      );
    },
  },
  {
    name: "for a list of all that one may",
    async run({ as, name }) {
      const path = `POST ${ACCESS}/selfsubjectrulesreviews`;
      const { body } = await as(name)(path, { spec: { namespace: "default" } });
      const { resourceRules, nonResourceRules, ...rest } = body.status as Record<string, object[]>;
      expect({ ...body, status: rest }).toEqual({
        kind: "SelfSubjectRulesReview",
        apiVersion: `${GROUP}/v1`,
        metadata: {},
        spec: {},
        status: { incomplete: false },
      });
      // Bindings come in no order of their own.
      expect(new Set(resourceRules)).toEqual(
        new Set([
          {
            verbs: ["create"],
            apiGroups: [GROUP],
            resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
          },
          { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"] },
        ]),
      );
      expect(new Set(nonResourceRules)).toEqual(
        new Set([
          { verbs: ["get"], nonResourceURLs: DISCOVERY },
          { verbs: ["get"], nonResourceURLs: PUBLIC },
        ]),
      );
      expect((await as(name)(path, { spec: {} })).body).toEqual(
        failure(400, "BadRequest", "no namespace on request"),
      );
    },
  },
  ...["GET", "DELETE"].map((method) => ({
    name: `cannot be had by ${method}: nothing is kept`,
    async run({ admin }: AccessWorld) {
      const { body } = await admin(`${method} ${ACCESS}/subjectaccessreviews`);
      const why = "the server does not allow this method on the requested resource";
      expect(body).toEqual(failure(405, "MethodNotAllowed", why, {}));
      const one = await admin(`${method} ${ACCESS}/subjectaccessreviews/x`);
      const missing = "the server could not find the requested resource";
      expect(one.body).toEqual(failure(404, "NotFound", missing, {}));
    },
  })),
  {
    name: "with a field that there is not, where that is to be strict",
    async run({ admin }) {
      const { body } = await admin(`POST ${ACCESS}/subjectaccessreviews?fieldValidation=Strict`, {
        spec: { user: "x", bogus: 1, resourceAttributes: PODS },
      });
      expect(body).toEqual(
        failure(
          400,
          "BadRequest",
          'SubjectAccessReview in version "v1" cannot be handled as a SubjectAccessReview: strict decoding error: unknown field "spec.bogus"',
        ),
      );
    },
  },
];
