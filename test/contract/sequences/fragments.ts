/**
 * What random requests say: of each kind, the least that a server takes, and pieces that go on top of it. Few values, so that
 * requests meet each other's; some that are wrong, so that refusals are compared too.
 */
import { MINIMAL } from "../exchange/minimal.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What goes together into one place, as one of several. */
export type Choices = readonly Fields[];

const container = (name: string, more: Fields = {}) => ({
  name,
  image: "registry.k8s.io/pause:3.10",
  ...more,
});

/** A pod's template, or a pod: `at` says where its parts lie. */
function podPieces(at: (pod: Fields) => Fields): readonly Choices[] {
  const containers = (...list: readonly Fields[]) => at({ spec: { containers: list } });
  return [
    [
      containers(container("main", { env: [{ name: "A", value: "1" }] })),
      containers(
        container("main", {
          env: [
            { name: "B", value: "2" },
            { name: "A", value: "3" },
          ],
        }),
      ),
      containers(container("main"), container("side")),
      containers(container("side"), container("main", { image: "registry.k8s.io/pause:3.9" })),
      containers(
        container("main", { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP" }] }),
      ),
      containers(container("main", { ports: [{ containerPort: 80, name: "web" }] })),
      containers(container("main", { resources: { requests: { cpu: "100m" }, limits: { cpu: "0.2" } } })),
      containers(container("main", { resources: { requests: { cpu: "1" }, limits: { cpu: "0.2" } } })),
      containers(
        container("main", {
          env: [
            { name: "A", value: "1" },
            { name: "A", value: "2" },
          ],
        }),
      ),
      containers(container("main", { command: ["a"] })),
      containers({ name: "Main" }),
    ],
    [
      at({ spec: { terminationGracePeriodSeconds: 5 } }),
      at({ spec: { nodeSelector: { disk: "fast" } } }),
      at({
        spec: {
          tolerations: [
            { key: "a", operator: "Exists" },
            { key: "b", value: "1" },
          ],
        },
      }),
      at({ spec: { tolerations: [{ key: "a", operator: "Exists", effect: "NoExecute" }] } }),
      at({ spec: { volumes: [{ name: "v", emptyDir: {} }] } }),
      at({
        spec: {
          volumes: [
            { name: "w", configMap: { name: "a" } },
            { name: "v", emptyDir: {} },
          ],
        },
      }),
      at({ spec: { hostAliases: [{ ip: "10.0.0.1", hostnames: ["x"] }] } }),
      at({ spec: { imagePullSecrets: [{ name: "s" }] } }),
      at({ spec: { restartPolicy: "OnFailure" } }),
      at({ spec: { securityContext: { runAsUser: 0, fsGroup: -1 } } }),
      at({ spec: { activeDeadlineSeconds: 3 } }),
      at({
        spec: {
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "z", whenUnsatisfiable: "DoNotSchedule" }],
        },
      }),
      at({ spec: { dnsPolicy: "Never" } }),
    ],
  ];
}

const spec = (...list: readonly Fields[]): Choices => list.map((each) => ({ spec: each }));
const inTemplate = podPieces((pod) => ({ spec: { template: pod } }));
const templateLabels: Choices = spec(
  { template: { metadata: { labels: { app: "a", tier: "back" } } } },
  { template: { metadata: { annotations: { note: "x" } } } },
  { template: { metadata: { labels: { app: "b" } } } },
);
const replicas: Choices = spec({ replicas: 0 }, { replicas: 3 }, { replicas: 1 }, { replicas: -1 });
const data: Choices = [
  { data: { a: "1" } },
  { data: { a: "2", b: "1" } },
  { data: { b: "" } },
  { data: { "a/b": "1" } },
  { data: {} },
];

/** The pieces of each kind. Kinds that admission reads from a cache of its own are left out: nobody knows how old it is. */
export const PIECES: Readonly<Record<string, readonly Choices[]>> = {
  configmaps: [
    data,
    [
      { data: { c: "x" } },
      { binaryData: { c: "AA==" } },
      { binaryData: { d: "AQ==" } },
      { immutable: true },
      { immutable: false },
    ],
  ],
  secrets: [
    [{ data: { a: "AA==" } }, { data: { b: "AQ==" } }, { stringData: { a: "x" } }, { data: { a: "!" } }],
    [{ type: "Opaque" }, { type: "kubernetes.io/tls" }, { immutable: true }, { type: "example.com/own" }],
  ],
  services: [
    spec(
      { ports: [{ port: 80 }] },
      {
        ports: [
          { port: 80, name: "a" },
          { port: 81, name: "b", targetPort: "web" },
        ],
      },
      {
        ports: [
          { port: 80, name: "a", protocol: "UDP" },
          { port: 80, name: "b" },
        ],
      },
      { ports: [{ port: 80 }, { port: 81 }] },
      { ports: [{ port: 80, name: "b", targetPort: 8080, appProtocol: "http" }] },
    ),
    spec(
      { type: "NodePort" },
      { type: "ExternalName", externalName: "a.example.com" },
      { type: "ClusterIP" },
      { clusterIP: "None" },
      { type: "LoadBalancer", externalTrafficPolicy: "Local" },
      { sessionAffinity: "ClientIP" },
      { selector: { app: "b" } },
      { publishNotReadyAddresses: true },
      { internalTrafficPolicy: "Local" },
      { externalIPs: ["1.2.3.4"] },
      { trafficDistribution: "PreferClose" },
    ),
  ],
  deployments: [
    ...inTemplate,
    templateLabels,
    replicas,
    spec(
      { paused: true },
      { minReadySeconds: 5, progressDeadlineSeconds: 5 },
      { strategy: { type: "Recreate" } },
      { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "50%", maxUnavailable: 0 } } },
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      { strategy: { type: "RollingUpdate" } },
      { revisionHistoryLimit: 2 },
      { selector: { matchLabels: { app: "b" } } },
    ),
  ],
  replicasets: [
    ...inTemplate,
    templateLabels,
    replicas,
    spec({ minReadySeconds: 5 }, { minReadySeconds: -5 }),
  ],
  replicationcontrollers: [
    ...inTemplate,
    templateLabels,
    replicas,
    spec({ selector: { app: "a" } }, { minReadySeconds: 1 }),
  ],
  statefulsets: [
    ...inTemplate,
    replicas,
    spec(
      { updateStrategy: { type: "OnDelete" } },
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
      { podManagementPolicy: "Parallel" },
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } },
      { minReadySeconds: 3 },
      { serviceName: "t" },
      { ordinals: { start: 2 } },
      {
        volumeClaimTemplates: [
          {
            metadata: { name: "d" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    ),
  ],
  daemonsets: [
    ...inTemplate,
    templateLabels,
    spec(
      { updateStrategy: { type: "OnDelete" } },
      { updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: "10%" } } },
      { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
      { minReadySeconds: 4 },
      { revisionHistoryLimit: -1 },
    ),
  ],
  pods: podPieces((pod) => pod),
  podtemplates: podPieces((pod) => ({ template: pod })),
  jobs: [
    ...inTemplate,
    spec(
      { suspend: true },
      { suspend: false },
      { parallelism: 2 },
      { completions: 3, completionMode: "Indexed" },
      { completions: 2 },
      { backoffLimit: 1, ttlSecondsAfterFinished: 9 },
      { activeDeadlineSeconds: 0 },
      { podReplacementPolicy: "Failed" },
    ),
  ],
  cronjobs: [
    spec(
      { schedule: "*/5 * * * *" },
      { schedule: "often" },
      { timeZone: "Etc/UTC" },
      { timeZone: "Nowhere" },
      { concurrencyPolicy: "Forbid", suspend: true },
      { startingDeadlineSeconds: 9 },
      { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: -1 },
    ),
  ],
  persistentvolumeclaims: [
    spec(
      { resources: { requests: { storage: "2Gi" } } },
      { resources: { requests: { storage: "1024Mi" } } },
      { storageClassName: "" },
      { storageClassName: "fast" },
      { accessModes: ["ReadWriteMany", "ReadOnlyMany"] },
      { volumeName: "pv-a" },
      { volumeMode: "Block" },
      { selector: { matchLabels: { a: "b" } } },
      { dataSource: { kind: "PersistentVolumeClaim", name: "x" } },
    ),
  ],
  poddisruptionbudgets: [
    spec(
      { minAvailable: 2 },
      { minAvailable: "50%" },
      { maxUnavailable: 1 },
      { minAvailable: "150%" },
      { selector: { matchExpressions: [{ key: "app", operator: "In", values: ["a", "b"] }] } },
      { selector: { matchLabels: { app: "b", tier: "x" } } },
      { unhealthyPodEvictionPolicy: "AlwaysAllow" },
    ),
  ],
  "horizontalpodautoscalers.v2.autoscaling": [
    spec(
      { minReplicas: 2 },
      { maxReplicas: 1 },
      { maxReplicas: 5 },
      {
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
          },
        ],
      },
      {
        metrics: [
          {
            type: "Resource",
            resource: { name: "memory", target: { type: "AverageValue", averageValue: "1G" } },
          },
        ],
      },
      { behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } },
      { behavior: { scaleUp: { policies: [{ type: "Pods", value: 2, periodSeconds: 15 }] } } },
    ),
  ],
  ingresses: [
    spec(
      { ingressClassName: "none" },
      {
        rules: [
          {
            host: "a.example.com",
            http: {
              paths: [
                { path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { name: "web" } } } },
              ],
            },
          },
        ],
      },
      { rules: [{ host: "*.example.com" }] },
      { tls: [{ hosts: ["a.example.com"], secretName: "t" }] },
      { rules: [{ host: "1.2.3.4" }] },
      { defaultBackend: { service: { name: "s" } } },
    ),
  ],
  networkpolicies: [
    spec(
      { podSelector: { matchLabels: { app: "a" } } },
      { policyTypes: ["Egress"] },
      { ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: {} }] }] },
      { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }] }] },
      { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }] },
    ),
  ],
  leases: [
    spec(
      { holderIdentity: "x" },
      { leaseDurationSeconds: 15 },
      { leaseDurationSeconds: 0 },
      { leaseTransitions: 2, holderIdentity: "" },
      { strategy: "Odd" },
      { renewTime: "2024-01-02T03:04:05.000006Z" },
    ),
  ],
  roles: [
    [
      { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
      { rules: [{ apiGroups: ["apps"], resources: ["*"], verbs: ["*"], resourceNames: ["x"] }] },
      { rules: [{ apiGroups: [""], resources: ["pods"], verbs: [] }] },
      { rules: [{ nonResourceURLs: ["/x"], verbs: ["get"] }] },
      { rules: [] },
    ],
  ],
  rolebindings: [
    [
      { subjects: [{ kind: "User", name: "jane" }] },
      {
        subjects: [
          { kind: "ServiceAccount", name: "a", namespace: "x" },
          { kind: "Group", name: "g" },
        ],
      },
      { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" } },
      { subjects: [{ kind: "Robot", name: "r" }] },
    ],
  ],
  endpointslices: [
    [
      { endpoints: [{ addresses: ["10.0.0.2"], conditions: { ready: false } }] },
      { endpoints: [] },
      {
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 81, protocol: "UDP" },
        ],
      },
      {
        ports: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
        ],
      },
      { addressType: "IPv6" },
      {
        endpoints: [
          { addresses: ["10.0.0.3"], zone: "z", nodeName: "n", targetRef: { kind: "Pod", name: "p" } },
        ],
      },
    ],
  ],
};

/** Metadata that any object may have. */
export const METADATA: readonly Choices[] = [
  [
    { labels: { app: "a" } },
    { labels: { app: "b", tier: "back" } },
    { labels: { tier: "front" } },
    { labels: { "bad key": "x" } },
  ],
  [
    { annotations: { note: "1" } },
    { annotations: { note: "2", more: "x" } },
    { annotations: { "a/b/c": "" } },
  ],
  [
    { finalizers: ["example.com/hold"] },
    { finalizers: ["example.com/hold", "example.com/other"] },
    { finalizers: [] },
    { finalizers: ["odd"] },
  ],
  [
    {
      ownerReferences: [
        { apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "00000000-0000-0000-0000-000000000001" },
      ],
    },
    {
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          name: "p",
          uid: "00000000-0000-0000-0000-000000000002",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "", uid: "" }] },
  ],
];

/** What a status may be made to say. */
export const STATUS: Readonly<Record<string, Choices>> = {
  deployments: [
    { replicas: 2, updatedReplicas: 1 },
    { replicas: -1 },
    { conditions: [{ type: "Available", status: "True" }] },
    {
      conditions: [
        { type: "Progressing", status: "False", reason: "X" },
        { type: "Available", status: "False" },
      ],
    },
    { observedGeneration: 1 },
  ],
  replicasets: [
    { replicas: 2, readyReplicas: 1 },
    { replicas: 1, readyReplicas: 2 },
  ],
  replicationcontrollers: [{ replicas: 2 }, { replicas: 1, availableReplicas: 2 }],
  statefulsets: [{ replicas: 2 }, { replicas: 1, readyReplicas: 2, currentRevision: "x" }],
  daemonsets: [
    { currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 0 },
    { currentNumberScheduled: -1 },
  ],
  jobs: [{ active: 1 }, { active: -1 }, { failed: 2, startTime: "2024-01-02T03:04:05Z" }],
  pods: [
    { phase: "Running" },
    { conditions: [{ type: "Ready", status: "True" }] },
    { podIP: "10.0.0.9", podIPs: [{ ip: "10.0.0.9" }] },
    { phase: "Odd" },
  ],
  services: [
    { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
    { conditions: [{ type: "a/B", status: "True" }] },
  ],
  persistentvolumeclaims: [
    { phase: "Bound", capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"] },
    { capacity: { storage: "x" } },
  ],
  poddisruptionbudgets: [
    { disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 0, expectedPods: 1, observedGeneration: 1 },
    { disruptionsAllowed: -1 },
  ],
  "horizontalpodautoscalers.v2.autoscaling": [
    { currentReplicas: 1, desiredReplicas: 2 },
    { desiredReplicas: -1 },
  ],
  ingresses: [{ loadBalancer: { ingress: [{ hostname: "a.example.com" }] } }],
};

export const SCALED = ["deployments", "replicasets", "replicationcontrollers", "statefulsets"];

/** The least that a server takes of a resource. */
export function minimal(resource: string): Fields {
  return MINIMAL[resource.split(".")[0] as string] ?? {};
}
