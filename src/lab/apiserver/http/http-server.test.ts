import { type ClientHttp2Session, connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Call, sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import type { ClusterAccess } from "../../../client/http/cluster-access.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";
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

/** One request to the server of these tests. */
const call = (path: string, options?: Call) => sendCall(cluster.http.url, access, path, options);

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

  test("output of a pod that runs nowhere", async () => {
    cluster.api.create(
      { ...configMaps, kind: "Pod", plural: "pods" } as never,
      {
        metadata: { name: "cart", namespace: "default" },
        spec: { containers: [{ name: "main", image: "a:1" }] },
      } as never,
    );
    const reply = await call("/api/v1/namespaces/default/pods/cart/log");
    expect(reply.code).toBe(204);
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
