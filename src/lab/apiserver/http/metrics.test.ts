import { afterAll, beforeAll, expect, test } from "vitest";
import { sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";

let cluster: TestServer;
beforeAll(async () => {
  cluster = await startTestServer();
});
afterAll(() => cluster.close());

async function get(path: string): Promise<string> {
  const access = accessFrom([parseKubeconfig(cluster.http.kubeconfig, "kubeconfig")]);
  return (await sendCall(cluster.http.url, access, path)).bytes.toString();
}

// Names and labels as a real kube-apiserver 1.34 tells them.
test("requests are counted by what they are about", async () => {
  await get("/api/v1/namespaces/default/configmaps?limit=5");
  await get("/api/v1/namespaces/default/configmaps/none");
  await get("/apis/nope/v1/nothing");
  const text = await get("/metrics");
  const labels = 'component="apiserver",dry_run="",group="",resource="configmaps"';
  expect(text).toContain(
    `apiserver_request_total{code="200",${labels},scope="namespace",subresource="",verb="LIST",version="v1"} 1\n`,
  );
  expect(text).toContain(
    `apiserver_request_total{code="404",${labels},scope="resource",subresource="",verb="GET",version="v1"} 1\n`,
  );
  expect(text).toMatch(/^apiserver_request_duration_seconds_bucket\{.*verb="LIST".*,le="\+Inf"\} 1$/m);
  expect(text).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1\n');
  expect(text).not.toContain("nothing");
});

test("stored objects and the process are measured", async () => {
  const text = await get("/metrics");
  expect(text).toMatch(/^apiserver_storage_objects\{resource="namespaces"\} [1-9]/m);
  expect(text).toMatch(/^apiserver_resource_objects\{group="apps",resource="deployments"\} 0$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
  expect(text).toMatch(/^kubernetes_build_info\{.*git_version="v1\.34\.4".*\} 1$/m);
});

test("every health check is a figure", async () => {
  expect(await get("/metrics/slis")).toContain('kubernetes_healthcheck{name="etcd",type="livez"} 1\n');
});
