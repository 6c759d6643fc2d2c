import { describe, expect, test } from "vitest";
import { testApi } from "../../../../../test/support/api.ts";
import { configMaps, deployments, endpointSlices, findKind, pods, services } from "../../../../kube/kinds.ts";
import type { StatusError } from "../../../../kube/status-error.ts";
import { drive } from "../../../../time/drive.ts";
import { createLocalClient } from "../../../client.ts";
import { createLab } from "../../../lab.ts";
import type { OutsideCall, OutsideReply } from "../../outside/outside.ts";
import type { ApiServer } from "../../server.ts";
import { configurationKind, type HookType } from "./configuration-kinds.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Somebody outside who allows everything, with the patch given, and notes what was asked. */
function outside(patch: readonly unknown[] = []) {
  const calls: OutsideCall[] = [];
  const asked: Fields[] = [];
  const call = async (made: OutsideCall): Promise<OutsideReply> => {
    calls.push(made);
    const { apiVersion, kind, request } = JSON.parse(made.body);
    asked.push(request);
    const encoded = Buffer.from(JSON.stringify(patch)).toString("base64");
    const change =
      patch.length === 0 || made.url.includes("validating") ? {} : { patch: encoded, patchType: "JSONPatch" };
    const response = { uid: request.uid, allowed: true, ...change };
    return {
      kind: "reply",
      code: 200,
      contentType: "application/json",
      text: JSON.stringify({ apiVersion, kind, response }),
    };
  };
  return { call, calls, asked };
}

async function configure(
  server: ApiServer,
  type: HookType,
  resources: readonly string[],
  more: Fields = {},
): Promise<void> {
  const hook = {
    name: `${type}.test.io`,
    clientConfig: { url: `https://example.com/${type}` },
    rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources }],
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    ...more,
  };
  const body = { metadata: { name: type }, webhooks: [hook] };
  await createLocalClient(server).create(configurationKind(type), undefined, body);
}

describe("webhooks and the lab's own parts, which cannot wait", () => {
  test("a write fails while the answer is under way, and succeeds when it is made again", async () => {
    const { server, api } = testApi();
    const { call, asked } = outside([{ op: "add", path: "/data", value: { seen: "yes" } }]);
    server.openOutside(call);
    await configure(server, "mutating", ["configmaps"]);
    await configure(server, "validating", ["configmaps"]);
    const create = () => api.create(configMaps, { metadata: { name: "c", namespace: "default" } });
    const attempts: unknown[] = [];
    for (let left = 10; left > 0; left--) {
      try {
        attempts.push(create().data);
        break;
      } catch (error) {
        attempts.push((error as StatusError).reason);
        await ((error as StatusError).cause as { ready: Promise<unknown> }).ready;
      }
    }
    // The mutating webhook, then the validating one.
    expect(attempts).toEqual([...Array(2).fill("ServiceUnavailable"), { seen: "yes" }]);
    expect(asked).toHaveLength(2);
  });

  test("every pod of a Deployment is asked about and changed, though some are asked about twice", async () => {
    const lab = createLab();
    const { call, asked } = outside([{ op: "add", path: "/metadata/labels/seen", value: "yes" }]);
    lab.server.openOutside(call);
    await configure(lab.server, "mutating", ["pods"]);
    const made = async () => {
      await lab.ready();
      const template = {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "nginx" }] },
      };
      const selector = { matchLabels: { app: "web" } };
      // The first to be asked about waits until what asks is loaded.
      await createLocalClient(lab.server).create(pods, "default", {
        ...template,
        metadata: { name: "first", labels: { seen: "no" } },
      });
      lab.api.create(deployments, {
        metadata: { name: "web", namespace: "default" },
        spec: { replicas: 20, selector, template },
      });
      const all = () => lab.api.list(pods, { namespace: "default" });
      while (all().filter(({ status }) => status.phase === "Running").length < 21)
        await lab.engine.sleep(100);
      return all();
    };
    const running = await drive(lab.engine, made());
    expect(running.map(({ metadata }) => metadata.labels?.seen)).toEqual(Array(21).fill("yes"));
    // Pods made at once are alike until they are named: one's answer may come when it has gone to another.
    const { length } = asked.filter(({ namespace }) => namespace === "default");
    expect(length).toBeGreaterThanOrEqual(21);
    expect(length).toBeLessThan(42);
  });
});

describe("a server that nobody opened to the outside", () => {
  test("stores configurations and asks nobody", async () => {
    const { server, api } = testApi();
    await configure(server, "validating", ["configmaps"]);
    expect(api.create(configMaps, { metadata: { name: "c", namespace: "default" } })).toBeDefined();
  });
});

describe("the Service of a webhook", () => {
  const service = { namespace: "default", name: "hook" };

  async function calledAt(prepare: (server: ApiServer) => void) {
    const { server } = testApi();
    const { call, calls } = outside();
    server.openOutside(call);
    prepare(server);
    await configure(server, "validating", ["configmaps"], { clientConfig: { service } });
    const client = createLocalClient(server);
    const made = client.create(configMaps, "default", { metadata: { name: "c" } });
    const refused = await made.then(
      () => undefined,
      (error: StatusError) => error.message,
    );
    return { refused, url: calls[0]?.url, address: calls[0]?.address };
  }

  const withSlice = (endpoint: Fields) => (server: ApiServer) => {
    const api = server.api("admin");
    api.create(services, {
      metadata: service,
      spec: { ports: [{ name: "https", port: 443, targetPort: 9443 }] },
    });
    api.create(endpointSlices, {
      metadata: { ...service, labels: { "kubernetes.io/service-name": "hook" } },
      addressType: "IPv4",
      ports: [{ name: "https", port: 9443 }],
      endpoints: [endpoint],
    } as never);
  };

  test("leads to an endpoint written by hand", async () => {
    expect(await calledAt(withSlice({ addresses: ["192.0.2.7"] }))).toEqual({
      refused: undefined,
      url: "https://hook.default.svc:443/?timeout=10s",
      address: { host: "192.0.2.7", port: 9443 },
    });
  });

  test("leads nowhere when its endpoints are pods of the lab: nothing runs in them", async () => {
    const targetRef = { kind: "Pod", name: "hook-1", namespace: "default" };
    const { refused } = await calledAt(withSlice({ addresses: ["10.244.0.7"], targetRef }));
    expect(refused).toMatch(
      /^Internal error occurred: failed calling webhook "validating\.test\.io": failed to call webhook: Post "https:\/\/hook\.default\.svc:443\/\?timeout=10s": dial tcp 10\.96\.\d+\.\d+:443: connect: connection refused$/,
    );
  });
});

test("webhook configurations themselves are nobody else's affair", async () => {
  const { server } = testApi();
  const { call, asked } = outside();
  server.openOutside(call);
  await configure(server, "validating", ["*"]);
  const client = createLocalClient(server);
  const kind = findKind("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration");
  if (kind !== undefined) await client.create(kind, undefined, { metadata: { name: "other" } });
  expect(asked).toEqual([]);
});
