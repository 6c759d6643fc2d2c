import { JSON_BODY, MAP, MAPS, type WireRequest } from "./wire-request.ts";

/** So many bytes and more are compressed for whoever asks for it. */
const LIMIT = 128 * 1024;
const HEAD = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"new","namespace":"';

function map(dataBytes: number): string {
  return `{"metadata":{"name":"new"},"data":{"k":"${"x".repeat(dataBytes)}"}}`;
}

const large = map(LIMIT);
const small = map(LIMIT - 10 * HEAD.length);

function taking(encoding: string, line: string, headers: Readonly<Record<string, string>> = {}): WireRequest {
  return { line, headers: { "accept-encoding": encoding, ...headers }, headOnly: true };
}

function made(body: string, encoding: string, headers: Readonly<Record<string, string>> = {}): WireRequest {
  return { ...taking(encoding, `POST ${MAPS}?dryRun=All`, { ...JSON_BODY, ...headers }), body };
}

/** How the head of something begins that gzip has made. */
const PACKED = "\u001f\u008b\u0008";

/** What is compressed on the way to a client; nothing is unpacked that comes from one. */
export const gzipRequests: readonly WireRequest[] = [
  ...["gzip", "gzip, deflate, br", "deflate,gzip", " gzip ", "deflate, gzip;q=1.0", "gzip;q=0"].map(
    (encoding) => made(large, encoding),
  ),
  ...["GZIP", "x-gzip", "identity", "*", "br", ""].map((encoding) => made(large, encoding)),
  made(small, "gzip"),
  made(large, "gzip", { accept: "application/yaml" }),
  made(large, "gzip", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }),
  made(`${large}x`, "gzip"),
  ...["/api/v1", "/apis", "/openapi/v2", "/openapi/v3/api/v1", "/metrics", "/version", "/healthz"].map(
    (path) => taking("gzip", `GET ${path}`),
  ),
  taking("identity", "GET /openapi/v2"),
  taking("gzip", `GET ${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=0`),
  ...["gzip", "br"].map((encoding) => ({
    line: `POST ${MAPS}?dryRun=All`,
    headers: { ...JSON_BODY, "content-encoding": encoding },
    body: '{"metadata":{"name":"new"}}',
  })),
  ...["application/json", "application/yaml"].map((type) => ({
    line: `POST ${MAPS}?dryRun=All`,
    headers: { "content-type": type, "content-encoding": "gzip" },
    body: PACKED,
  })),
  {
    line: `PATCH ${MAP}?dryRun=All`,
    headers: { "content-type": "application/merge-patch+json", "content-encoding": "gzip" },
    body: PACKED,
  },
];
