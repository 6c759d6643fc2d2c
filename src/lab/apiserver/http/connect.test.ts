/** What admission is asked about, and what it answers, is that of a kube-apiserver 1.34.4. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";

type Fields = Readonly<Record<string, unknown>>;

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const EVERYTHING = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CONNECT"], resources: ["*/*"] }];

let server: TestServer;
const asked: Fields[] = [];

function call(path: string, method: string, body?: object) {
  const access = accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]);
  const headers = { "content-type": "application/json" };
  return sendCall(server.http.url, access, path, {
    method,
    ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
  });
}

beforeAll(async () => {
  server = await startTestServer();
  server.server.openOutside(async ({ body }) => {
    const { apiVersion, kind, request } = JSON.parse(body);
    asked.push(request);
    const allowed = request.object.container !== "hooked";
    const response = { uid: request.uid, allowed, status: { message: "no" } };
    return {
      kind: "reply",
      code: 200,
      contentType: "application/json",
      text: JSON.stringify({ apiVersion, kind, response }),
    };
  });
  const hook = {
    name: "v.test.io",
    clientConfig: { url: "https://example.com/v" },
    rules: EVERYTHING,
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  };
  await call(`${GROUP}/validatingwebhookconfigurations`, "POST", {
    metadata: { name: "v" },
    webhooks: [hook],
  });
  const validation = {
    expression: "!has(object.container) || object.container != 'denied'",
    messageExpression:
      "request.operation + ' ' + object.kind + ' ' + request.subResource + ' ' + request.name + ' ' + string(request.options == null)",
  };
  await call(`${GROUP}/validatingadmissionpolicies`, "POST", {
    metadata: { name: "p" },
    spec: { matchConstraints: { resourceRules: EVERYTHING }, validations: [validation] },
  });
  await call(`${GROUP}/validatingadmissionpolicybindings`, "POST", {
    metadata: { name: "p" },
    spec: { policyName: "p", validationActions: ["Deny"] },
  });
  await call("/api/v1/namespaces/default/pods", "POST", {
    metadata: { name: "p" },
    spec: { containers: [{ name: "m", image: "x" }] },
  });
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => server.close());

test.each([
  {
    path: "pods/p/exec?command=ls&command=-l&stdout=true&tty=false&container=m",
    object: { kind: "PodExecOptions", stdout: true, container: "m", command: ["ls", "-l"] },
  },
  { path: "pods/p/exec?tty=odd", object: { kind: "PodExecOptions", tty: true, command: null } },
  {
    path: "pods/p/attach?stdin=true&stderr=1",
    object: { kind: "PodAttachOptions", stdin: true, stderr: true },
  },
  {
    path: "pods/p/portforward?ports=80&ports=81",
    object: { kind: "PodPortForwardOptions", ports: [80, 81] },
  },
  { path: "pods/p/proxy", object: { kind: "PodProxyOptions" } },
  { path: "pods/p/proxy/a/b?x=y", object: { kind: "PodProxyOptions", path: "/a/b" } },
  { path: "services/s/proxy/z/", object: { kind: "ServiceProxyOptions", path: "/z/" } },
])("a webhook is asked about POST $path", async ({ path, object }) => {
  const reply = await call(`/api/v1/namespaces/default/${path}`, "POST");
  const [resource = "", name, rest = ""] = path.split("/");
  const subResource = rest.replace(/\?.*/, "");
  const kind = { group: "", version: "v1", kind: object.kind };
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    kind,
    resource: { group: "", version: "v1", resource },
    subResource,
    requestKind: kind,
    name,
    namespace: "default",
    operation: "CONNECT",
    oldObject: null,
    dryRun: false,
    options: null,
  });
  expect(asked[0]?.object).toEqual({ apiVersion: "v1", ...object });
  // Nothing runs that could be reached.
  expect(reply.code).toBeGreaterThanOrEqual(400);
});

test.each([
  {
    name: "a policy",
    path: "pods/p/exec?container=denied",
    code: 422,
    message:
      "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: CONNECT PodExecOptions exec p true",
  },
  {
    name: "a webhook",
    path: "pods/p/attach?container=hooked",
    code: 400,
    message: 'admission webhook "v.test.io" denied the request: no',
  },
  {
    name: "a policy, before anybody looks for the pod",
    path: "pods/nope/exec?container=denied",
    code: 422,
    message:
      "pods \"nope\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: CONNECT PodExecOptions exec nope true",
  },
])("$name refuses", async ({ path, code, message }) => {
  const reply = await call(`/api/v1/namespaces/default/${path}`, "POST");
  expect([reply.code, (reply.json() as Fields).message]).toEqual([code, message]);
});

test("logs are read, and nobody is asked", async () => {
  await call("/api/v1/namespaces/default/pods/p/log", "GET");
  expect(asked).toEqual([]);
});
