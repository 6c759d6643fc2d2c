import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import type { ClusterAccess } from "../../../client/http/cluster-access.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";
import { configMaps } from "../../../kube/kinds.ts";
import { encodeOpenApiV2 } from "../../../kube/protobuf/encode-openapi.ts";

let cluster: TestServer;
let access: ClusterAccess;
beforeAll(async () => {
  cluster = await startTestServer();
  access = accessFrom([parseKubeconfig(cluster.http.kubeconfig, "kubeconfig")]);
});
afterAll(() => cluster.close());

/** One request to the server of these tests. */
const call = (path: string, options?: Call) => sendCall(cluster.http.url, access, path, options);

const JSON_BODY = { "content-type": "application/json" };

describe("discovery", () => {
  test("tells kinds group by group", async () => {
    expect((await call("/api")).json()).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    const list = (await call("/apis/apps/v1")).json() as {
      readonly resources?: readonly { readonly name: string }[];
    };
    expect(list.resources?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["deployments", "deployments/scale"]),
    );
    expect(list.resources?.find(({ name }) => name === "daemonsets")).toMatchObject({
      singularName: "daemonset",
      namespaced: true,
      kind: "DaemonSet",
      shortNames: ["ds"],
      categories: ["all"],
      // As a real server computes it.
      storageVersionHash: "dd7pWHUlMKQ=",
    });
    expect(list.resources?.find(({ name }) => name === "deployments/scale")).toMatchObject({
      group: "autoscaling",
      version: "v1",
      kind: "Scale",
    });
  });

  test("tells everything at once to those who ask for that, and nothing twice", async () => {
    const headers = {
      accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
    };
    const reply = await call("/apis", { headers });
    expect(reply.headers["content-type"]).toBe(
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    );
    const autoscaling = (
      reply.json().items as unknown as {
        readonly metadata: { readonly name: string };
        readonly versions: readonly object[];
      }[]
    ).find(({ metadata }) => metadata.name === "autoscaling");
    expect(autoscaling?.versions).toMatchObject([{ version: "v2", freshness: "Current" }, { version: "v1" }]);
    const etag = String(reply.headers.etag);
    expect((await call("/apis", { headers: { ...headers, "if-none-match": etag } })).code).toBe(304);
  });

  test("tells of kinds that come while it runs", async () => {
    const widget = {
      ...configMaps,
      group: "example.com",
      kind: "Widget",
      plural: "widgets",
      singular: "widget",
      shortNames: [],
    };
    expect((await call("/apis/example.com")).code).toBe(404);
    cluster.server.kinds.add([widget], widget);
    expect((await call("/apis/example.com/v1")).json()).toMatchObject({ resources: [{ name: "widgets" }] });
    cluster.server.kinds.remove("example.com", "widgets");
    expect((await call("/apis/example.com")).code).toBe(404);
  });
});

describe("health", () => {
  test("is told check by check on request", async () => {
    const text = (await call("/livez?verbose&exclude=etcd&exclude=nope")).bytes.toString();
    const lines = text.split("\n");
    expect(lines.slice(0, 3)).toEqual(["[+]ping ok", "[+]log ok", "[+]etcd excluded: ok"]);
    expect(lines).toContain("[+]poststarthook/rbac/bootstrap-roles ok");
    expect(lines.slice(-3)).toEqual([
      'warn: some health checks cannot be excluded: no matches for "nope"',
      "livez check passed",
      "",
    ]);
    expect((await call("/livez/poststarthook/rbac/bootstrap-roles")).bytes.toString()).toBe("ok");
    expect((await call("/readyz/informer-sync")).bytes.toString()).toBe("ok");
    expect((await call("/readyz/nope")).code).toBe(404);
  });
});

describe("reviews", () => {
  const review = (path: string, body: object) =>
    call(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) });

  test("tell who may do what", async () => {
    const attributes = { resourceAttributes: { verb: "get", resource: "pods" } };
    const self = await review("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec: attributes });
    expect(self.code).toBe(201);
    expect(self.json()).toMatchObject({ kind: "SelfSubjectAccessReview", status: { allowed: true } });
    const other = await review("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: { user: "system:anonymous", ...attributes },
    });
    expect(other.json()).toMatchObject({ status: { allowed: false } });
    expect((await review("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec: {} })).code).toBe(
      422,
    );
  });

  test("tell whose a token is", async () => {
    const path = "/apis/authentication.k8s.io/v1/tokenreviews";
    expect((await review(path, { spec: { token: access.user.token } })).json()).toMatchObject({
      status: { authenticated: true, user: { username: "holdfast-admin" } },
    });
    expect((await review(path, { spec: { token: "guessed" } })).json()).toMatchObject({
      status: { user: {}, error: "invalid bearer token" },
    });
  });
});

describe("OpenAPI", () => {
  test("has a document for each group and version, found through an index", async () => {
    const index = (await call("/openapi/v3")).json() as unknown as {
      readonly paths: Record<string, { readonly serverRelativeURL: string }>;
    };
    const url = index.paths["apis/apps/v1"]?.serverRelativeURL ?? "";
    const reply = await call(url);
    expect(reply.json()).toMatchObject({
      openapi: "3.0.0",
      components: { schemas: { "io.k8s.api.apps.v1.Deployment": {} } },
    });
    expect((await call(url, { headers: { "if-none-match": String(reply.headers.etag) } })).code).toBe(304);
    expect((await call("/openapi/v3/apis/nope/v1")).code).toBe(404);
  });

  test("of version 2 is protobuf to those who ask for it, under the same name", async () => {
    const accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const reply = await call("/openapi/v2", { headers: { accept } });
    expect(reply.code).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    const plain = await call("/openapi/v2");
    expect(plain.json()).toMatchObject({ swagger: "2.0" });
    expect(reply.headers.etag).toBe(plain.headers.etag);
    expect(reply.bytes).toEqual(Buffer.from(encodeOpenApiV2(plain.json())));
    const known = { accept, "if-none-match": String(reply.headers.etag) };
    expect((await call("/openapi/v2", { headers: known })).code).toBe(304);
    const preferred = { accept: `application/json;q=0.5,${accept}` };
    expect((await call("/openapi/v2", { headers: preferred })).headers["content-type"]).toMatch(/protobuf$/);
    const versioned = { accept: "application/com.github.proto-openapi.spec.v3@v1.0+protobuf" };
    expect((await call("/openapi/v3/api/v1", { headers: versioned })).code).toBe(406);
  });
});
