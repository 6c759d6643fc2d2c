import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { deployments, podDisruptionBudgets, pods, replicationControllers } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Pod, PodDisruptionBudget } from "../../../kube/types/index.ts";
import type { Caller } from "../server.ts";

// Messages are recorded from kube-apiserver 1.34.4.

const CALLER: Caller = { user: { name: "test", groups: [] }, agent: "test" };

function withPod(ready = true) {
  const base = testApi();
  const { api } = base;
  const made = api.create(pods, {
    metadata: { name: "p", namespace: "default", labels: { app: "a" } },
    spec: { containers: [{ name: "c", image: "i" }] },
  });
  const run = () => {
    api.bind("default", "p", "n");
    const pod = api.get(pods, "default", "p") as Pod;
    const conditions = [{ type: "Ready", status: ready ? "True" : "False" }] as const;
    return api.updateStatus(pods, { ...pod, status: { ...pod.status, phase: "Running", conditions } });
  };
  return { ...base, made, run, stored: () => api.get(pods, "default", "p") };
}

function refusalOf(act: () => void): StatusError {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
}

describe("pods/binding", () => {
  test("sets the node and says that the pod is scheduled, as nobody's field and no new generation", () => {
    const { api, made, stored } = withPod();
    api.bind("default", "p", "node-1");
    const pod = stored() as Pod;
    expect(pod.spec.nodeName).toBe("node-1");
    expect(pod.status.conditions).toEqual([
      {
        type: "PodScheduled",
        status: "True",
        lastProbeTime: null,
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ]);
    expect(pod.metadata.generation).toBe(1);
    expect(pod.metadata.managedFields).toEqual(made.metadata.managedFields);
  });

  test.each([
    {
      name: "bound already",
      prepare: (api: ReturnType<typeof withPod>["api"]) => api.bind("default", "p", "n"),
      why: 'pod p is already assigned to node "n"',
    },
    {
      name: "being deleted",
      prepare: (api: ReturnType<typeof withPod>["api"]) => {
        api.patch(pods, "default", "p", "merge", { metadata: { finalizers: ["example.com/hold"] } });
        api.delete(pods, "default", "p");
      },
      why: "pod p is being deleted, cannot be assigned to a host",
    },
  ])("is refused for a pod that is $name", ({ prepare, why }) => {
    const { api } = withPod();
    prepare(api);
    const { message, reason, details } = refusalOf(() => api.bind("default", "p", "m"));
    expect(message).toBe(`Operation cannot be fulfilled on pods/binding "p": ${why}`);
    expect([reason, details]).toEqual(["Conflict", { name: "p", kind: "pods/binding" }]);
  });

  test("may also be posted to the bindings of a namespace", () => {
    const { server, stored } = withPod();
    const kind = server.kinds.find("v1", "Binding");
    if (kind === undefined) throw new Error("Bindings are not served");
    const body = { metadata: { name: "p" }, target: { kind: "Node", name: "n" } };
    server.create(CALLER, { kind, namespace: "default" }, body);
    expect(stored()?.spec.nodeName).toBe("n");
  });
});

describe("pods/eviction", () => {
  type Status = Partial<PodDisruptionBudget["status"]>;

  function guarded(status: Status, spec: Partial<PodDisruptionBudget["spec"]> = {}, ready = true) {
    const lab = withPod(ready);
    lab.run();
    const budget = lab.api.create(podDisruptionBudgets, {
      metadata: { name: "b", namespace: "default" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } }, ...spec },
    });
    const counted = {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    };
    lab.api.updateStatus(podDisruptionBudgets, { ...budget, status: { ...counted, ...status } });
    const evict = () => lab.api.evict("default", "p");
    return { ...lab, evict, budget: () => lab.api.get(podDisruptionBudgets, "default", "b") };
  }

  test("deletes a pod that no budget guards, and notes why", () => {
    const { api, run, stored } = withPod();
    run();
    api.evict("default", "p");
    expect(stored()?.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(stored()?.status.conditions?.at(-1)).toMatchObject({
      type: "DisruptionTarget",
      status: "True",
      reason: "EvictionByEvictionAPI",
      message: "Eviction API: evicting",
    });
  });

  test("takes one from the budget and notes the pod, so that nobody counts on it", () => {
    const { evict, budget, stored } = guarded({ disruptionsAllowed: 1 });
    evict();
    expect(stored()?.metadata.deletionTimestamp).toBeDefined();
    expect(budget()?.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: "2026-01-01T00:00:00Z" },
      conditions: [{ type: "DisruptionAllowed", status: "False", reason: "InsufficientPods" }],
    });
  });

  test.each([
    {
      name: "the budget allows none",
      status: {},
      cause: "The disruption budget b needs 1 healthy pods and has 1 currently",
      retryAfterSeconds: undefined,
    },
    {
      name: "the budget was changed and not yet counted",
      status: { observedGeneration: 0, disruptionsAllowed: 1 },
      cause: "The disruption budget b is still being processed by the server.",
      retryAfterSeconds: 10,
    },
  ])("is put off while $name", ({ status, cause, retryAfterSeconds }) => {
    const { evict, stored } = guarded(status);
    const refusal = refusalOf(evict);
    expect([refusal.code, refusal.message]).toEqual([
      429,
      "Cannot evict pod as it would violate the pod's disruption budget.",
    ]);
    expect(refusal.details).toEqual({
      causes: [{ reason: "DisruptionBudget", message: cause, field: "" }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    expect(stored()?.metadata.deletionTimestamp).toBeUndefined();
  });

  test.each([
    { name: "while enough others are healthy", status: {}, spec: {}, evicted: true },
    { name: "not while too few others are healthy", status: { currentHealthy: 0 }, spec: {}, evicted: false },
    {
      name: "always, where the budget says so",
      status: { currentHealthy: 0 },
      spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" },
      evicted: true,
    },
  ] as const)("of a pod that is not ready is granted $name", ({ status, spec, evicted }) => {
    const { evict, budget } = guarded(status, spec, false);
    if (!evicted) expect(refusalOf(evict).reason).toBe("TooManyRequests");
    else {
      evict();
      expect(budget()?.status.disruptedPods).toBeUndefined();
    }
  });

  test("is refused where two budgets guard a pod", () => {
    const { api, evict } = guarded({ disruptionsAllowed: 1 });
    api.create(podDisruptionBudgets, {
      metadata: { name: "b2", namespace: "default" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } } },
    });
    const refusal = refusalOf(evict);
    expect([refusal.code, refusal.message]).toEqual([
      500,
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    ]);
  });

  test("of a pod that has not begun needs no budget", () => {
    const { api, stored } = withPod();
    api.create(podDisruptionBudgets, {
      metadata: { name: "b", namespace: "default" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } } },
    });
    api.evict("default", "p");
    expect(stored()).toBeUndefined();
  });

  test("of another life of the pod is refused, and a dry run changes nothing", () => {
    const { api, run, stored } = withPod();
    const running = run();
    const refusal = refusalOf(() => api.evict("default", "p", { preconditions: { uid: "x" } }));
    expect(refusal.message).toContain(
      'Operation cannot be fulfilled on Pod "p": the UID in the precondition (x)',
    );
    api.evict("default", "p", { dryRun: true });
    expect(stored()).toBe(running);
  });
});

describe("scale", () => {
  function withDeployment() {
    const base = testApi();
    base.api.create(deployments, {
      metadata: { name: "d", namespace: "default" },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "a" } },
        template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "i" }] } },
      },
    });
    const target = { kind: deployments, namespace: "default", name: "d", subresource: "scale" };
    return { ...base, target, stored: () => base.api.get(deployments, "default", "d") };
  }

  test("shows replicas and selector, and nothing else", () => {
    const { server, target } = withDeployment();
    expect(server.get(CALLER, target)).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name: "d", namespace: "default" },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: "app=a" },
    });
  });

  test("changes the replicas, as a new generation, owned through that door", () => {
    const { server, target, stored } = withDeployment();
    server.patch(CALLER, target, "merge", { spec: { replicas: 5 } });
    expect([stored()?.spec.replicas, stored()?.metadata.generation]).toEqual([5, 2]);
    expect(
      stored()?.metadata.managedFields?.find(({ subresource }) => subresource === "scale"),
    ).toMatchObject({
      manager: "test",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
  });

  test.each([
    {
      name: "negative replicas",
      body: { spec: { replicas: -1 } },
      why: 'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    },
    {
      name: "an older version",
      body: { metadata: { resourceVersion: "1" } },
      why: 'Operation cannot be fulfilled on deployments.apps "d": the object has been modified; please apply your changes to the latest version and try again',
    },
    {
      name: "another life",
      body: { metadata: { uid: "zz" } },
      why: 'Operation cannot be fulfilled on deployments.apps "d": StorageError: invalid object, Code: 4, Key: /registry/deployments/default/d, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: zz',
    },
  ])("is refused for $name", ({ body, why }) => {
    const { server, target } = withDeployment();
    const put = { ...body, metadata: { name: "d", ...body.metadata } };
    expect(() => server.update(CALLER, target, put)).toThrow(why);
  });

  test("of a ReplicationController writes its plain selector as text", () => {
    const { api, server } = testApi();
    api.create(replicationControllers, {
      metadata: { name: "rc", namespace: "default" },
      spec: {
        selector: { b: "2", a: "1" },
        template: {
          metadata: { labels: { a: "1", b: "2" } },
          spec: { containers: [{ name: "c", image: "i" }] },
        },
      },
    });
    const target = { kind: replicationControllers, namespace: "default", name: "rc", subresource: "scale" };
    expect(server.get(CALLER, target)).toMatchObject({ status: { selector: "a=1,b=2" } });
  });
});
