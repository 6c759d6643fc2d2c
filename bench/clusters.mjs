// Large clusters from a seed, as an API server would list them: mixed sizes of nodes and pods, zones, Services, budgets, spread,
// affinity, taints, volumes that are bound to zones, priorities. Pods are made one at a time, so that a million of them need
// little memory. Equal options give equal objects.

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const CREATED = "2026-01-05T08:00:00Z";
const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

const NODE_SHAPES = [
  { cpu: 16, memoryGi: 64, weight: 6 },
  { cpu: 32, memoryGi: 128, weight: 3 },
  { cpu: 8, memoryGi: 32, weight: 1 },
];

const POD_SHAPES = [
  { cpu: 50, memoryMi: 128, weight: 30 },
  { cpu: 100, memoryMi: 256, weight: 30 },
  { cpu: 250, memoryMi: 512, weight: 18 },
  { cpu: 500, memoryMi: 2048, weight: 12 },
  { cpu: 1000, memoryMi: 2048, weight: 6 },
  { cpu: 2000, memoryMi: 8192, weight: 3 },
  { cpu: 4000, memoryMi: 12288, weight: 1 },
];

/** mulberry32. */
function randomFrom(seed) {
  let a = (seed * 0x9e3779b1) | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pickWeighted(random, shapes) {
  let at = random() * shapes.reduce((sum, { weight }) => sum + weight, 0);
  for (const shape of shapes) {
    at -= shape.weight;
    if (at < 0) return shape;
  }
  return shapes.at(-1);
}

/** A cluster that is worked out but not written out: `objectsOf` gives its objects. */
export function makeCluster({ nodes, pods, workloads, fill, zones = 3, daemonSets = 4, seed = 1 }) {
  const random = randomFrom(seed);
  const hosts = makeNodes(random, nodes, zones);
  const perNode = Math.min(daemonSets, Math.floor(pods / nodes / 4));
  const apps = makeWorkloads(random, Math.max(1, workloads - perNode), pods - perNode * nodes);
  scale(hosts, apps, perNode, fill);
  // The particular and the large ones first, or a full cluster would have no room left for them.
  const isParticular = ({ wantsSsd, isDatabase, keepsApart }) =>
    wantsSsd || isDatabase || keepsApart === "required";
  const rank = (app) => app.cpu + (isParticular(app) ? 1_000_000 : 0);
  for (const app of [...apps].sort((a, b) => rank(b) - rank(a))) place(random, app, hosts, zones);
  return { hosts, apps: apps.filter(({ replicas }) => replicas > 0), zones, perNode, seed };
}

function makeNodes(random, count, zones) {
  return Array.from({ length: count }, (_, i) => {
    const { cpu, memoryGi } = pickWeighted(random, NODE_SHAPES);
    // One node in fifty is for databases only, one in ten has fast disks.
    const role = random();
    return {
      name: `node-${String(i).padStart(5, "0")}`,
      zone: i % zones,
      cpu: cpu * 1000 - 200,
      memory: memoryGi * 1024 - 1024,
      isDedicated: role < 0.02 && i >= zones,
      hasSsd: role > 0.9,
      usedCpu: 0,
      usedMemory: 0,
      pods: 0,
    };
  });
}

function makeWorkloads(random, count, pods) {
  const weights = Array.from(
    { length: count },
    () => 1 + Math.floor(9 * random() ** 2) + (random() < 0.002 ? 60 : 0),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = pods;
  return weights.map((weight, i) => {
    const share = Math.max(1, Math.round((weight * pods) / total));
    const replicas =
      i === count - 1 ? Math.max(1, left) : Math.min(share, Math.max(1, left - (count - i - 1)));
    left -= replicas;
    const kind = random();
    const trait = random();
    const rank = random();
    const shape = pickWeighted(random, POD_SHAPES);
    return {
      namespace: `team-${String(Math.floor((i * 300) / count)).padStart(3, "0")}`,
      name: `app-${String(i).padStart(6, "0")}`,
      kind: kind < 0.87 ? "Deployment" : kind < 0.95 ? "StatefulSet" : kind < 0.98 ? "Job" : "Pod",
      replicas,
      // The images of a third are their own; the rest run what many run.
      image:
        i % 3 === 0 ? `registry.example/team/app-${i}:1.4.2` : `registry.example/base/runtime-${i % 40}:3.1`,
      cpu: shape.cpu,
      memory: shape.memoryMi,
      hasService: random() < 0.6,
      hasBudget: random() < 0.2,
      keepsApart: trait < 0.05 ? "required" : trait < 0.15 ? "preferred" : undefined,
      spreads:
        trait >= 0.15 && trait < 0.2
          ? "DoNotSchedule"
          : trait >= 0.2 && trait < 0.25
            ? "ScheduleAnyway"
            : undefined,
      wantsSsd: trait >= 0.25 && trait < 0.28,
      isDatabase: trait >= 0.28 && trait < 0.285,
      priority: rank < 0.08 ? 1000 : rank > 0.9 ? -10 : 0,
      hash: suffix(random, 10),
      pods: [],
    };
  });
}

/** Sizes pods so that they ask for that share of what the nodes have, CPU and memory alike. */
function scale(hosts, apps, perNode, fill) {
  const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);
  const cpu =
    (sum(hosts, ({ cpu }) => cpu) * fill - perNode * hosts.length * 100) /
    sum(apps, (app) => app.cpu * app.replicas);
  const memory =
    (sum(hosts, ({ memory }) => memory) * fill - perNode * hosts.length * 128) /
    sum(apps, (app) => app.memory * app.replicas);
  for (const app of apps) {
    app.cpu = Math.max(1, Math.round(app.cpu * cpu));
    app.memory = Math.max(1, Math.round(app.memory * memory));
  }
  for (const host of hosts) {
    host.usedCpu = perNode * 100;
    host.usedMemory = perNode * 128;
    host.pods = perNode;
  }
}

/** The emptiest of a few nodes that will do, as in a cluster that has grown over years. What fits nowhere is not wanted after all. */
function place(random, app, hosts, zones) {
  const taken = new Set();
  const suffixes = Array.from({ length: app.replicas }, () => suffix(random, 5)).sort();
  const firstZone = Math.floor(random() * zones);
  for (let i = 0; i < app.replicas; i++) {
    const zone = (firstZone + i) % zones;
    const wantsZone = app.spreads !== undefined || app.kind === "StatefulSet";
    const willDo = (host) =>
      host.usedCpu + app.cpu <= host.cpu &&
      host.usedMemory + app.memory <= host.memory &&
      host.pods < 110 &&
      host.isDedicated === app.isDatabase &&
      (!app.wantsSsd || host.hasSsd) &&
      (!wantsZone || host.zone === zone) &&
      (app.keepsApart !== "required" || !taken.has(host));
    const host = findHost(random, app, hosts, willDo);
    if (host === undefined) continue;
    host.usedCpu += app.cpu;
    host.usedMemory += app.memory;
    host.pods++;
    taken.add(host);
    app.pods.push({ suffix: suffixes[i], host, zone });
  }
  app.replicas = app.pods.length;
}

function findHost(random, app, hosts, willDo) {
  const fullness = ({ usedCpu, cpu, usedMemory, memory }) =>
    Math.max((usedCpu + app.cpu) / cpu, (usedMemory + app.memory) / memory);
  let best;
  for (let tries = 0; tries < 12; tries++) {
    const host = hosts[Math.floor(random() * hosts.length)];
    if (willDo(host) && (best === undefined || fullness(host) < fullness(best))) best = host;
  }
  if (best !== undefined) return best;
  const start = Math.floor(random() * hosts.length);
  for (let i = 0; i < hosts.length; i++) {
    const host = hosts[(start + i) % hosts.length];
    if (willDo(host)) return host;
  }
  return undefined;
}

function suffix(random, length) {
  let text = "";
  for (let i = 0; i < length; i++) text += SUFFIX_ALPHABET[Math.floor(random() * SUFFIX_ALPHABET.length)];
  return text;
}

/** The cluster's lists, in the order of a snapshot; items in order of namespace and name. */
export function listsOf(cluster) {
  const { hosts, apps, perNode } = cluster;
  const of = (kind) => apps.filter((app) => app.kind === kind);
  const agents = Array.from({ length: perNode }, (_, i) => `agent-${i}`);
  const list = (apiVersion, kind, plural, namespaced, items) => ({
    apiVersion,
    kind,
    plural,
    namespaced,
    items,
  });
  const namespaces = ["default", "kube-system", ...new Set(apps.map(({ namespace }) => namespace))];
  return [
    list("v1", "Namespace", "namespaces", false, () =>
      each(namespaces, (name) => ({ metadata: meta("Namespace", name) })),
    ),
    list("v1", "Node", "nodes", false, () => each(hosts, (host, i) => nodeObject(cluster, host, i))),
    list("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, () =>
      perClaim(of("StatefulSet"), claimObject),
    ),
    list("v1", "PersistentVolume", "persistentvolumes", false, () =>
      perClaim(of("StatefulSet"), volumeObject),
    ),
    list("v1", "Pod", "pods", true, () => podObjects(cluster, agents)),
    list("v1", "Service", "services", true, () =>
      each(
        apps.filter(({ hasService }) => hasService),
        serviceObject,
      ),
    ),
    list("apps/v1", "DaemonSet", "daemonsets", true, () => each(agents, daemonSetObject)),
    list("apps/v1", "Deployment", "deployments", true, () => each(of("Deployment"), workloadObject)),
    list("apps/v1", "ReplicaSet", "replicasets", true, () => each(of("Deployment"), replicaSetObject)),
    list("apps/v1", "StatefulSet", "statefulsets", true, () => each(of("StatefulSet"), workloadObject)),
    list("batch/v1", "Job", "jobs", true, () => each(of("Job"), workloadObject)),
    list("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true, () =>
      each(
        apps.filter(({ hasBudget, kind }) => hasBudget && kind !== "Pod" && kind !== "Job"),
        budgetObject,
      ),
    ),
    list("storage.k8s.io/v1", "StorageClass", "storageclasses", false, () => [storageClassObject()]),
  ];
}

/** Every object, one after the other. */
export function* objectsOf(cluster) {
  for (const { apiVersion, kind, items } of listsOf(cluster)) {
    for (const item of items()) yield { apiVersion, kind, ...item };
  }
}

/** The text of a snapshot, a piece an object. */
export function* snapshotText(cluster) {
  yield `{"format":"holdfast-snapshot","version":1,"takenAt":"2026-02-01T00:00:00Z","kubernetesVersion":"v1.34.1","source":"seed ${cluster.seed}","lists":[`;
  let first = true;
  for (const { items, ...head } of listsOf(cluster)) {
    yield `${first ? "" : ","}\n${JSON.stringify({ ...head, resourceVersion: "1" }).slice(0, -1)},"items":[`;
    first = false;
    let separator = "\n";
    for (const item of items()) {
      yield `${separator}${JSON.stringify({ apiVersion: head.apiVersion, kind: head.kind, ...item })}`;
      separator = ",\n";
    }
    yield "]}";
  }
  yield '],\n"omitted":[]}\n';
}

/** The text of `kubectl get KIND,… -A -o json`, indented as kubectl does, a piece an object. */
export function* kubectlText(cluster) {
  yield '{\n    "apiVersion": "v1",\n    "items": [';
  let separator = "\n";
  for (const object of objectsOf(cluster)) {
    yield `${separator}        ${JSON.stringify(object, undefined, 4).replaceAll("\n", "\n        ")}`;
    separator = ",\n";
  }
  yield '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n';
}

function* each(items, make) {
  for (const [i, item] of items.entries()) yield make(item, i);
}

function meta(kind, name, namespace, rest = {}) {
  const uid = `${uidOf(`${kind}/${namespace ?? ""}/${name}`)}`;
  return {
    name,
    ...(namespace && { namespace }),
    uid,
    resourceVersion: "4711",
    creationTimestamp: CREATED,
    ...rest,
  };
}

/** Looks like a uid, and is the same for the same text. */
function uidOf(text) {
  let h = 0x811c9dc5;
  const part = () => {
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return (h >>> 0).toString(16).padStart(8, "0");
  };
  const [a, b, c, d] = [part(), part(), part(), part()];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(5)}-${c}${d.slice(0, 4)}`;
}

function nodeObject({ apps, zones }, host, index) {
  const { name, cpu, memory, isDedicated, hasSsd } = host;
  const capacity = {
    cpu: `${cpu + 200}m`,
    memory: `${memory + 1024}Mi`,
    pods: "110",
    "ephemeral-storage": "200Gi",
  };
  const images = Array.from({ length: 20 }, (_, i) => {
    const image = apps[(index * 37 + i * 11) % apps.length].image;
    return { names: [image], sizeBytes: 30_000_000 + ((i * 7919 + image.length * 104729) % 500_000_000) };
  });
  return {
    metadata: meta("Node", name, undefined, {
      labels: {
        "kubernetes.io/arch": "amd64",
        [HOSTNAME]: name,
        "kubernetes.io/os": "linux",
        [ZONE]: `zone-${host.zone % zones}`,
        "topology.kubernetes.io/region": "region-1",
        ...(isDedicated && { dedicated: "db" }),
        ...(hasSsd && { disk: "ssd" }),
      },
    }),
    spec: { ...(isDedicated && { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] }) },
    status: {
      capacity,
      allocatable: { ...capacity, cpu: `${cpu}m`, memory: `${memory}Mi` },
      conditions: ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"].map((type) => ({
        type,
        status: type === "Ready" ? "True" : "False",
        lastHeartbeatTime: CREATED,
        lastTransitionTime: CREATED,
        reason: `Kubelet${type}`,
        message: `kubelet says ${type}`,
      })),
      images,
    },
  };
}

function podSpec(app, claimName) {
  const { cpu, memory, name, priority } = app;
  const labels = { app: name };
  const apart = { labelSelector: { matchLabels: labels }, topologyKey: HOSTNAME };
  return {
    ...(claimName && { volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] }),
    containers: [
      {
        name: "app",
        image: app.image,
        args: ["--listen=:8080", "--log-level=info", `--name=${name}`],
        ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
        env: [
          { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
          { name: "LOG_FORMAT", value: "json" },
          { name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: `${name}-db`, key: "url" } } },
        ],
        resources: {
          limits: { memory: `${2 * memory}Mi` },
          requests: { cpu: `${cpu}m`, memory: `${memory}Mi` },
        },
        ...(claimName && { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        livenessProbe: probe("/healthz"),
        readinessProbe: probe("/readyz"),
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
    restartPolicy: app.kind === "Job" ? "Never" : "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    ...((app.wantsSsd || app.isDatabase) && {
      nodeSelector: { ...(app.wantsSsd && { disk: "ssd" }), ...(app.isDatabase && { dedicated: "db" }) },
    }),
    serviceAccountName: "default",
    serviceAccount: "default",
    securityContext: { runAsNonRoot: true },
    ...(app.keepsApart && {
      affinity: {
        podAntiAffinity:
          app.keepsApart === "required"
            ? { requiredDuringSchedulingIgnoredDuringExecution: [apart] }
            : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }] },
      },
    }),
    schedulerName: "default-scheduler",
    tolerations: [
      ...(app.isDatabase ? [{ key: "dedicated", operator: "Equal", value: "db", effect: "NoSchedule" }] : []),
      ...["not-ready", "unreachable"].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
    ],
    priority,
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    ...(app.spreads && {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: ZONE,
          whenUnsatisfiable: app.spreads,
          labelSelector: { matchLabels: labels },
        },
      ],
    }),
  };
}

function probe(path) {
  return {
    httpGet: { path, port: 8080, scheme: "HTTP" },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

function* podObjects({ hosts, apps }, agents) {
  for (const agent of agents) {
    const owner = reference("apps/v1", "DaemonSet", agent, "kube-system");
    const suffixes = hosts.map((_, i) => spread(i)).sort();
    for (const [i, host] of hosts.entries()) yield agentPod(agent, suffixes[i], host, owner);
  }
  for (const app of apps) {
    for (const i of inNameOrder(app)) yield appPod(app, app.pods[i], i);
  }
}

/** "app-10" stands before "app-2". */
function inNameOrder({ kind, pods }) {
  const indexes = [...pods.keys()];
  return kind === "StatefulSet" ? indexes.sort((a, b) => (String(a) < String(b) ? -1 : 1)) : indexes;
}

/** Five characters, different for different numbers below some ten million. */
function spread(number) {
  let text = "";
  for (let n = (number * 7919) % 14_348_907, i = 0; i < 5; i++) {
    text += SUFFIX_ALPHABET[n % 27];
    n = Math.floor(n / 27);
  }
  return text;
}

function agentPod(agent, ending, host, owner) {
  const app = {
    name: agent,
    image: `registry.example/agents/${agent}:2.0`,
    cpu: 100,
    memory: 128,
    priority: 2000001000,
    kind: "DaemonSet",
  };
  const { tolerations: _own, ...spec } = podSpec(app);
  const fields = [{ key: "metadata.name", operator: "In", values: [host.name] }];
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: fields }] },
    },
  };
  return whole(`${agent}-${ending}`, "kube-system", agent, owner, `${agent}-`, host, {
    ...spec,
    affinity,
    priorityClassName: "system-node-critical",
    tolerations: [{ operator: "Exists" }],
  });
}

function appPod(app, { suffix: ending, host }, index) {
  const { namespace, name, kind, hash } = app;
  if (kind === "Pod")
    return whole(`${name}-${ending}`, namespace, name, undefined, undefined, host, podSpec(app));
  if (kind === "StatefulSet") {
    const podName = `${name}-${index}`;
    const labels = {
      "apps.kubernetes.io/pod-index": String(index),
      "statefulset.kubernetes.io/pod-name": podName,
    };
    const owner = reference("apps/v1", "StatefulSet", name, namespace);
    return whole(podName, namespace, name, owner, `${name}-`, host, podSpec(app, `data-${podName}`), labels);
  }
  const owner =
    kind === "Job"
      ? reference("batch/v1", "Job", name, namespace)
      : reference("apps/v1", "ReplicaSet", `${name}-${hash}`, namespace);
  const labels = kind === "Job" ? { "job-name": name } : { "pod-template-hash": hash };
  return whole(
    `${owner.name}-${ending}`,
    namespace,
    name,
    owner,
    `${owner.name}-`,
    host,
    podSpec(app),
    labels,
  );
}

function reference(apiVersion, kind, name, namespace) {
  return {
    apiVersion,
    kind,
    name,
    uid: uidOf(`${kind}/${namespace}/${name}`),
    controller: true,
    blockOwnerDeletion: true,
  };
}

function whole(name, namespace, app, owner, generateName, host, spec, labels = {}) {
  const token = `kube-api-access-${name.slice(-5)}`;
  const [main] = spec.containers;
  const mounts = [
    ...(main.volumeMounts ?? []),
    { name: token, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
  ];
  const metadata = meta("Pod", name, namespace, {
    ...(generateName && { generateName }),
    labels: { app, "app.kubernetes.io/managed-by": "seed", ...labels },
    annotations: { "example.org/checksum": uidOf(name) },
    ...(owner && { ownerReferences: [owner] }),
  });
  return {
    metadata,
    spec: {
      volumes: [...(spec.volumes ?? []), projectedToken(token)],
      ...spec,
      ...(spec.volumes && { volumes: [...spec.volumes, projectedToken(token)] }),
      containers: [{ ...main, volumeMounts: mounts }],
      nodeName: host.name,
    },
    status: runningStatus(name, host, spec),
  };
}

function projectedToken(name) {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}

function runningStatus(name, host, { containers }) {
  const [{ image, resources }] = containers;
  const ip = `10.${(name.charCodeAt(name.length - 1) * 3) % 250}.${(name.length * 7) % 250}.17`;
  const hostIP = `192.168.${Math.floor(Number(host.name.slice(-5)) / 250) % 250}.${Number(host.name.slice(-5)) % 250}`;
  return {
    phase: "Running",
    conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(
      (type) => ({
        type,
        status: "True",
        lastProbeTime: null,
        lastTransitionTime: "2026-01-05T08:00:09Z",
      }),
    ),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP: ip,
    podIPs: [{ ip }],
    startTime: "2026-01-05T08:00:02Z",
    containerStatuses: [
      {
        name: "app",
        state: { running: { startedAt: "2026-01-05T08:00:05Z" } },
        lastState: {},
        ready: true,
        restartCount: 0,
        image,
        imageID: `${image}@sha256:${uidOf(image).replaceAll("-", "")}${uidOf(`${image}.`).replaceAll("-", "")}`,
        containerID: `containerd://${uidOf(name).replaceAll("-", "")}${uidOf(`${name}.`).replaceAll("-", "")}`,
        started: true,
        allocatedResources: resources.requests,
        resources,
      },
    ],
    qosClass: "Burstable",
  };
}

function workloadObject(app) {
  const { namespace, name, kind, replicas } = app;
  const selector = { matchLabels: { app: name } };
  const template = {
    metadata: { labels: { app: name, "app.kubernetes.io/managed-by": "seed" } },
    spec: podSpec(app),
  };
  const base = { metadata: meta(kind, name, namespace, { labels: { app: name } }) };
  if (kind === "Job") {
    return {
      ...base,
      spec: {
        parallelism: replicas,
        completions: replicas,
        backoffLimit: 6,
        completionMode: "NonIndexed",
        template,
      },
      status: { active: replicas, ready: replicas },
    };
  }
  const status = {
    observedGeneration: 1,
    replicas,
    readyReplicas: replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  };
  const own =
    kind === "StatefulSet"
      ? {
          serviceName: name,
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        }
      : {
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
          progressDeadlineSeconds: 600,
        };
  return { ...base, spec: { replicas, selector, template, revisionHistoryLimit: 10, ...own }, status };
}

function replicaSetObject(app) {
  const { namespace, name, hash, replicas } = app;
  const labels = { app: name, "pod-template-hash": hash };
  return {
    metadata: meta("ReplicaSet", `${name}-${hash}`, namespace, {
      labels,
      ownerReferences: [reference("apps/v1", "Deployment", name, namespace)],
    }),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(app) },
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      observedGeneration: 1,
    },
  };
}

function daemonSetObject(name) {
  const selector = { matchLabels: { app: name } };
  const app = {
    name,
    image: `registry.example/agents/${name}:2.0`,
    cpu: 100,
    memory: 128,
    priority: 2000001000,
    kind: "DaemonSet",
  };
  return {
    metadata: meta("DaemonSet", name, "kube-system"),
    spec: {
      selector,
      template: { metadata: { labels: { app: name } }, spec: podSpec(app) },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {},
  };
}

function serviceObject({ namespace, name }) {
  return {
    metadata: meta("Service", name, namespace),
    spec: {
      type: "ClusterIP",
      selector: { app: name },
      clusterIP: "10.96.0.10",
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080 }],
    },
    status: { loadBalancer: {} },
  };
}

function budgetObject({ namespace, name, replicas }) {
  return {
    metadata: meta("PodDisruptionBudget", name, namespace),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
    status: {
      disruptionsAllowed: 1,
      currentHealthy: replicas,
      desiredHealthy: replicas - 1,
      expectedPods: replicas,
      observedGeneration: 1,
    },
  };
}

function* perClaim(apps, make) {
  for (const app of apps)
    for (const [i, pod] of app.pods.entries()) yield make(app, `data-${app.name}-${i}`, pod);
}

function claimObject({ namespace, name }, claimName) {
  return {
    metadata: meta("PersistentVolumeClaim", claimName, namespace, {
      labels: { app: name },
      annotations: {
        "pv.kubernetes.io/bind-completed": "yes",
        "pv.kubernetes.io/bound-by-controller": "yes",
      },
    }),
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "10Gi" } },
      volumeName: `pv-${namespace}-${claimName}`,
      storageClassName: "block",
      volumeMode: "Filesystem",
    },
    status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "10Gi" } },
  };
}

function volumeObject({ namespace }, claimName, { zone }) {
  const expression = { key: ZONE, operator: "In", values: [`zone-${zone}`] };
  return {
    metadata: meta("PersistentVolume", `pv-${namespace}-${claimName}`),
    spec: {
      capacity: { storage: "10Gi" },
      csi: { driver: "block.example", volumeHandle: `vol-${namespace}-${claimName}` },
      accessModes: ["ReadWriteOnce"],
      claimRef: {
        kind: "PersistentVolumeClaim",
        namespace,
        name: claimName,
        uid: uidOf(`PersistentVolumeClaim/${namespace}/${claimName}`),
        apiVersion: "v1",
      },
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: "block",
      volumeMode: "Filesystem",
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
    status: { phase: "Bound" },
  };
}

function storageClassObject() {
  return {
    metadata: meta("StorageClass", "block"),
    provisioner: "block.example",
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  };
}
