import { describe, expect, test } from "vitest";
import { requestInfo } from "./request-info.ts";
import { readRequestLine } from "./request-line.ts";

const read = (method: string, target: string) => {
  const { path = "", query = new URLSearchParams() } = readRequestLine(target) ?? {};
  return requestInfo(method, path, query);
};

describe("requests for resources", () => {
  test.each([
    { name: "lists of every namespace", line: "GET /api/v1/pods", info: { verb: "list", resource: "pods" } },
    {
      name: "lists of one namespace",
      line: "GET /apis/apps/v1/namespaces/shop/deployments",
      info: { verb: "list", group: "apps", version: "v1", resource: "deployments", namespace: "shop" },
    },
    { name: "watches", line: "GET /api/v1/pods?watch=true", info: { verb: "watch", resource: "pods" } },
    { name: "watches refused", line: "GET /api/v1/pods?watch=false", info: { verb: "list" } },
    {
      name: "watches by the old prefix",
      line: "GET /api/v1/watch/namespaces/shop/pods/cart",
      info: { verb: "watch", resource: "pods", namespace: "shop", name: "cart" },
    },
    {
      name: "an object in a namespace",
      line: "GET /api/v1/namespaces/shop/pods/cart",
      info: { verb: "get", resource: "pods", namespace: "shop", name: "cart" },
    },
    {
      name: "a namespace itself",
      line: "DELETE /api/v1/namespaces/shop",
      info: { verb: "delete", resource: "namespaces", name: "shop" },
    },
    {
      name: "a namespace's own subresource",
      line: "PUT /api/v1/namespaces/shop/finalize",
      info: { verb: "update", resource: "namespaces", name: "shop", subresource: "finalize" },
    },
    {
      name: "a subresource",
      line: "PATCH /apis/apps/v1/namespaces/shop/deployments/cart/scale",
      info: { verb: "patch", namespace: "shop", name: "cart", subresource: "scale" },
    },
    {
      name: "what follows a proxy",
      line: "GET /api/v1/nodes/node-1/proxy/stats/summary",
      info: { name: "node-1", subresource: "proxy", rest: ["stats", "summary"] },
    },
    {
      name: "a collection's deletion",
      line: "DELETE /api/v1/namespaces/shop/pods",
      info: { verb: "deletecollection", resource: "pods", namespace: "shop" },
    },
    {
      name: "names that need escaping",
      line: "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
      info: { resource: "clusterroles", name: "system:node" },
    },
    {
      name: "slashes that need escaping are slashes",
      line: "GET /api/v1/namespaces/shop/pods/cart%2Fstatus",
      info: { resource: "pods", name: "cart", subresource: "status" },
    },
    {
      name: "an empty namespace is every namespace",
      line: "GET /api/v1/namespaces//pods",
      info: { verb: "list", resource: "pods" },
    },
    {
      name: "an empty resource is none",
      line: "GET /api/v1//pods",
      info: { verb: "get", resource: "", name: "pods" },
    },
  ])("$name", ({ line, info }) => {
    const [method = "", target = ""] = line.split(" ");
    expect(read(method, target)).toMatchObject({ type: "resource", ...info });
  });

  test("a cluster-wide object has no namespace", () => {
    expect(read("GET", "/api/v1/nodes/node-1")).not.toHaveProperty("namespace");
  });
});

test.each([
  "/",
  "/api",
  "/api/v1",
  "/apis",
  "/apis/apps",
  "/apis/apps/v1/",
  "/healthz",
  "/openapi/v3/api/v1",
])("%s is no resource", (path) => {
  expect(read("GET", path)).toEqual({ type: "path", verb: "get", path });
});
