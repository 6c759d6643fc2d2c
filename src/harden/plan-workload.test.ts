/** What policies get where a cluster, a component or an owner stands in the way. */
import { describe, expect, test } from "vitest";
import { completeObject } from "../kube/defaults/complete.ts";
import { deployments, findKind, podDisruptionBudgets } from "../kube/kinds.ts";
import type { Deployment, KubeObject, ManagedFieldsEntry, PolicySpec } from "../kube/types/index.ts";
import { ClusterView } from "../view/cluster-view.ts";
import { parseManifests } from "../view/manifests.ts";
import { fieldText } from "./fields/field-path.ts";
import { planWorkload } from "./plan-workload.ts";
import { settingsOf } from "./tiers.ts";
import type { Traits } from "./traits.ts";

interface Given {
  readonly nodes?: number;
  readonly policy?: Partial<PolicySpec>;
  readonly image?: string;
  readonly args?: string;
  /** Added to the pods' labels. */
  readonly labels?: string;
  readonly replicas?: number;
  /** Added to the pod spec. */
  readonly pod?: string;
  readonly extra?: string;
  readonly managedFields?: readonly ManagedFieldsEntry[];
  readonly owner?: string;
  readonly traits?: Partial<Traits>;
  readonly force?: boolean;
  readonly phase?: 1 | 3;
}

function planned(given: Given) {
  const { nodes = 3, image = "example.org/web:1", replicas = 1, pod = "", extra = "" } = given;
  const { labels = "tier: front", args = "" } = given;
  const text = [
    ...Array.from({ length: nodes }, (_, i) => `{apiVersion: v1, kind: Node, metadata: {name: n${i}}}`),
    `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: shop-first}, value: 10}`,
    `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {part: web}}
  template:
    metadata: {labels: {part: web, ${labels}}}
    spec:
      ${pod}
      containers: [{name: main, image: "${image}", args: ["${args}"]}]
`,
    ...(extra === "" ? [] : [extra]),
  ].join("\n---\n");
  const objects = parseManifests(text, "test.yaml").map(({ object }) => {
    const kind = findKind(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(object.kind);
    const whole = completeObject(kind, object as unknown as KubeObject);
    if (object.kind !== "Deployment") return whole;
    const { managedFields, owner } = given;
    const reference = { apiVersion: "example.org/v1", kind: owner, name: "boss", uid: "1", controller: true };
    return {
      ...whole,
      metadata: {
        ...whole.metadata,
        ...(managedFields && { managedFields }),
        ...(owner !== undefined && { ownerReferences: [reference] }),
      },
    } as KubeObject;
  });
  const view = new ClusterView(objects);
  const workload = view.get(deployments, "shop", "web") as Deployment;
  const plan = planWorkload(workload, {
    view,
    traits: { role: "web", sessions: undefined, sticky: false, ...given.traits },
    settings: settingsOf({ tier: 2, ...given.policy }),
    forceConflicts: given.force ?? false,
    phase: given.phase,
  });
  return {
    plan,
    view,
    replicas: plan.after.spec.replicas,
    refused: plan.refusals.map(({ rule, why, wouldHelp }) => `${rule}: ${why}; ${wouldHelp}`),
    changed: plan.steps.flatMap((step): readonly unknown[] =>
      step.action === "create"
        ? [`+${step.target.kind.kind}`]
        : step.fields.map(({ path, before, after }) => [fieldText(path), before, after]),
    ),
    spec: (plan.after as Deployment).spec.template.spec,
  };
}

const owned = (manager: string, fieldsV1: object): ManagedFieldsEntry =>
  ({ manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1 }) as never;

describe("replicas", () => {
  test.each([
    { name: "tier 1 gets three", given: { policy: { tier: 1 as const } }, replicas: 3 },
    {
      name: "tier 1 gets as many as there are nodes",
      given: { nodes: 2, policy: { tier: 1 as const } },
      replicas: 2,
    },
    { name: "tier 3 stays at one", given: { policy: { tier: 3 as const } }, replicas: 1 },
    { name: "what runs more keeps them", given: { replicas: 5, policy: { replicas: 2 } }, replicas: 5 },
    { name: "a policy says how many", given: { nodes: 5, policy: { replicas: 4 } }, replicas: 4 },
    {
      name: "what is made to run alone runs once",
      given: { replicas: 2, image: "quay.io/metallb/controller:v0.14" },
      replicas: 1,
    },
    {
      name: "what is made to run alone is known by its labels too",
      given: { labels: "app: longhorn-driver-deployer", image: "longhornio/longhorn-manager:v1.9.0" },
      replicas: 1,
    },
    {
      name: "what works in shards keeps as many as it is told of",
      given: { replicas: 3, labels: "app.kubernetes.io/name: kube-state-metrics", args: "--total-shards=3" },
      replicas: 3,
    },
  ])("$name", ({ given, replicas }) => {
    const found = planned(given);
    expect(found.refused).toEqual([]);
    expect(found.replicas).toBe(replicas);
  });

  test.each([
    {
      name: "more than nodes",
      given: { nodes: 2, policy: { replicas: 3 } },
      why: "replicas: 3 replicas on 2 nodes that may run it: two of them would go with the same node; the nearest is replicas: 2; or add a node, or remove the taint that keeps its pods away",
    },
    {
      name: "two of what is made to run alone",
      given: { image: "grafana/grafana:11", policy: { replicas: 2 } },
      why: "replicas: grafana is made to run alone: with 2, each keeps users, sessions and dashboards in a database of its own unless one outside is set up (GF_DATABASE_HOST); the nearest is replicas: 1, which starts soon on another node",
    },
    {
      name: "two of what Argo CD sets",
      given: { managedFields: [owned("argocd-controller", { "f:spec": { "f:replicas": {} } })] },
      why: "replicas: Argo CD (argocd-controller) owns spec.replicas and would set it back; change it in the repository that Argo CD applies, or list it under ignoreDifferences of the Application, with RespectIgnoreDifferences=true",
    },
    {
      name: "two under an autoscaler of KEDA, whose own maker says its bounds",
      given: {
        extra:
          "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: keda-hpa-web, namespace: shop, ownerReferences: [{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: web, uid: s, controller: true}]}, spec: {maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}",
      },
      why: "replicas: HorizontalPodAutoscaler keda-hpa-web owns its replicas and would take a second one away again: its minimum is 1; set minReplicaCount of ScaledObject web to 2",
    },
    {
      name: "anything of what an operator makes",
      given: { owner: "Prometheus" },
      why: "owner: it is made by Prometheus boss, whose controller takes back what others set; set it in Prometheus boss",
    },
    {
      name: "two with a volume of one node",
      given: {
        pod: "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]",
        extra:
          "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {accessModes: [ReadWriteOnce], storageClassName: longhorn, resources: {requests: {storage: 1Gi}}}}\n---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: longhorn}, provisioner: driver.longhorn.io}",
      },
      why: "shared-claim: one node at a time can mount its claim data, and moving the data to one that all can mount is an outage, once; say storage.shareClaims: true in the policy to have that planned too",
    },
  ])("$name are refused", ({ given, why }) => {
    const found = planned(given);
    expect(found.refused).toContain(why);
    expect(found.replicas).toBe(1);
  });

  test("that a controller owns are taken by force only", () => {
    const managedFields = [owned("argocd-controller", { "f:spec": { "f:replicas": {} } })];
    expect(planned({ managedFields, force: true }).replicas).toBe(2);
    expect(planned({ managedFields: [owned("helm", { "f:spec": { "f:replicas": {} } })] }).replicas).toBe(2);
  });
});

test("what is made to run alone leaves a dead node soon in place of a second replica", () => {
  const { spec, plan } = planned({ labels: "app: longhorn-driver-deployer" });
  expect(spec.tolerations).toMatchObject([{ tolerationSeconds: 30 }, { tolerationSeconds: 30 }]);
  expect(plan.steps.flatMap(({ reasons }) => reasons)).toContainEqual({
    rule: "tolerations",
    text: "longhorn-driver-deployer is made to run alone, so it leaves a node that is not ready after 30 s instead of 300 s and starts on another: in place of a second replica",
  });
});

describe("a rule whose field a controller owns", () => {
  test("is left out whole, and the others are not", () => {
    const fields = { "f:spec": { "f:strategy": { "f:rollingUpdate": { "f:maxSurge": {} } } } };
    const { refused, changed } = planned({ managedFields: [owned("kustomize-controller", fields)] });
    expect(refused).toEqual([
      "rollout: Flux (kustomize-controller) owns spec.strategy.rollingUpdate.maxSurge and would set it back; change it in the repository that Flux applies: a new pod is ready before an old one goes: never fewer than wanted",
    ]);
    expect(changed).toContainEqual(["spec.replicas", 1, 2]);
    expect(JSON.stringify(changed)).not.toContain("rollingUpdate");
  });
});

test.each([
  { name: "without probes", pod: "" },
  {
    name: "with a liveness probe",
    pod: "livenessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 5}, ",
  },
  {
    name: "with a readiness probe",
    pod: "readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 5}, ",
  },
])("a workload $name that is as the policy says has nothing left to change", ({ pod }) => {
  const image = `x:1", ports: [{containerPort: 80}], ${pod}workingDir: "/`;
  const { plan, view } = planned({ image });
  expect(plan.steps.length).toBeGreaterThan(0);
  const again = planWorkload(plan.after, {
    view,
    traits: { role: "web", sessions: undefined, sticky: false },
    settings: settingsOf({ tier: 2 }),
    forceConflicts: false,
    phase: 1,
  });
  expect(again.steps).toEqual([]);
});

describe("a field of the policy", () => {
  test("overrides its tier", () => {
    const { spec, refused } = planned({
      policy: {
        unreachableSeconds: 15,
        priorityClassName: "shop-first",
        spread: { nodes: "Preferred" },
        resources: { requests: { cpu: "100m" } },
        termination: { withdrawSeconds: 20 },
      },
      extra:
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {part: web}, ports: [{port: 80}]}}",
    });
    expect(refused).toEqual([]);
    expect(spec).toMatchObject({
      priorityClassName: "shop-first",
      terminationGracePeriodSeconds: 70,
      tolerations: [{ tolerationSeconds: 15 }, { tolerationSeconds: 15 }],
      topologySpreadConstraints: [{ whenUnsatisfiable: "ScheduleAnyway" }],
      containers: [
        { resources: { requests: { cpu: "100m" } }, lifecycle: { preStop: { sleep: { seconds: 20 } } } },
      ],
    });
  });

  test.each([
    {
      name: "a priority class that is not there",
      given: { policy: { priorityClassName: "shop-fist" } },
      why: "priority: there is no PriorityClass shop-fist; the nearest is shop-first; or make it first",
    },
    {
      name: "an update that would never end",
      given: {
        nodes: 2,
        pod: "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {part: web}}}]}}",
        policy: { rollout: { maxSurge: 1 } },
      },
      why: "rollout: no two of its pods may share a node, and 2 and 1 more have 2 nodes: an update would never end; the nearest is maxSurge: 0, maxUnavailable: 1",
    },
    {
      name: "a storage class that is not there",
      given: {
        policy: { storage: { className: "lnghorn" } },
        extra:
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: longhorn}, provisioner: driver.longhorn.io}",
      },
      why: "storage: there is no StorageClass lnghorn; the nearest is longhorn; or make it first",
    },
    {
      name: "several zones where there is one",
      given: { policy: { spread: { zones: "Required" as const } } },
      why: "spread: the nodes that may run it are all in one zone, so its pods cannot be in several; the nearest is spread.zones: Off; or add nodes in another zone, labelled topology.kubernetes.io/zone",
    },
    {
      name: "a drain that takes all",
      given: { policy: { disruptionBudget: { maxUnavailable: 5 } } },
      why: "budget: a drain that may take 5 of 2 pods takes all at once; the nearest is disruptionBudget.maxUnavailable: 1",
    },
    {
      name: "no affinity where the protocol needs it",
      given: { traits: { sticky: true }, policy: { sessionAffinity: { mode: "None" as const } } },
      why: "stickiness: without session affinity it breaks: its clients begin with polling, and those requests must reach the same pod; the nearest is mode: Auto",
    },
    {
      name: "more copies than the class keeps",
      given: {
        pod: "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]",
        extra:
          '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {accessModes: [ReadWriteMany], storageClassName: longhorn, resources: {requests: {storage: 1Gi}}}}\n---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: longhorn}, provisioner: driver.longhorn.io, parameters: {numberOfReplicas: "1"}}',
        policy: { storage: { copies: 3 } },
      },
      why: "storage: claim data is of class longhorn, which keeps one copy of 3; the nearest is copies: 1; or make a class that keeps 3",
    },
  ])("that cannot be had is refused with what is nearest: $name", ({ given, why }) => {
    expect(planned(given).refused).toContain(why);
  });
});

describe("a budget", () => {
  const budget = (spec: string) =>
    `{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: theirs, namespace: shop}, spec: {selector: {matchLabels: {part: web}}, ${spec}}}`;

  test("that could never let a pod go is mended", () => {
    const { plan } = planned({ replicas: 2, extra: budget("minAvailable: 2") });
    const step = plan.steps.find(({ target }) => target.kind === podDisruptionBudgets);
    expect(
      step?.action === "patch" &&
        step.fields.map(({ path, before, after }) => [fieldText(path), before, after]),
    ).toEqual(
      expect.arrayContaining([
        ["spec.minAvailable", 2, undefined],
        ["spec.maxUnavailable", undefined, 1],
      ]),
    );
  });

  test("that lets some go stays", () => {
    expect(planned({ replicas: 2, extra: budget("minAvailable: 1") }).changed).not.toContain(
      "+PodDisruptionBudget",
    );
  });

  test("alone is planned for the pods that there are", () => {
    expect(planned({ phase: 3 }).plan.steps).toEqual([]);
    expect(planned({ phase: 3, replicas: 2 }).changed).toEqual(["+PodDisruptionBudget"]);
  });
});
