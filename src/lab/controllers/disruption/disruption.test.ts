import { describe, expect, test } from "vitest";
import { type TestControllers, testControllers } from "../../../../test/support/controllers.ts";
import { defineGroves } from "../../../../test/support/custom-kinds.ts";
import { timeAt } from "../../../../test/support/pods.ts";
import {
  deploymentDraft,
  jobDraft,
  podTemplate,
  statefulSetDraft,
} from "../../../../test/support/workloads.ts";
import { deployments, jobs, podDisruptionBudgets, pods, statefulSets } from "../../../kube/kinds.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import type { Pod, PodDisruptionBudget } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import { deployment } from "../deployment/deployment.ts";
import { replicaSet } from "../replicaset/replicaset.ts";
import { statefulSet } from "../statefulset/statefulset.ts";
import { disruption } from "./disruption.ts";

const ALL: readonly ControllerFactory[] = [
  deployment,
  replicaSet,
  statefulSet,
  disruption(new KindRegistry()),
];

type Spec = Partial<PodDisruptionBudget["spec"]>;

function lab(spec: Spec, options: Parameters<typeof testControllers>[1] = {}): TestControllers {
  const started = testControllers(ALL, options);
  started.api.create(podDisruptionBudgets, {
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { matchLabels: { app: "web" } }, ...spec },
  });
  return started;
}

function web({ api }: TestControllers): PodDisruptionBudget {
  const found = api.get(podDisruptionBudgets, "default", "web");
  if (found === undefined) throw new Error("There is no budget web");
  return found;
}

function counts(started: TestControllers): readonly number[] {
  const { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = web(started).status;
  return [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed];
}

describe("a budget", () => {
  test.each([
    { name: "of a number that must stay", spec: { minAvailable: 2 }, replicas: 3, expected: [3, 2, 3, 1] },
    {
      name: "of a share that must stay, rounded up",
      spec: { minAvailable: "50%" },
      replicas: 3,
      expected: [3, 2, 3, 1],
    },
    { name: "of a number that may go", spec: { maxUnavailable: 1 }, replicas: 3, expected: [3, 2, 3, 1] },
    {
      name: "of a share that may go, rounded up",
      spec: { maxUnavailable: "25%" },
      replicas: 5,
      expected: [5, 3, 5, 2],
    },
    { name: "of more than there is", spec: { minAvailable: 4 }, replicas: 3, expected: [3, 4, 3, 0] },
    { name: "of all that may go", spec: { maxUnavailable: "100%" }, replicas: 2, expected: [2, 0, 2, 2] },
    { name: "without a figure", spec: {}, replicas: 3, expected: [0, 0, 3, 0] },
  ])("$name is worked out over the Deployment", ({ spec, replicas, expected }) => {
    const started = lab(spec);
    started.api.create(deployments, deploymentDraft("web", { replicas }));
    started.runSeconds(30);
    expect(counts(started)).toEqual(expected);
  });

  test("of a share goes by the size asked for, not by the pods that happen to be there", () => {
    const started = lab(
      { maxUnavailable: 1 },
      { readyAfterMs: ({ spec }) => (spec.nodeName === "node-3" ? undefined : 1_000) },
    );
    started.api.create(statefulSets, statefulSetDraft("web", { podManagementPolicy: "Parallel" }));
    started.runSeconds(30);
    expect(counts(started)).toEqual([3, 2, 2, 0]);
  });

  test("does not count pods that are being deleted as healthy", () => {
    const started = lab({ minAvailable: 2 }, { stopAfterMs: 60_000, readyAfterMs: () => 30_000 });
    started.api.create(deployments, deploymentDraft("web"));
    started.runSeconds(60);
    started.api.delete(pods, "default", started.api.list(pods)[0]?.metadata.name ?? "");
    started.runSeconds(1);
    expect(counts(started)).toEqual([4, 2, 2, 0]);
  });

  test("says whether disruptions are allowed, and since when", () => {
    const started = lab({ minAvailable: 1 });
    started.runSeconds(1);
    expect(web(started).status.conditions).toEqual([
      {
        type: "DisruptionAllowed",
        status: "False",
        reason: "InsufficientPods",
        message: "",
        observedGeneration: 1,
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ]);
    expect(started.messages("PodDisruptionBudget web", "NoPods")).toContain("No matching pods found");
    started.api.create(deployments, deploymentDraft("web"));
    started.runSeconds(30);
    expect(web(started).status.conditions?.[0]).toMatchObject({ status: "True", reason: "SufficientPods" });
  });

  test("allows nothing over pods whose controller has no size, and says why", () => {
    const started = lab({ maxUnavailable: 1 });
    const job = started.api.create(jobs, jobDraft("web"));
    started.api.create(pods, {
      metadata: {
        name: "web-1",
        namespace: "default",
        labels: { app: "web" },
        ownerReferences: [controllerReferenceTo(job)],
      },
      spec: podTemplate("web").spec,
    });
    started.runSeconds(5);
    expect(web(started).status.conditions?.[0]).toMatchObject({
      reason: "SyncFailed",
      message: "jobs.batch does not implement the scale subresource",
    });
    expect(started.messages("PodDisruptionBudget web", "CalculateExpectedPodCountFailed")[0]).toBe(
      "Failed to calculate the number of expected pods: jobs.batch does not implement the scale subresource",
    );
  });

  test("takes the size of a custom controller from its scale", () => {
    const started = testControllers([]);
    started.start(disruption(started.server.kinds));
    const groves = defineGroves(started);
    const metadata = { name: "web", namespace: "default" };
    const elms = started.api.create(groves, { metadata, spec: { trees: 5 } });
    started.api.create(podDisruptionBudgets, {
      metadata,
      spec: { maxUnavailable: 4, selector: { matchLabels: { app: "web" } } },
    });
    const owned = { labels: { app: "web" }, ownerReferences: [controllerReferenceTo(elms)] };
    started.api.create(pods, {
      metadata: { ...metadata, name: "web-1", ...owned },
      spec: podTemplate("web").spec,
    });
    started.runSeconds(5);
    expect(counts(started)).toEqual([5, 1, 1, 0]);
  });

  test("warns of pods that nobody manages", () => {
    const started = lab({ maxUnavailable: 1 });
    started.api.create(pods, {
      metadata: { name: "web-1", namespace: "default", labels: { app: "web" } },
      spec: podTemplate("web").spec,
    });
    started.runSeconds(5);
    expect(started.messages("PodDisruptionBudget web", "UnmanagedPods")[0]).toContain(
      "(selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged",
    );
  });
});

describe("a granted eviction", () => {
  const grant = (started: TestControllers) => {
    const budget = web(started);
    const [pod] = started.api.list(pods);
    if (pod === undefined) throw new Error("There is no pod");
    const disruptedPods = { [pod.metadata.name]: timeAt(started.engine.now()) };
    started.api.updateStatus(podDisruptionBudgets, {
      ...budget,
      status: { ...budget.status, disruptedPods },
    });
    return pod;
  };

  test("counts against the budget until the pod goes", () => {
    const started = lab({ minAvailable: 2 });
    started.api.create(deployments, deploymentDraft("web"));
    started.runSeconds(30);
    grant(started);
    started.runSeconds(1);
    expect(counts(started)).toEqual([3, 2, 2, 0]);
  });

  test("is forgotten after two minutes in which the pod has not gone", () => {
    const started = lab({ minAvailable: 2 });
    started.api.create(deployments, deploymentDraft("web"));
    started.runSeconds(30);
    const pod = grant(started);
    started.runSeconds(118);
    expect(counts(started)).toEqual([3, 2, 2, 0]);
    started.runSeconds(5);
    expect(counts(started)).toEqual([3, 2, 3, 1]);
    expect(web(started).status.disruptedPods).toBeUndefined();
    expect(started.messages(`Pod ${pod.metadata.name}`, "NotDeleted")).toHaveLength(1);
  });
});

test("a pod with two budgets is told that it has", () => {
  const started = lab({ minAvailable: 1 });
  started.api.create(podDisruptionBudgets, {
    metadata: { name: "also", namespace: "default" },
    spec: { selector: { matchLabels: { app: "web" } }, minAvailable: 1 },
  });
  started.api.create(pods, {
    metadata: { name: "web-1", namespace: "default", labels: { app: "web" } },
    spec: podTemplate("web").spec,
  });
  started.runSeconds(1);
  expect(started.messages("Pod web-1", "MultiplePodDisruptionBudgets")[0]).toBe(
    'Pod "default"/"web-1" matches multiple PodDisruptionBudgets.  Chose "also" arbitrarily.',
  );
});

test("a pod that was to be disrupted and was not loses the mark after two minutes", () => {
  const started = testControllers(ALL);
  const pod = started.api.create(pods, {
    metadata: { name: "web-1", namespace: "default" },
    spec: podTemplate("web").spec,
  }) as Pod;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    lastTransitionTime: timeAt(started.engine.now()),
  } as const;
  started.api.updateStatus(pods, {
    ...pod,
    status: { ...pod.status, phase: "Running", conditions: [condition] },
  });
  started.runSeconds(119);
  expect(started.api.get(pods, "default", "web-1")?.status.conditions?.[0]?.status).toBe("True");
  started.runSeconds(2);
  expect(started.api.get(pods, "default", "web-1")?.status.conditions?.[0]).toMatchObject({
    type: "DisruptionTarget",
    status: "False",
  });
});
