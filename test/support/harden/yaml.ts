/** Manifests for tests of checks, short to write: what is not said is what everybody says. */

export interface Web {
  readonly name?: string;
  readonly replicas?: number;
  /** Lines of YAML at the level of the Deployment's spec. */
  readonly spec?: string;
  /** Lines of YAML at the level of the pod's spec. */
  readonly pod?: string;
  /** Lines of YAML at the level of the container. */
  readonly container?: string;
  readonly image?: string;
}

/** A Deployment of a web server, with pods labelled app=NAME. */
export function web({
  name = "web",
  replicas = 2,
  spec = "",
  pod = "",
  container = "",
  image = "example/web:1",
}: Web = {}): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
${indented(spec, 2)}
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${indented(pod, 6)}
      containers:
        - name: main
          image: ${image}
${indented(container, 10)}
`;
}

/** Lines moved to the right, their own indentation kept; blank ones go. */
function indented(lines: string, by: number): string {
  const all = lines.split("\n").filter((line) => line.trim() !== "");
  const least = Math.min(...all.map((line) => line.search(/\S/)));
  return all.map((line) => " ".repeat(by) + line.slice(least)).join("\n");
}

/** A constraint over nodes that binds, or with `ScheduleAnyway` one that does not. */
export function spreadOverNodes(app = "web", whenUnsatisfiable = "DoNotSchedule"): string {
  return `topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ${whenUnsatisfiable}
    labelSelector: { matchLabels: { app: ${app} } }`;
}

/** Anti-affinity over nodes that binds. */
export function apart(app = "web"): string {
  return `affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: { matchLabels: { app: ${app} } }`;
}

export function claim(name: string, mode: string, storageClassName?: string): string {
  return `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec:
  accessModes: [${mode}]
  ${storageClassName === undefined ? "" : `storageClassName: ${storageClassName}`}
  resources: { requests: { storage: 1Gi } }
`;
}

/** A line of a pod's spec. */
export function mounts(claimName: string): string {
  return `volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claimName} } }]`;
}

export function storageClass(name: string, provisioner: string, rest = ""): string {
  return `---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: ${name} }
provisioner: ${provisioner}
${rest}
`;
}

/** For pods labelled app=web. */
export function budget(allows: string, name = "web"): string {
  return `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name} }
spec:
  ${allows}
  selector: { matchLabels: { app: web } }
`;
}

/** Of Deployment web. */
export function autoscaler(minReplicas: number, maxReplicas: number): string {
  return `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  minReplicas: ${minReplicas}
  maxReplicas: ${maxReplicas}
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
`;
}

/** To pods labelled app=web. */
export function service(targetPort: string, spec = ""): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
${indented(spec, 2)}
  selector: { app: web }
  ports: [{ port: 80, targetPort: ${targetPort} }]
`;
}

/** @param metadata lines of YAML beside the name, as `spec` is beside its container */
export function pod(name: string, metadata = "", spec = ""): string {
  return `---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
${indented(metadata, 2)}
spec:
${indented(spec, 2)}
  containers: [{ name: main, image: example/tool:1 }]
`;
}

export function node(name: string, label = "example.com/worker"): string {
  return `---
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}, ${label}: "" } }
status:
  allocatable: { cpu: "4", memory: 8Gi, pods: "110" }
  conditions: [{ type: Ready, status: "True" }]
`;
}
