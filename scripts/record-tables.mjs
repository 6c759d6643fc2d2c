// Writes test/golden/tables.data.json: how a stock API server lists objects of every kind, the columns and the cells, so that
// tests can hold our printers against it.
// Usage: node scripts/record-tables.mjs https://HOST:PORT TOKEN
//   (a server of the version modelled, whose certificate is not checked; makes objects of its own and deletes them)
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";

const [server, token] = process.argv.slice(2);
const NAMESPACE = "record-tables";
const KINDS = JSON.parse(readFileSync(new URL("../src/kube/kinds.data.json", import.meta.url), "utf8"));
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers };
    const outgoing = request(
      `${server}${path}`,
      { method, headers: all, rejectUnauthorized: false },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve({ date: answer.headers.date, body: JSON.parse(text) }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const DAY_MS = 86_400_000;
const ago = (ms) => new Date(Math.floor((Date.now() - ms) / 1000) * 1000).toISOString().replace(".000Z", "Z");
const microAgo = (ms) => ago(ms).replace("Z", ".000000Z");

const container = (name, changes) => ({ name, image: `example.com/${name}:1`, ...changes });
const template = (spec) => ({
  metadata: { labels: { app: "cart", tier: "web" } },
  spec: { containers: [container("cart"), container("proxy")], ...spec },
});
const selector = {
  matchLabels: { app: "cart" },
  matchExpressions: [{ key: "tier", operator: "In", values: ["web", "db"] }],
};

// Pods keep their made-up status because no scheduler and no node feels responsible.
const podSpec = { schedulerName: "nobody", containers: [container("a"), container("b")] };
const status = (name, state, changes) => ({
  name,
  state,
  ready: false,
  restartCount: 0,
  image: "i",
  imageID: "",
  ...changes,
});
const running = { running: { startedAt: ago(DAY_MS) } };
const waiting = (reason) => ({ waiting: { reason } });
const ended = (changes) => ({
  terminated: { exitCode: 0, startedAt: ago(3 * DAY_MS), finishedAt: ago(2 * DAY_MS), ...changes },
});
const ready = (value) => ({ type: "Ready", status: value });
const PODS = [
  { name: "pending" },
  {
    name: "running",
    status: {
      phase: "Running",
      podIPs: [{ ip: "10.0.0.7" }],
      podIP: "10.0.0.7",
      conditions: [ready("True")],
      containerStatuses: [
        status("a", running, { ready: true }),
        status("b", running, { ready: true, restartCount: 3, lastState: ended() }),
      ],
    },
  },
  {
    name: "crashing",
    status: {
      phase: "Running",
      containerStatuses: [
        status("a", waiting("CrashLoopBackOff"), { restartCount: 7, lastState: ended({ exitCode: 1 }) }),
        status("b", running, { ready: true }),
      ],
    },
  },
  {
    name: "creating",
    status: {
      containerStatuses: [
        status("a", waiting("ContainerCreating")),
        status("b", waiting("ContainerCreating")),
      ],
    },
  },
  {
    name: "signalled",
    status: { containerStatuses: [status("a", ended({ exitCode: 137, signal: 9 })), status("b", running)] },
  },
  {
    name: "exited",
    status: { containerStatuses: [status("a", ended({ exitCode: 3 })), status("b", running)] },
  },
  {
    name: "half-done",
    status: {
      phase: "Running",
      conditions: [ready("False")],
      containerStatuses: [status("a", ended({ reason: "Completed" })), status("b", running, { ready: true })],
    },
  },
  {
    name: "half-done-ready",
    status: {
      phase: "Running",
      conditions: [ready("True")],
      containerStatuses: [status("a", ended({ reason: "Completed" })), status("b", running, { ready: true })],
    },
  },
  {
    name: "succeeded",
    status: { phase: "Succeeded", containerStatuses: [status("a", ended({ reason: "Completed" }))] },
  },
  {
    name: "failed",
    status: { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." },
  },
  {
    name: "unscheduled",
    status: { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }] },
  },
  { name: "gated", spec: { schedulingGates: [{ name: "example.com/wait" }] } },
  {
    name: "gates",
    spec: { readinessGates: [{ conditionType: "example.com/a" }, { conditionType: "example.com/b" }] },
    status: { nominatedNodeName: "node-9", conditions: [{ type: "example.com/a", status: "True" }] },
  },
  { name: "going", finalizers: ["example.com/hold"], delete: true, status: { phase: "Running" } },
  {
    name: "lost",
    finalizers: ["example.com/hold"],
    delete: true,
    status: { phase: "Running", reason: "NodeLost" },
  },
  { name: "gone", finalizers: ["example.com/hold"], delete: true, status: { phase: "Succeeded" } },
  ...[
    ["init-first", [status("one", waiting("PodInitializing")), status("two", waiting("PodInitializing"))]],
    ["init-second", [status("one", ended()), status("two", running)]],
    ["init-pull", [status("one", waiting("ImagePullBackOff"))]],
    [
      "init-error",
      [status("one", ended({ exitCode: 1, reason: "Error" }), { restartCount: 2, lastState: ended() })],
    ],
    ["init-exit", [status("one", ended({ exitCode: 2 }))]],
    ["init-signal", [status("one", ended({ exitCode: 2, signal: 15 }))]],
    [
      "sidecar",
      [
        status("one", ended()),
        status("two", running, { ready: true, started: true, restartCount: 1, lastState: ended() }),
      ],
    ],
    ["sidecar-starting", [status("one", ended()), status("two", running, { started: false })]],
  ].map(([name, initContainerStatuses]) => ({
    name,
    spec: {
      initContainers: [
        container("one"),
        container("two", name.startsWith("sidecar") ? { restartPolicy: "Always" } : {}),
      ],
    },
    status: {
      phase: name === "sidecar" ? "Running" : "Pending",
      initContainerStatuses,
      containerStatuses: name === "sidecar" ? [status("a", running, { ready: true })] : [],
    },
  })),
].map(({ name, spec, finalizers, status, ...rest }) => ({
  metadata: { name, finalizers },
  spec: { ...podSpec, ...spec },
  status,
  ...rest,
}));

const NODES = [
  {
    metadata: {
      name: "record-tables-1",
      labels: {
        "node-role.kubernetes.io/worker": "",
        "node-role.kubernetes.io/edge": "",
        "kubernetes.io/role": "old",
      },
    },
    status: {
      conditions: [ready("True")],
      addresses: [
        { type: "Hostname", address: "n" },
        { type: "InternalIP", address: "10.1.0.1" },
        { type: "ExternalIP", address: "192.0.2.1" },
      ],
      nodeInfo: {
        machineID: "",
        systemUUID: "",
        bootID: "",
        kernelVersion: "6.1",
        osImage: "Linux",
        containerRuntimeVersion: "containerd://2",
        kubeletVersion: "v1.34.4",
        kubeProxyVersion: "",
        operatingSystem: "linux",
        architecture: "amd64",
      },
    },
  },
  {
    metadata: { name: "record-tables-2" },
    spec: { unschedulable: true },
    status: { conditions: [ready("Unknown")] },
  },
  { metadata: { name: "record-tables-3" } },
];

const named = (name, body) => ({ metadata: { name }, ...body });
const reference = {
  apiVersion: "v1",
  kind: "Pod",
  namespace: NAMESPACE,
  name: "pending",
  fieldPath: "spec.containers{a}",
};
const event = (name, body) => ({
  metadata: { name },
  involvedObject: reference,
  reason: "Why",
  type: "Normal",
  ...body,
});
const subset = (ips, ports) => ({
  addresses: ips.map((ip) => ({ ip })),
  ...(ports && { ports: ports.map((port) => ({ name: `p${port}`, port })) }),
});
const metric = (type, field, target, extra) => ({ type, [field]: { ...extra, target } });
const utilization = { type: "Utilization", averageUtilization: 60 };
const average = { type: "AverageValue", averageValue: "1500m" };
const value = { type: "Value", value: "2k" };
const external = { metric: { name: "queue" } };
const objectMetric = { metric: { name: "hits" }, describedObject: { kind: "Service", name: "cart" } };
const autoscaler = (name, metrics, changes) =>
  named(name, {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "cart" },
      maxReplicas: 5,
      metrics,
      ...changes,
    },
  });

/** Objects by kind and group; those of namespaced kinds land in a namespace of their own. */
const SAMPLES = {
  Pod: PODS,
  Node: NODES,
  PodTemplate: [
    named("cart", { template: template() }),
    named("bare", { template: { spec: { containers: [container("a")] } } }),
  ],
  ReplicationController: [
    named("cart", { spec: { replicas: 0, selector: { app: "cart" }, template: template() } }),
  ],
  "ReplicaSet.apps": [named("cart", { spec: { replicas: 0, selector, template: template() } })],
  "Deployment.apps": [
    named("cart", { spec: { replicas: 2, selector, template: template({ schedulerName: "nobody" }) } }),
  ],
  "StatefulSet.apps": [
    named("cart", {
      spec: { replicas: 2, serviceName: "cart", selector, template: template({ schedulerName: "nobody" }) },
    }),
  ],
  "DaemonSet.apps": [
    named("cart", { spec: { selector, template: template({ nodeSelector: { disk: "ssd", arch: "arm" } }) } }),
  ],
  "ControllerRevision.apps": [named("free", { revision: 4, data: {} })],
  "Job.batch": [
    named("plain", { spec: { template: template({ restartPolicy: "Never", schedulerName: "nobody" }) } }),
    named("suspended", {
      spec: { suspend: true, completions: 4, template: template({ restartPolicy: "Never" }) },
    }),
    named("parallel", {
      spec: { suspend: true, parallelism: 3, template: template({ restartPolicy: "Never" }) },
    }),
  ],
  "CronJob.batch": [
    named("nightly", {
      spec: {
        schedule: "0 3 * * *",
        timeZone: "Europe/Berlin",
        suspend: true,
        jobTemplate: { spec: { template: template({ restartPolicy: "Never" }) } },
      },
      status: { lastScheduleTime: ago(2 * DAY_MS) },
    }),
    named("hourly", {
      spec: {
        schedule: "0 * * * *",
        jobTemplate: { spec: { template: template({ restartPolicy: "Never" }) } },
      },
    }),
  ],
  "PodDisruptionBudget.policy": [
    named("half", { spec: { minAvailable: "50%", selector } }),
    named("one", { spec: { maxUnavailable: 1, selector } }),
  ],
  "HorizontalPodAutoscaler.autoscaling": [
    autoscaler("cpu", [metric("Resource", "resource", utilization, { name: "cpu" })], { minReplicas: 2 }),
    autoscaler("memory", [metric("Resource", "resource", average, { name: "memory" })]),
    autoscaler("container", [
      metric("ContainerResource", "containerResource", utilization, { name: "cpu", container: "a" }),
      metric("ContainerResource", "containerResource", average, { name: "memory", container: "a" }),
    ]),
    autoscaler("external", [
      metric("External", "external", value, external),
      metric("External", "external", average, external),
    ]),
    autoscaler("many", [
      metric("Pods", "pods", average, { metric: { name: "p" } }),
      metric("Object", "object", value, objectMetric),
      metric("Object", "object", average, objectMetric),
    ]),
  ],
  Service: [
    named("plain", {
      spec: {
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 53, protocol: "UDP" },
        ],
        selector: { app: "cart" },
      },
    }),
    named("headless", { spec: { clusterIP: "None", selector: { a: "b", c: "d" } } }),
    named("node-port", {
      spec: { type: "NodePort", externalIPs: ["192.0.2.7", "192.0.2.8"], ports: [{ port: 80 }] },
    }),
    named("balanced", {
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.9" }, { hostname: "lb.example.com" }] } },
    }),
    named("waiting", { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } }),
    named("elsewhere", { spec: { type: "ExternalName", externalName: "example.com" } }),
  ],
  Endpoints: [
    named("none"),
    named("some", { subsets: [subset(["10.0.0.1", "10.0.0.2"], [80])] }),
    named("many", { subsets: [subset(["10.0.0.1", "10.0.0.2"], [80, 81]), subset(["10.0.0.3"])] }),
    named("six", { subsets: [subset(["2001:db8::1"], [80])] }),
  ],
  "EndpointSlice.discovery.k8s.io": [
    named("none", { addressType: "IPv4", endpoints: [] }),
    named("many", {
      addressType: "IPv4",
      endpoints: ["1", "2", "3", "4", "5"].map((n) => ({ addresses: [`10.0.0.${n}`] })),
      ports: [{ name: "http", port: 80 }, { name: "any" }],
    }),
  ],
  "Ingress.networking.k8s.io": [
    named("any", { spec: { defaultBackend: { service: { name: "a", port: { number: 80 } } } } }),
    named("hosts", {
      spec: {
        ingressClassName: "nginx",
        tls: [{ hosts: ["a.example.com"] }],
        rules: ["a", "b", "c", "d"].map((name) => ({ host: `${name}.example.com` })),
      },
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.20" }, { ip: "192.0.2.3" }] } },
    }),
  ],
  "IngressClass.networking.k8s.io": [
    named("record-tables-plain", { spec: { controller: "example.com/c" } }),
    named("record-tables-parameters", {
      spec: {
        controller: "example.com/c",
        parameters: { apiGroup: "example.com", kind: "Params", name: "p" },
      },
    }),
  ],
  "NetworkPolicy.networking.k8s.io": [
    named("all", { spec: { podSelector: {} } }),
    named("some", { spec: { podSelector: selector } }),
  ],
  PersistentVolume: [
    named("record-tables-1", {
      spec: {
        capacity: { storage: "5Gi" },
        accessModes: ["ReadWriteMany", "ReadWriteOnce"],
        hostPath: { path: "/x" },
        storageClassName: "slow",
        persistentVolumeReclaimPolicy: "Delete",
      },
    }),
    named("record-tables-2", {
      spec: {
        capacity: { storage: "1000m" },
        accessModes: ["ReadWriteOncePod"],
        hostPath: { path: "/x" },
        claimRef: { namespace: NAMESPACE, name: "bound" },
      },
    }),
  ],
  PersistentVolumeClaim: [
    named("loose", {
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "nothing",
        resources: { requests: { storage: "1Gi" } },
      },
    }),
    named("bound", {
      spec: {
        accessModes: ["ReadWriteOncePod"],
        volumeName: "record-tables-2",
        storageClassName: "",
        resources: { requests: { storage: "1" } },
      },
    }),
  ],
  "StorageClass.storage.k8s.io": [
    named("record-tables-plain", { provisioner: "example.com/p" }),
    {
      metadata: {
        name: "record-tables-default",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "example.com/p",
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    },
  ],
  "VolumeAttributesClass.storage.k8s.io": [
    named("record-tables-a", { driverName: "example.com", parameters: { a: "b" } }),
  ],
  "VolumeAttachment.storage.k8s.io": [
    named("record-tables-a", {
      spec: { attacher: "example.com", nodeName: "n", source: { persistentVolumeName: "v" } },
      status: { attached: true },
    }),
  ],
  "CSINode.storage.k8s.io": [
    named("record-tables-a", { spec: { drivers: [{ name: "example.com", nodeID: "n" }] } }),
  ],
  "CSIDriver.storage.k8s.io": [
    named("record-tables-plain.example.com", { spec: {} }),
    named("record-tables-full.example.com", {
      spec: {
        attachRequired: false,
        podInfoOnMount: true,
        storageCapacity: true,
        requiresRepublish: true,
        tokenRequests: [{ audience: "a" }, { audience: "b" }],
        volumeLifecycleModes: ["Ephemeral", "Persistent"],
      },
    }),
  ],
  "CSIStorageCapacity.storage.k8s.io": [named("a", { storageClassName: "s", capacity: "1Gi" })],
  ConfigMap: [named("a", { data: { x: "1", y: "2" }, binaryData: { z: "AA==" } })],
  Secret: [
    named("a", { stringData: { x: "1" } }),
    named("tls", { type: "kubernetes.io/tls", stringData: { "tls.crt": "x", "tls.key": "y" } }),
  ],
  ServiceAccount: [named("a", { secrets: [{ name: "x" }] })],
  LimitRange: [named("a", { spec: { limits: [{ type: "Container", default: { cpu: "1" } }] } })],
  ResourceQuota: [
    named("a", {
      spec: { hard: { "requests.cpu": "1500m", "limits.cpu": "4", pods: "100", "count/jobs.batch": "7" } },
    }),
  ],
  Event: [
    event("plain", {
      message: " said \n",
      firstTimestamp: ago(3 * DAY_MS),
      lastTimestamp: ago(2 * DAY_MS),
      count: 4,
      source: { component: "kubelet", host: "node-1" },
    }),
    event("once", {
      message: "x",
      eventTime: microAgo(4 * DAY_MS),
      action: "A",
      reportingComponent: "example.com/c",
      reportingInstance: "c-1",
    }),
    event("series", {
      message: "x",
      eventTime: microAgo(4 * DAY_MS),
      action: "A",
      reportingComponent: "example.com/c",
      reportingInstance: "c-1",
      series: { count: 9, lastObservedTime: microAgo(DAY_MS) },
    }),
  ],
  "Lease.coordination.k8s.io": [named("held", { spec: { holderIdentity: "me" } }), named("free")],
  "PriorityClass.scheduling.k8s.io": [named("record-tables-a", { value: 1000, preemptionPolicy: "Never" })],
  "RuntimeClass.node.k8s.io": [named("record-tables-a", { handler: "runc" })],
  "RoleBinding.rbac.authorization.k8s.io": [
    named("a", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [
        { kind: "User", name: "u1", apiGroup: "rbac.authorization.k8s.io" },
        { kind: "User", name: "u2", apiGroup: "rbac.authorization.k8s.io" },
        { kind: "Group", name: "g", apiGroup: "rbac.authorization.k8s.io" },
        { kind: "ServiceAccount", name: "s", namespace: "n" },
      ],
    }),
  ],
  "Role.rbac.authorization.k8s.io": [named("a", { rules: [] })],
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": [named("record-tables-a", { webhooks: [] })],
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io": [
    named("record-tables-a", {
      spec: {
        validations: [{ expression: "true" }],
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: ["example.com"],
              apiVersions: ["v1"],
              operations: ["CREATE"],
              resources: ["nothings"],
            },
          ],
        },
        paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      },
    }),
  ],
  "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": [
    named("record-tables-named", {
      spec: {
        policyName: "record-tables-a",
        validationActions: ["Deny"],
        paramRef: { name: "p", namespace: "n", parameterNotFoundAction: "Deny" },
      },
    }),
    named("record-tables-selected", {
      spec: {
        policyName: "record-tables-a",
        validationActions: ["Deny"],
        paramRef: { selector, parameterNotFoundAction: "Deny" },
      },
    }),
    named("record-tables-free", { spec: { policyName: "record-tables-a", validationActions: ["Deny"] } }),
  ],
  "DeviceClass.resource.k8s.io": [named("record-tables-a", { spec: {} })],
  "ResourceClaim.resource.k8s.io": [
    named("a", {
      spec: { devices: { requests: [{ name: "r", exactly: { deviceClassName: "record-tables-a" } }] } },
    }),
  ],
  "ResourceSlice.resource.k8s.io": [
    named("record-tables-a", {
      spec: {
        driver: "example.com",
        nodeName: "n",
        pool: { name: "p", generation: 1, resourceSliceCount: 1 },
        devices: [],
      },
    }),
  ],
};

const OURS = (object) =>
  object.metadata.namespace === NAMESPACE || object.metadata.name.startsWith("record-tables");
/** Kinds whose own objects are worth recording: every cluster has some, and they never change. */
const STOCK = new Set([
  "FlowSchema.flowcontrol.apiserver.k8s.io",
  "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
  "APIService.apiregistration.k8s.io",
  "ServiceCIDR.networking.k8s.io",
  "IPAddress.networking.k8s.io",
]);

const keyOf = ({ group, kind }) => (group === "" ? kind : `${kind}.${group}`);
function pathOf({ group, version, plural, namespaced }, inNamespace) {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced && inNamespace ? `/namespaces/${NAMESPACE}` : ""}/${plural}`;
}

const failures = [];
async function make(kind, { status, delete: isDeleted, ...body }) {
  const path = pathOf(kind, true);
  const made = await call("POST", path, body);
  if (made.body.kind === "Status")
    failures.push(`${keyOf(kind)} ${body.metadata.name}: ${made.body.message}`);
  if (status !== undefined) {
    const patch = await call(
      "PATCH",
      `${path}/${body.metadata.name}/status`,
      { status },
      { "content-type": "application/merge-patch+json" },
    );
    if (patch.body.kind === "Status")
      failures.push(`${keyOf(kind)} ${body.metadata.name}: ${patch.body.message}`);
  }
  if (isDeleted) await call("DELETE", `${path}/${body.metadata.name}`);
}

await call("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
const byKey = new Map(KINDS.map((kind) => [`${keyOf(kind)}/${kind.version}`, kind]));
for (const [key, objects] of Object.entries(SAMPLES)) {
  const kind = KINDS.find((candidate) => keyOf(candidate) === key);
  for (const object of objects) await make(kind, object);
}
// Controllers have their first say, so that there is something to list.
await new Promise((resolve) => setTimeout(resolve, 4000));

const recorded = [];
for (const kind of byKey.values()) {
  if (!kind.verbs.includes("list")) continue;
  const { date, body } = await call("GET", `${pathOf(kind, false)}?includeObject=Object`, undefined, {
    accept: TABLE,
  });
  const rows = (body.rows ?? []).filter(
    ({ object }) => OURS(object) || STOCK.has(keyOf(kind)) || kind.kind === "ComponentStatus",
  );
  for (const { object } of rows) delete object.metadata.managedFields;
  recorded.push({
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    date,
    columns: body.columnDefinitions.map(({ description: _, ...column }) => column),
    rows: rows.slice(0, 40),
  });
}

for (const [key, objects] of Object.entries(SAMPLES)) {
  const kind = KINDS.find((candidate) => keyOf(candidate) === key);
  for (const { metadata } of objects) {
    const path = `${pathOf(kind, true)}/${metadata.name}`;
    if (metadata.finalizers) {
      await call(
        "PATCH",
        path,
        { metadata: { finalizers: null } },
        { "content-type": "application/merge-patch+json" },
      );
    }
    await call("DELETE", path);
  }
}
await call("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
if (failures.length > 0) console.error(failures.join("\n"));
const lines = recorded.map(
  ({ rows, ...rest }) =>
    `${JSON.stringify(rest).slice(0, -1)},"rows":[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]}`,
);
writeFileSync(new URL("../test/golden/tables.data.json", import.meta.url), `[\n${lines.join(",\n")}\n]\n`);
