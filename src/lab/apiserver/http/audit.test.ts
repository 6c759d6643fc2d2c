/** Events are those that a kube-apiserver 1.34.4 wrote of the same requests by the policy "level: Metadata". */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Call, sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import type { ClusterAccess } from "../../../client/http/cluster-access.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";

let server: TestServer;
let access: ClusterAccess;
const lines: string[] = [];

beforeAll(async () => {
  server = await startTestServer({ audit: (line) => lines.push(line) });
  access = accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]);
});
beforeEach(() => {
  lines.length = 0;
});
afterAll(() => server.close());

const call = (path: string, more?: Call) => sendCall(server.http.url, access, path, more);
const admin = { username: "holdfast-admin", groups: ["system:masters", "system:authenticated"] };
const JSON_BODY = { "content-type": "application/json" };

/** What a request left in the log: the last byte has left a moment before the last line is written. */
async function logged(count: number): Promise<Record<string, unknown>[]> {
  await expect.poll(() => lines.length).toBe(count);
  return lines.map((line) => JSON.parse(line));
}

test("a request is logged when it has come and when it is answered", async () => {
  await call("/api/v1/namespaces/default/pods/nope?a=b&c=d");
  const [received, complete] = await logged(2);
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const common = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    requestURI: "/api/v1/namespaces/default/pods/nope?a=b&c=d",
    verb: "get",
    user: admin,
    sourceIPs: ["127.0.0.1"],
    userAgent: "test/1",
    objectRef: { resource: "pods", namespace: "default", name: "nope", apiVersion: "v1" },
    requestReceivedTimestamp: moment,
    stageTimestamp: moment,
  };
  expect(received).toEqual({ ...common, stage: "RequestReceived" });
  expect(complete).toEqual({
    ...common,
    stage: "ResponseComplete",
    responseStatus: {
      metadata: {},
      status: "Failure",
      message: 'pods "nope" not found',
      reason: "NotFound",
      details: { name: "nope", kind: "pods" },
      code: 404,
    },
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
  });
  expect(lines[0]).toContain("a=b\\u0026c=d");
});

test("somebody who showed nothing good is nobody, and is answered only", async () => {
  await call("/api/v1/nodes", { as: { token: "wrong" } });
  const [only] = await logged(1);
  expect(only).toMatchObject({
    stage: "ResponseStarted",
    verb: "list",
    user: {},
    responseStatus: { message: "Unauthorized", code: 401 },
  });
  expect(only).not.toHaveProperty("annotations");
});

test("a refusal says so, and an allowance why", async () => {
  await call("/nope", { as: {} });
  await call("/healthz", { as: {} });
  const [, refused, , allowed] = await logged(4);
  expect(refused).toMatchObject({
    user: { username: "system:anonymous", groups: ["system:unauthenticated"] },
    responseStatus: { code: 403, details: {} },
    annotations: { "authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": "" },
  });
  expect(refused).not.toHaveProperty("objectRef");
  expect(allowed).toMatchObject({
    responseStatus: { metadata: {}, code: 200 },
    annotations: {
      "authorization.k8s.io/reason":
        'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"',
    },
  });
});

test("a watch is logged when it begins as well", async () => {
  await call("/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1");
  const events = await logged(3);
  expect(events.map(({ stage }) => stage)).toEqual([
    "RequestReceived",
    "ResponseStarted",
    "ResponseComplete",
  ]);
  expect(events[1]).toMatchObject({ verb: "watch", responseStatus: { metadata: {}, code: 200 } });
});

test("both are named, who asks and whom they act as", async () => {
  await call("/", { headers: { "impersonate-user": "alice" } });
  const [received, complete] = await logged(2);
  expect(received).not.toHaveProperty("impersonatedUser");
  expect(complete).toMatchObject({
    user: admin,
    impersonatedUser: { username: "alice", groups: ["system:authenticated"] },
    responseStatus: { message: 'forbidden: User "alice" cannot get path "/"' },
  });
});

test.each([
  { name: "named", metadata: { name: "one" }, ref: { name: "one" } },
  { name: "without a name", metadata: { generateName: "some-" }, ref: {} },
])("an object that came $name is logged so", async ({ metadata, ref }) => {
  const path = "/api/v1/namespaces/default/configmaps";
  await call(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify({ metadata }) });
  const [received, complete] = await logged(2);
  const object = { resource: "configmaps", namespace: "default", apiVersion: "v1" };
  expect(received?.objectRef).toEqual(object);
  expect(complete?.objectRef).toEqual({ ...object, ...ref });
  expect(complete?.responseStatus).toEqual({ metadata: {}, code: 201 });
});

test("admission notes what policies and pod security have to say", async () => {
  const body = (object: object): Call => ({
    method: "POST",
    headers: JSON_BODY,
    body: JSON.stringify(object),
  });
  const group = "/apis/admissionregistration.k8s.io/v1";
  await call(
    "/api/v1/namespaces",
    body({ metadata: { name: "noted", labels: { "pod-security.kubernetes.io/audit": "baseline" } } }),
  );
  const resourceRules = [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] },
  ];
  await call(
    `${group}/validatingadmissionpolicies`,
    body({
      metadata: { name: "p" },
      spec: {
        matchConstraints: { resourceRules },
        validations: [{ expression: "true" }, { expression: "object.data.a == 'x'", message: "a <b>" }],
        auditAnnotations: [
          { key: "one", valueExpression: "'got ' + object.metadata.name" },
          { key: "two", valueExpression: "null" },
          { key: "three", valueExpression: "' '" },
        ],
      },
    }),
  );
  for (const name of ["b1", "b2"]) {
    const spec = { policyName: "p", validationActions: ["Audit"] };
    await call(`${group}/validatingadmissionpolicybindings`, body({ metadata: { name }, spec }));
  }
  const privileged = { name: "m", image: "x", securityContext: { privileged: true } };
  await expect.poll(() => lines.length).toBe(8);
  lines.length = 0;
  await call("/api/v1/namespaces/noted/configmaps", body({ metadata: { name: "c" }, data: { a: "y" } }));
  await call(
    "/api/v1/namespaces/noted/pods",
    body({ metadata: { name: "q" }, spec: { containers: [privileged] } }),
  );
  const events = await logged(4);
  const notes = events.filter(({ stage }) => stage === "ResponseComplete").map((event) => event.annotations);
  const decided = { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" };
  expect(notes).toEqual([
    {
      ...decided,
      "p/one": "got c",
      "validation.policy.admission.k8s.io/validation_failure":
        '[{"message":"a \\u003cb\\u003e","policy":"p","binding":"b1","expressionIndex":1,"validationActions":["Audit"]}]',
    },
    {
      ...decided,
      "pod-security.kubernetes.io/audit-violations":
        'would violate PodSecurity "baseline:latest": privileged (container "m" must not set securityContext.privileged=true)',
      "pod-security.kubernetes.io/enforce-policy": "privileged:latest",
    },
  ]);
});

test("admission notes what webhooks changed, and which of them were passed over", async () => {
  const patch = btoa(JSON.stringify([{ op: "add", path: "/data", value: { seen: "eWVz" } }]));
  server.server.openOutside(async ({ url, body }) => {
    if (url.includes("lax")) return { kind: "failure", why: "connect: connection refused" };
    const { apiVersion, kind, request } = JSON.parse(body);
    const change = url.includes("change") ? { patch, patchType: "JSONPatch" } : {};
    const response = { uid: request.uid, allowed: true, ...change };
    const text = JSON.stringify({ apiVersion, kind, response });
    return { kind: "reply", code: 200, contentType: "application/json", text };
  });
  const hook = (name: string) => ({
    name: `${name}.test.io`,
    clientConfig: { url: `https://example.com/${name}` },
    rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["secrets"] }],
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    failurePolicy: name === "lax" ? "Ignore" : "Fail",
    reinvocationPolicy: "IfNeeded",
  });
  const group = "/apis/admissionregistration.k8s.io/v1";
  const send = (path: string, object: object) =>
    call(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify(object) });
  const webhooks = ["same", "lax", "change"].map(hook);
  await send(`${group}/mutatingwebhookconfigurations`, { metadata: { name: "m" }, webhooks });
  const asked = [hook("same"), hook("lax")].map(({ reinvocationPolicy: _, ...each }) => each);
  await send(`${group}/validatingwebhookconfigurations`, { metadata: { name: "v" }, webhooks: asked });
  await expect.poll(() => lines.length).toBe(4);
  lines.length = 0;
  await send("/api/v1/namespaces/default/secrets", { metadata: { name: "hooked" } });
  const [, complete] = await logged(2);
  const mutation = (webhook: string, mutated: boolean) =>
    `{"configuration":"m","webhook":"${webhook}.test.io","mutated":${mutated}}`;
  expect(complete?.annotations).toEqual({
    "authorization.k8s.io/decision": "allow",
    "authorization.k8s.io/reason": "",
    "failed-open.mutation.webhook.admission.k8s.io/round_0_index_1": "lax.test.io",
    "failed-open.mutation.webhook.admission.k8s.io/round_1_index_1": "lax.test.io",
    "failed-open.validating.webhook.admission.k8s.io/round_0_index_1": "lax.test.io",
    "mutation.webhook.admission.k8s.io/round_0_index_0": mutation("same", false),
    "mutation.webhook.admission.k8s.io/round_0_index_1": mutation("lax", false),
    "mutation.webhook.admission.k8s.io/round_0_index_2": mutation("change", true),
    "mutation.webhook.admission.k8s.io/round_1_index_0": mutation("same", false),
    "mutation.webhook.admission.k8s.io/round_1_index_1": mutation("lax", false),
  });
});
