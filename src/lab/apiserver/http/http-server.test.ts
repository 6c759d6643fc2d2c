import { type ClientHttp2Session, connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import { accessFrom, type ClusterAccess, parseKubeconfig } from "../../../client/http/kubeconfig.ts";
import { configMaps } from "../../../kube/kinds.ts";
import { CertificateAuthority } from "./certificates.ts";
import { BODY_BYTES_MAX } from "./limited-body.ts";

let cluster: TestServer;
let access: ClusterAccess;
beforeAll(async () => {
  cluster = await startTestServer();
  access = accessFrom([parseKubeconfig(cluster.http.kubeconfig, "kubeconfig")]);
  for (const name of ["a", "b"]) {
    cluster.api.create(configMaps, {
      metadata: { name, namespace: "default", labels: { test: "http" } },
      data: { k: name },
    });
  }
});
afterAll(() => cluster.close());

interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  json(): Record<string, never>;
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Credentials other than the administrator's token. */
  readonly as?: { readonly token?: string; readonly cert?: string; readonly key?: string };
}

/** One HTTP/1.1 request on a connection of its own. */
function call(
  path: string,
  { method = "GET", headers = {}, body, as = { token: access.user.token ?? "" } }: Call = {},
) {
  const authorization = as.token === undefined ? {} : { authorization: `Bearer ${as.token}` };
  const tls = { ca: access.certificateAuthority, cert: as.cert, key: as.key };
  return new Promise<Reply>((resolve, reject) => {
    const outgoing = httpsRequest(`${cluster.http.url}${path}`, {
      method,
      headers: { "user-agent": "test/1", ...authorization, ...headers },
      agent: false,
      ...tls,
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (message) => {
      const parts: Buffer[] = [];
      for await (const part of message) parts.push(part);
      const bytes = Buffer.concat(parts);
      const { statusCode: code = 0, headers: received } = message;
      resolve({ code, headers: received, bytes, json: () => JSON.parse(bytes.toString()) });
    });
    outgoing.end(body);
  });
}

const MAPS = "/api/v1/namespaces/default/configmaps";
const JSON_BODY = { "content-type": "application/json" };

describe("who may come in", () => {
  test("somebody without credentials sees health and version, and nothing else", async () => {
    const nobody = { as: {} };
    expect((await call("/readyz", nobody)).bytes.toString()).toBe("ok");
    expect((await call("/version", nobody)).json()).toMatchObject({ gitVersion: "v1.34.4" });
    const refused = await call(MAPS, nobody);
    expect(refused.code).toBe(403);
    expect(refused.json()).toMatchObject({
      reason: "Forbidden",
      message:
        'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
      details: { kind: "configmaps" },
    });
    expect((await call("/nope", nobody)).json()).toMatchObject({
      message: 'forbidden: User "system:anonymous" cannot get path "/nope"',
    });
  });

  test("a token that nobody has is refused", async () => {
    const refused = await call(MAPS, { as: { token: "guessed" } });
    expect(refused.code).toBe(401);
    expect(refused.json()).toMatchObject({ reason: "Unauthorized", message: "Unauthorized" });
  });

  test("the kubeconfig's certificate is enough", async () => {
    const { clientCertificate: cert = "", clientKey: key = "" } = access.user;
    const review = await call("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      method: "POST",
      headers: JSON_BODY,
      body: "{}",
      as: { cert, key },
    });
    expect(review.code).toBe(201);
    expect(review.json()).toMatchObject({
      status: {
        userInfo: { username: "holdfast-admin", groups: ["system:masters", "system:authenticated"] },
      },
    });
  });

  test("a certificate of another authority is refused", async () => {
    const other = new CertificateAuthority("holdfast-lab-ca", Date.now());
    const { certificate: cert, privateKey: key } = other.issue({ commonName: "admin", usage: "client" });
    expect((await call(MAPS, { as: { cert, key } })).code).toBe(401);
  });

  test("the server proves itself by the kubeconfig's authority alone", async () => {
    const trusting = new Promise((_resolve, reject) => {
      httpsRequest(`${cluster.http.url}/readyz`, { agent: false }).on("error", reject).end();
    });
    await expect(trusting).rejects.toThrow(/self.signed|unable to (get|verify)/);
  });
});

describe("what is not served", () => {
  test.each([
    { name: "a path outside of the API", path: "/nope", code: 404, text: "404 page not found\n" },
    { name: "a group", path: "/apis/nope", code: 404, text: "404 page not found\n" },
    { name: "a kind of a group", path: "/apis/nope/v1/widgets", code: 404, text: "404 page not found\n" },
  ])("$name", async ({ path, code, text }) => {
    const reply = await call(path);
    expect([reply.code, reply.bytes.toString()]).toEqual([code, text]);
  });

  const NO_RESOURCE = "the server could not find the requested resource";
  const NO_METHOD = "the server does not allow this method on the requested resource";
  test.each([
    { name: "a version", line: "GET /apis/apps/v2", message: NO_RESOURCE },
    { name: "a kind", line: "GET /api/v1/widgets", message: NO_RESOURCE },
    {
      name: "a kind in a namespace that has none",
      line: "GET /api/v1/namespaces/default/nodes",
      message: NO_RESOURCE,
    },
    { name: "a name without its namespace", line: "GET /api/v1/configmaps/a", message: NO_RESOURCE },
    { name: "a subresource", line: `GET ${MAPS}/a/scale`, message: NO_RESOURCE },
    { name: "creating under a name", line: `POST ${MAPS}/a`, message: NO_METHOD },
    { name: "creating in every namespace", line: "POST /api/v1/configmaps", message: NO_METHOD },
    { name: "deleting in every namespace", line: "DELETE /api/v1/configmaps", message: NO_METHOD },
    { name: "replacing a collection", line: `PUT ${MAPS}`, message: NO_METHOD },
    {
      name: "reading what can only be asked",
      line: "GET /apis/authentication.k8s.io/v1/tokenreviews",
      message: NO_METHOD,
    },
    { name: "a strange method", line: `OPTIONS ${MAPS}`, message: NO_METHOD },
  ])("$name", async ({ line, message }) => {
    const [method = "", path = ""] = line.split(" ");
    const reply = await call(path, { method });
    expect(reply.json()).toMatchObject({
      kind: "Status",
      status: "Failure",
      message,
      details: {},
      code: reply.code,
    });
    expect(reply.code).toBe(message === NO_METHOD ? 405 : 404);
  });

  test("output of processes, as none run", async () => {
    cluster.api.create(
      { ...configMaps, kind: "Pod", plural: "pods" } as never,
      {
        metadata: { name: "cart", namespace: "default" },
        spec: { containers: [{ name: "main", image: "a:1" }] },
      } as never,
    );
    const reply = await call("/api/v1/namespaces/default/pods/cart/log");
    expect(reply.code).toBe(400);
    expect(reply.json()).toMatchObject({ message: expect.stringContaining("no process runs in them") });
    expect((await call("/api/v1/namespaces/default/pods/nope/log")).code).toBe(404);
  });
});

describe("forms", () => {
  test("JSON is compact for programs and indented for people", async () => {
    expect((await call(`${MAPS}/a`)).bytes.toString()).not.toContain("\n ");
    const forPeople = await call(`${MAPS}/a`, { headers: { "user-agent": "curl/8" } });
    expect(forPeople.bytes.toString()).toContain('\n  "metadata"');
  });

  test("a list says its items' kind once", async () => {
    const list = (await call(`${MAPS}?labelSelector=test%3Dhttp`)).json();
    expect(list).toMatchObject({
      kind: "ConfigMapList",
      apiVersion: "v1",
      items: [{ data: { k: "a" } }, { data: { k: "b" } }],
    });
    expect(list.items?.[0]).not.toHaveProperty("kind");
  });

  test("YAML goes in and out", async () => {
    const headers = { "content-type": "application/yaml", accept: "application/yaml" };
    const reply = await call(`${MAPS}?dryRun=All`, {
      method: "POST",
      headers,
      body: "metadata: {name: yaml}\ndata: {k: v}\n",
    });
    expect(reply.headers["content-type"]).toBe("application/yaml");
    expect(parse(reply.bytes.toString())).toMatchObject({
      kind: "ConfigMap",
      metadata: { name: "yaml" },
      data: { k: "v" },
    });
  });

  test("a Table has a row for each object, with its metadata", async () => {
    const headers = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
    expect((await call(`${MAPS}?labelSelector=test%3Dhttp`, { headers })).json()).toMatchObject({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      columnDefinitions: [{ name: "Name", format: "name" }, { name: "Data" }, { name: "Age" }],
      rows: [
        {
          cells: ["a", 1, expect.any(String)],
          object: { kind: "PartialObjectMetadata", metadata: { name: "a" } },
        },
        { cells: ["b", 1, expect.any(String)] },
      ],
    });
  });

  test("metadata alone may be asked for", async () => {
    const headers = { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" };
    const list = (await call(`${MAPS}?labelSelector=test%3Dhttp`, { headers })).json();
    expect(list).toMatchObject({
      kind: "PartialObjectMetadataList",
      items: [{ kind: "PartialObjectMetadata" }, {}],
    });
    expect(list.items?.[0]).not.toHaveProperty("data");
  });

  test("a form that cannot be had is refused in one that can", async () => {
    const reply = await call(MAPS, { headers: { accept: "application/vnd.kubernetes.protobuf" } });
    expect(reply.code).toBe(406);
    expect(reply.json()).toMatchObject({ reason: "NotAcceptable" });
  });

  test("large answers are compressed for those who take that, small ones are not", async () => {
    const data = { k: "x".repeat(200_000) };
    cluster.api.create(configMaps, { metadata: { name: "large", namespace: "default" }, data });
    const headers = { "accept-encoding": "gzip" };
    const large = await call(`${MAPS}/large`, { headers });
    expect(large.headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(gunzipSync(large.bytes).toString())).toMatchObject({ data });
    expect((await call(`${MAPS}/a`, { headers })).headers["content-encoding"]).toBeUndefined();
    expect((await call(`${MAPS}/large`)).headers["content-encoding"]).toBeUndefined();
  });
});

describe("bodies", () => {
  test("fields given twice are warned of", async () => {
    const body = '{"metadata":{"name":"w"},"data":{"a":"1"},"data":{"b":"2"}}';
    const reply = await call(`${MAPS}?dryRun=All`, { method: "POST", headers: JSON_BODY, body });
    expect(reply.code).toBe(201);
    expect(reply.headers.warning).toContain('299 - "duplicate field \\"data\\""');
  });

  test("a body in a language unknown is refused", async () => {
    const headers = { "content-type": "application/cbor" };
    const reply = await call(MAPS, { method: "POST", headers, body: "x" });
    expect(reply.json()).toMatchObject({ reason: "UnsupportedMediaType", code: 415 });
  });

  test("a patch without its type is refused", async () => {
    const reply = await call(`${MAPS}/a`, { method: "PATCH", headers: JSON_BODY, body: "{}" });
    expect(reply.json()).toMatchObject({ code: 415, message: "415: Unsupported Media Type" });
  });

  test("a body above the limit is refused, and the connection lives to say so", async () => {
    const body = " ".repeat(BODY_BYTES_MAX + 1);
    const reply = await call(MAPS, { method: "POST", headers: JSON_BODY, body });
    expect(reply.json()).toMatchObject({
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 3145728",
      code: 413,
    });
  });
});

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
    expect(text).toBe(
      '[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\nwarn: some health checks cannot be excluded: no matches for "nope"\nlivez check passed\n',
    );
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

describe("HTTP/2", () => {
  let session: ClientHttp2Session;
  beforeAll(() => {
    session = connect(cluster.http.url, { ca: access.certificateAuthority ?? "" });
  });
  afterAll(() => session.destroy());

  test("carries a watch whose lines come as things happen, with its columns told once", async () => {
    const stream = session.request({
      ":path": `${MAPS}?watch=true&labelSelector=watched`,
      authorization: `Bearer ${access.user.token}`,
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
    });
    const lines: { type: string; object: { columnDefinitions: unknown; rows: { cells: string[] }[] } }[] = [];
    let rest = "";
    stream.on("data", (part: Buffer) => {
      const texts = (rest + part).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) lines.push(JSON.parse(text));
      if (lines.length === 2) stream.close();
    });
    await new Promise((resolve) => stream.on("response", resolve));
    for (const name of ["w1", "w2"]) {
      cluster.api.create(configMaps, { metadata: { name, namespace: "default", labels: { watched: "" } } });
    }
    await new Promise((resolve) => stream.on("close", resolve));
    expect(lines.map(({ type, object }) => `${type} ${object.rows[0]?.cells[0]}`)).toEqual([
      "ADDED w1",
      "ADDED w2",
    ]);
    expect(lines.map(({ object }) => object.columnDefinitions === null)).toEqual([false, true]);
  });
});

test("while the server is down connections break, and the lab's own endpoints answer", async () => {
  cluster.server.setUp(false);
  try {
    await expect(call("/readyz")).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await call("/holdfast.dev/lab")).json()).toMatchObject({ nodes: [] });
  } finally {
    cluster.server.setUp(true);
  }
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

  test("is refused to those who take protobuf only, so that they ask for something else", async () => {
    const headers = { accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf" };
    expect((await call("/openapi/v2", { headers })).code).toBe(406);
    expect((await call("/openapi/v2")).json()).toMatchObject({ swagger: "2.0" });
  });
});
