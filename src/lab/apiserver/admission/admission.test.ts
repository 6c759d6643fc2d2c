import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import type { Kind } from "../../../kube/kind.ts";
import {
  configMaps,
  findKind,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  pods,
  priorityClasses,
  resourceQuotas,
  runtimeClasses,
  serviceAccounts,
  services,
  storageClasses,
} from "../../../kube/kinds.ts";
import type { PodSpec, ResourceRequirements } from "../../../kube/types/index.ts";

// Messages are recorded from kube-apiserver 1.34.4.

type PodDraft = Partial<Omit<PodSpec, "containers">> & { readonly resources?: ResourceRequirements };

function start() {
  const base = testApi();
  const { api } = base;
  const createPod = (name: string, { resources = {}, ...spec }: PodDraft = {}) =>
    api.create(pods, {
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name: "c", image: "i", resources }], ...spec },
    });
  const createClaim = (name: string, storage: string, storageClassName?: string) =>
    api.create(persistentVolumeClaims, {
      metadata: { name, namespace: "default" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage } },
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    });
  return { ...base, createPod, createClaim };
}

describe("NamespaceLifecycle", () => {
  test("lets nothing be made where there is no namespace", () => {
    const { api } = start();
    expect(() => api.create(configMaps, { metadata: { name: "a", namespace: "nowhere" } })).toThrow(
      'namespaces "nowhere" not found',
    );
  });

  test("lets nothing be made in a namespace that is going", () => {
    const { api } = start();
    api.create(namespaces, { metadata: { name: "shop" } });
    api.create(configMaps, { metadata: { name: "a", namespace: "shop" } });
    api.delete(namespaces, undefined, "shop");
    const create = () => api.create(configMaps, { metadata: { name: "b", namespace: "shop" } });
    expect(create).toThrow(
      'configmaps "b" is forbidden: unable to create new content in namespace shop because it is being terminated',
    );
    expect(create).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({
          causes: [
            {
              reason: "NamespaceTerminating",
              message: "namespace shop is being terminated",
              field: "metadata.namespace",
            },
          ],
        }),
      }),
    );
    const changed = api.patch(configMaps, "shop", "a", "merge", { data: { still: "possible" } });
    expect(changed.data).toEqual({ still: "possible" });
  });
});

describe("ServiceAccount", () => {
  test("has every pod act as the default account, and mounts its token", () => {
    const { spec } = start().createPod("a");
    const [volume] = spec.volumes ?? [];
    expect(spec).toMatchObject({ serviceAccountName: "default", serviceAccount: "default" });
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
    ]);
  });

  test("leaves the token out where the pod, or else the account, says so", () => {
    const { api, createPod } = start();
    api.create(serviceAccounts, {
      metadata: { name: "quiet", namespace: "default" },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "registry" }],
    });
    expect(createPod("a", { automountServiceAccountToken: false }).spec.volumes).toBeUndefined();
    const quiet = createPod("b", { serviceAccountName: "quiet" });
    expect(quiet.spec.volumes).toBeUndefined();
    expect(quiet.spec.imagePullSecrets).toEqual([{ name: "registry" }]);
    const loud = createPod("c", { serviceAccountName: "quiet", automountServiceAccountToken: true });
    expect(loud.spec.volumes).toHaveLength(1);
  });

  test("refuses an account that does not exist, but waits a second for the one that every namespace gets", () => {
    const { api, engine } = testApi({ serviceAccounts: false });
    const create = (name: string, serviceAccountName?: string) =>
      api.create(pods, {
        metadata: { name, namespace: "new" },
        spec: { containers: [{ name: "c", image: "i" }], ...(serviceAccountName && { serviceAccountName }) },
      });
    api.create(namespaces, { metadata: { name: "new" } });
    expect(() => create("a", "other")).toThrow(
      'pods "a" is forbidden: error looking up service account new/other: serviceaccount "other" not found',
    );
    expect(create("b").spec.serviceAccountName).toBe("default");
    engine.runFor(2_000);
    expect(() => create("c")).toThrow(
      'pods "c" is forbidden: error looking up service account new/default: serviceaccount "default" not found',
    );
  });
});

describe("Priority", () => {
  test("works out a pod's priority from its class, or from the default one", () => {
    const { api, createPod } = start();
    api.create(priorityClasses, { metadata: { name: "high" }, value: 100, preemptionPolicy: "Never" });
    expect(createPod("a").spec).toMatchObject({ priority: 0, preemptionPolicy: "PreemptLowerPriority" });
    expect(createPod("b", { priorityClassName: "high" }).spec).toMatchObject({
      priority: 100,
      preemptionPolicy: "Never",
    });
    api.create(priorityClasses, { metadata: { name: "usual" }, value: 7, globalDefault: true });
    expect(createPod("c").spec).toMatchObject({ priority: 7, priorityClassName: "usual" });
  });

  test.each([
    {
      name: "a class that does not exist",
      spec: { priorityClassName: "nope" },
      why: "no PriorityClass with name nope was found",
    },
    {
      name: "a number of one's own",
      spec: { priority: 7 },
      why: "the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name",
    },
    {
      name: "a policy of one's own",
      spec: { preemptionPolicy: "Never" as const },
      why: "the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name",
    },
  ])("refuses $name", ({ spec, why }) => {
    expect(() => start().createPod("a", spec)).toThrow(`pods "a" is forbidden: ${why}`);
  });

  test("knows one default class at a time", () => {
    const { api } = start();
    api.create(priorityClasses, { metadata: { name: "a" }, value: 1, globalDefault: true });
    expect(() =>
      api.create(priorityClasses, { metadata: { name: "b" }, value: 1, globalDefault: true }),
    ).toThrow(
      'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
    );
  });
});

describe("DefaultTolerationSeconds", () => {
  const notReady = "node.kubernetes.io/not-ready";
  const unreachable = "node.kubernetes.io/unreachable";

  test("lets a pod stay five minutes on a node that has gone silent", () => {
    expect(start().createPod("a").spec.tolerations).toEqual(
      [notReady, unreachable].map((key) => ({
        key,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
    );
  });

  test.each([
    {
      name: "one of them",
      toleration: { key: notReady, operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 },
      added: [unreachable],
    },
    { name: "everything", toleration: { operator: "Exists" }, added: [] },
    {
      name: "another effect of it",
      toleration: { key: notReady, operator: "Exists", effect: "NoSchedule" },
      added: [notReady, unreachable],
    },
  ] as const)("does not touch what a pod says itself about $name", ({ toleration, added }) => {
    const { tolerations = [] } = start().createPod("a", { tolerations: [toleration] }).spec;
    expect(tolerations.slice(1).map(({ key }) => key)).toEqual(added);
  });
});

test("TaintNodesByCondition keeps pods off a node that nobody has seen ready", () => {
  const { api } = start();
  const taint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" as const };
  expect(api.create(nodes, { metadata: { name: "a" } }).spec.taints).toEqual([taint]);
  expect(api.create(nodes, { metadata: { name: "b" }, spec: { taints: [taint] } }).spec.taints).toEqual([
    taint,
  ]);
});

describe("storage", () => {
  const isDefault = { "storageclass.kubernetes.io/is-default-class": "true" };
  const createClass = ({ api }: ReturnType<typeof start>, name: string, more: object = {}) =>
    api.create(storageClasses, {
      metadata: { name, annotations: isDefault },
      provisioner: "example.com/p",
      ...more,
    });

  test("a claim without a class gets the newest default one; an empty name is a name", () => {
    const lab = start();
    expect(lab.createClaim("a", "1Gi").spec.storageClassName).toBeUndefined();
    createClass(lab, "old");
    lab.engine.runFor(5_000);
    createClass(lab, "new");
    expect(lab.createClaim("b", "1Gi").spec.storageClassName).toBe("new");
    expect(lab.createClaim("c", "1Gi", "").spec.storageClassName).toBe("");
  });

  test("claims and volumes are protected while they are used", () => {
    expect(start().createClaim("a", "1Gi").metadata.finalizers).toEqual(["kubernetes.io/pvc-protection"]);
  });

  test("claims grow only when they are bound and their class lets them", () => {
    const lab = start();
    createClass(lab, "fixed");
    const claim = lab.createClaim("a", "1Gi");
    const grow = () =>
      lab.api.patch(persistentVolumeClaims, "default", "a", "merge", {
        spec: { resources: { requests: { storage: "2Gi" } } },
      });
    lab.api.updateStatus(persistentVolumeClaims, { ...claim, status: { phase: "Bound" } });
    expect(grow).toThrow(
      'persistentvolumeclaims "a" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
    lab.api.patch(storageClasses, undefined, "fixed", "merge", { allowVolumeExpansion: true });
    expect(grow().spec.resources?.requests).toEqual({ storage: "2Gi" });
  });
});

test("an Ingress without a class gets the default one", () => {
  const { api } = start();
  const [classes, ingresses] = ["IngressClass", "Ingress"].map(
    (name) => findKind("networking.k8s.io/v1", name) as Kind,
  ) as [Kind, Kind];
  const annotations = { "ingressclass.kubernetes.io/is-default-class": "true" };
  api.create(classes, {
    metadata: { name: "nginx", annotations },
    spec: { controller: "example.com/c" },
  } as never);
  const backend = { service: { name: "web", port: { number: 80 } } };
  const made = api.create(ingresses, {
    metadata: { name: "i", namespace: "default" },
    spec: { defaultBackend: backend },
  } as never);
  expect(made).toMatchObject({ spec: { ingressClassName: "nginx" } });
});

describe("LimitRanger", () => {
  function limited() {
    const lab = start();
    lab.api.create(limitRanges, {
      metadata: { name: "lr", namespace: "default" },
      spec: {
        limits: [
          {
            type: "Container",
            default: { cpu: "200m" },
            defaultRequest: { cpu: "100m", memory: "64Mi" },
            min: { cpu: "50m" },
            max: { cpu: "1" },
            maxLimitRequestRatio: { cpu: "3" },
          },
          { type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "2Gi" } },
        ],
      },
    });
    return lab;
  }

  test("gives containers what they do not ask for, and notes it", () => {
    const { spec, metadata } = limited().createPod("a");
    expect(spec.containers[0]?.resources).toEqual({
      limits: { cpu: "200m" },
      requests: { cpu: "100m", memory: "64Mi" },
    });
    expect(metadata.annotations).toEqual({
      "kubernetes.io/limit-ranger":
        "LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c",
    });
  });

  test.each([
    {
      name: "too little",
      resources: { requests: { cpu: "10m" }, limits: { cpu: "20m" } },
      why: "[minimum cpu usage per Container is 50m, but request is 10m",
    },
    {
      name: "too much",
      resources: { requests: { cpu: "1" }, limits: { cpu: "2" } },
      why: "maximum cpu usage per Container is 1, but limit is 2",
    },
    {
      name: "a limit too far from the request",
      resources: { requests: { cpu: "100m" }, limits: { cpu: "900m" } },
      why: "cpu max limit to request ratio per Container is 3, but provided ratio is 9.000000",
    },
  ])("refuses $name", ({ resources, why }) => {
    const text = why.startsWith("[")
      ? /minimum cpu usage per Container is 50m/
      : `pods "a" is forbidden: ${why}`;
    expect(() => limited().createPod("a", { resources })).toThrow(text);
  });

  test.each([
    { storage: "3Gi", why: "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi" },
    { storage: "3Mi", why: "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 3Mi" },
  ])("refuses a claim of $storage", ({ storage, why }) => {
    expect(() => limited().createClaim("a", storage)).toThrow(
      `persistentvolumeclaims "a" is forbidden: ${why}`,
    );
  });
});

describe("ResourceQuota", () => {
  function limited(hard: Readonly<Record<string, string>>) {
    const lab = start();
    const quota = lab.api.create(resourceQuotas, {
      metadata: { name: "q", namespace: "default" },
      spec: { hard },
    });
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
    lab.api.updateStatus(resourceQuotas, { ...quota, status: { hard, used } });
    return { ...lab, used: () => lab.api.get(resourceQuotas, "default", "q")?.status.used };
  }
  const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } });

  test("wants every container to say how much it takes of what is limited", () => {
    expect(() => limited({ "requests.cpu": "1" }).createPod("a")).toThrow(
      'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: c',
    );
  });

  test("counts what it lets in at once, and refuses what would be too much", () => {
    const { createPod, used } = limited({ "requests.cpu": "1", pods: "2" });
    createPod("a", cpu("500m"));
    expect(used()).toEqual({ "requests.cpu": "500m", pods: "1" });
    expect(() => createPod("b", cpu("600m"))).toThrow(
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
    );
    createPod("b", cpu("400m"));
    expect(() => createPod("c", cpu("1m"))).toThrow(
      'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    );
  });

  test("counts what an update takes on top", () => {
    const { api } = limited({ "services.nodeports": "1" });
    const ports = [
      { name: "a", port: 1 },
      { name: "b", port: 2 },
    ];
    api.create(services, { metadata: { name: "s", namespace: "default" }, spec: { ports } as never });
    expect(() => api.patch(services, "default", "s", "merge", { spec: { type: "NodePort" } })).toThrow(
      'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    );
  });

  test("counts nothing for a dry run, and nothing that is refused", () => {
    const { api, used } = limited({ configmaps: "1" });
    api.create(configMaps, { metadata: { name: "a", namespace: "default" } }, { dryRun: true });
    expect(() => api.create(configMaps, { metadata: { name: "A", namespace: "default" } })).toThrow(
      "is invalid",
    );
    expect(used()).toEqual({ configmaps: "0" });
    api.create(configMaps, { metadata: { name: "a", namespace: "default" } });
    expect(() => api.create(configMaps, { metadata: { name: "b", namespace: "default" } })).toThrow(
      'configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
    );
  });

  test("waits until somebody has counted what is there", () => {
    const lab = start();
    const hard = { configmaps: "1" };
    const quota = lab.api.create(resourceQuotas, {
      metadata: { name: "q", namespace: "default" },
      spec: { hard },
    });
    lab.api.updateStatus(resourceQuotas, { ...quota, status: { hard } });
    expect(() => lab.api.create(configMaps, { metadata: { name: "a", namespace: "default" } })).toThrow(
      'configmaps "a" is forbidden: status unknown for quota: q, resources: configmaps',
    );
  });
});

describe("RuntimeClass", () => {
  const forAWhile = {
    key: "x",
    operator: "Equal",
    value: "1",
    effect: "NoExecute",
    tolerationSeconds: 5,
  } as const;
  const sandbox = { key: "sandbox", operator: "Exists" } as const;
  const classes = {
    plain: {},
    heavy: { overhead: { podFixed: { cpu: "100m", memory: "64Mi" } } },
    placed: {
      scheduling: { nodeSelector: { disk: "ssd", zone: "a" }, tolerations: [sandbox, forAWhile] },
    },
  };
  const withClasses = () => {
    const base = start();
    for (const [name, rest] of Object.entries(classes)) {
      base.api.create(runtimeClasses, { metadata: { name }, handler: "runc", ...rest });
    }
    return base;
  };

  test.each<{ name: string; spec: PodDraft; refused: string }>([
    {
      name: "there is none of that name",
      spec: { runtimeClassName: "none" },
      refused: 'pod rejected: RuntimeClass "none" not found',
    },
    {
      name: "a pod says what it costs, and its class does not",
      spec: { runtimeClassName: "plain", overhead: { cpu: "1" } },
      refused: "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
    },
    {
      name: "a pod says what it costs, and has no class",
      spec: { overhead: { cpu: "1" } },
      refused: "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
    },
    {
      name: "a pod says something else than its class",
      spec: { runtimeClassName: "heavy", overhead: { cpu: "1" } },
      refused: "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    },
    {
      name: "a pod wants to be somewhere else than its class",
      spec: { runtimeClassName: "placed", nodeSelector: { disk: "hdd" } },
      refused:
        "conflict: runtimeClass.scheduling.nodeSelector[disk] = ssd; pod.spec.nodeSelector[disk] = hdd",
    },
  ])("refuses where $name", ({ spec, refused }) => {
    const { createPod } = withClasses();
    expect(() => createPod("p", spec)).toThrow(`pods "p" is forbidden: ${refused}`);
  });

  const stock = ["not-ready", "unreachable"].map((what) => ({
    key: `node.kubernetes.io/${what}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 300,
  }));

  test.each<{ name: string; spec: PodDraft; becomes: Partial<PodSpec> }>([
    {
      name: "what its class costs",
      spec: { runtimeClassName: "heavy" },
      becomes: { overhead: { cpu: "100m", memory: "64Mi" } },
    },
    {
      name: "what its class costs, in its class's words",
      spec: { runtimeClassName: "heavy", overhead: { cpu: "0.1", memory: "65536Ki" } },
      becomes: { overhead: { cpu: "100m", memory: "64Mi" } },
    },
    {
      name: "where its class is at home",
      spec: { runtimeClassName: "placed", nodeSelector: { disk: "ssd", b: "c" } },
      becomes: {
        nodeSelector: { disk: "ssd", b: "c", zone: "a" },
        tolerations: [...stock, sandbox, forAWhile] as PodSpec["tolerations"] & object,
      },
    },
    {
      name: "no toleration that one of its own covers",
      spec: { runtimeClassName: "placed", tolerations: [{ operator: "Exists" }] },
      becomes: { tolerations: [{ operator: "Exists" }] },
    },
    {
      name: "no toleration that one of its own covers for ever",
      spec: {
        runtimeClassName: "placed",
        tolerations: [sandbox, { key: "x", operator: "Equal", value: "1" }],
      },
      becomes: {
        tolerations: [
          sandbox,
          { key: "x", operator: "Equal", value: "1" },
          ...stock,
        ] as PodSpec["tolerations"] & object,
      },
    },
    {
      name: "no toleration of its own that its class covers",
      spec: {
        runtimeClassName: "placed",
        tolerations: [{ key: "sandbox", operator: "Equal", value: "v", effect: "NoSchedule" }],
      },
      becomes: { tolerations: [...stock, sandbox, forAWhile] as PodSpec["tolerations"] & object },
    },
  ])("gives a pod $name", ({ spec, becomes }) => {
    const { createPod } = withClasses();
    expect(createPod("p", spec).spec).toMatchObject(becomes);
  });
});
